import { INSTALL_MS, missingForPostgres, type Postgres, startPostgres } from "@ss/app-servers";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

describeWith([missingForPostgres()], "PostgreSQL", () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, INSTALL_MS + 60_000);
  afterAll(() => postgres?.stop());

  async function query(text: string, more: pg.ClientConfig = {}): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: postgres.url, ...more });
    // a connection that is cut says so once more
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  test("keeps rows over a crash and a restart on the same port", async () => {
    await query("CREATE TABLE kept AS SELECT 1 AS a");
    await postgres.kill();
    await expect(query("SELECT 1")).rejects.toThrow("ECONNREFUSED");
    await postgres.restart();
    expect(await query("SELECT a FROM kept")).toEqual([{ a: 1 }]);
  });

  test("checks passwords and takes TLS", async () => {
    const { certificates, host, port, user, database } = postgres;
    const wrong = { connectionString: undefined, host, port, user, database, password: "guessed" };
    await expect(query("SELECT 1", wrong as unknown as pg.ClientConfig)).rejects.toThrow(
      "password authentication failed",
    );
    const uses = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    expect(await query(uses, { ssl: { ca: certificates.authority } })).toEqual([{ ssl: true }]);
  });
});
