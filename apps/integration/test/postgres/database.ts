import type { Postgres } from "@ss/app-servers";
import pg from "pg";

/** A connection of a test's own, beside those that are tested. */
export class Database {
  private readonly client: pg.Client;

  private constructor(client: pg.Client) {
    this.client = client;
  }

  static async open({ url }: Postgres): Promise<Database> {
    const client = new pg.Client({ connectionString: url });
    // A server that is killed ends it.
    client.on("error", () => undefined);
    await client.connect();
    return new Database(client);
  }

  async run(sql: string): Promise<void> {
    await this.client.query(sql);
  }

  /** The rows of a query, as lists. */
  async rows(sql: string): Promise<unknown[][]> {
    return (await this.client.query({ text: sql, rowMode: "array" })).rows;
  }

  /** The one value of a query. */
  async value(sql: string): Promise<unknown> {
    return (await this.rows(sql))[0]?.[0];
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}
