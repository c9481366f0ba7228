import pg from "pg";
import { addCount } from "./counts.js";
import type { Result } from "./result.js";

/** Reads the table of the counts. */
export async function readTable(url: string, table: string): Promise<Result> {
  const counts = new Map<string, Map<number, number>>();
  const rows = await ask(url, `SELECT campaign_id, window_start, views FROM ${table}`);
  for (const row of rows)
    addCount(
      counts,
      row["campaign_id"] as string,
      (row["window_start"] as Date).getTime(),
      Number(row["views"]),
    );
  return { counts, size: rows.length, repeated: 0 };
}

/** Fails where there is a table of that name. */
export async function checkNoTable(url: string, table: string): Promise<void> {
  const [row] = await ask(url, `SELECT to_regclass('${table}') IS NOT NULL AS there`);
  if (row?.["there"] === true) throw new Error(`The table ${table} is there already: give another --name.`);
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
