import pg from "pg";
import { addCount, type Counts } from "./counts.js";

/** Reads the table that the stream wrote. */
export async function readCounts(postgres: string, table: string): Promise<Counts> {
  const counts = new Map<string, Map<number, number>>();
  const rows = await ask(postgres, `SELECT campaign_id, window_start, views FROM ${table}`);
  for (const row of rows)
    addCount(
      counts,
      row["campaign_id"] as string,
      (row["window_start"] as Date).getTime(),
      Number(row["views"]),
    );
  return counts;
}

/** Fails where there is a table of that name. */
export async function checkNoTable(postgres: string, table: string): Promise<void> {
  const [row] = await ask(postgres, `SELECT to_regclass('${table}') IS NOT NULL AS there`);
  if (row?.["there"] === true) throw new Error(`The table ${table} is there already: give another --name.`);
}

async function ask(postgres: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: postgres });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
