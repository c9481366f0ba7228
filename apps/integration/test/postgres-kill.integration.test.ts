import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  INSTALL_MS,
  missingForPostgres,
  type Postgres,
  ServerProcess,
  startPostgres,
  temporaryFolder,
} from "@ss/app-servers";
import { seededRandom } from "@ss/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";
import { Database } from "./postgres/database.js";

const folder = join(dirname(fileURLToPath(import.meta.url)), "postgres");
const KILLS = Number(process.env["KILLS"] ?? 20);
const ROWS = 1000;
const REMAINDERS = 7;

const sources = [missingForPostgres(), missingBuild()];

/** A process of its own runs what is built. */
function missingBuild(): string | undefined {
  const built = join(folder, "..", "..", "node_modules", "@ss", "sink-postgres", "dist", "index.js");
  return existsSync(built) ? undefined : "packages are not built";
}

describeWith(sources, "a writer to PostgreSQL", () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, INSTALL_MS + 60_000);
  afterAll(() => postgres?.stop());

  test(
    `that is killed ${KILLS} times, and whose server crashes now and then, has every row in its tables once`,
    async () => {
      const random = seededRandom(Math.trunc(Math.random() * 2 ** 31));
      const seed = `seed ${random.seed}`;
      const checkpoints = temporaryFolder("postgres-kill");
      let batches: readonly number[] = [-1, -1, -1];
      for (let round = 0; round < KILLS; round++) {
        const writer = new ServerProcess({
          name: "the writer",
          command: process.execPath,
          args: [join(folder, "counting-writer.mjs"), postgres.url, checkpoints, String(ROWS)],
          folder,
          ready: /writing/,
        });
        await writer.start();
        await pause(random.integer(0, 600));
        if (round % 5 === 4) await postgres.restart();
        await writer.end();
        const now = await batchesIn(postgres, `${seed}, round ${round}:\n${writer.output}`);
        for (const [k, batch] of now.entries()) expect(batch, seed).toBeGreaterThanOrEqual(batches[k]!);
        batches = now;
      }
      for (const batch of batches) expect(batch, seed).toBeGreaterThan(KILLS);
    },
    KILLS * 30_000,
  );
});

/** The last batch in each table, after a check that the table holds just what it and those before it have written. */
async function batchesIn(postgres: Postgres, where: string): Promise<readonly number[]> {
  const database = await Database.open(postgres);
  try {
    const batches: number[] = [];
    for (const table of ["appended", "updated", "replaced"])
      batches.push(await batchIn(database, table, where));
    return batches;
  } finally {
    await database.close();
  }
}

async function batchIn(database: Database, table: string, where: string): Promise<number> {
  if ((await database.value(`SELECT to_regclass('${table}_commits')`)) === null) return -1;
  const committed = `(SELECT max(batch_id)::int FROM ${table}_commits) AS batch`;
  if (table === "appended") {
    const [row] = await database.rows(
      `SELECT ${committed}, count(*)::int, count(DISTINCT value)::int, coalesce(max(value), -1)::int FROM appended`,
    );
    const [batch, ...found] = row as [number | null, ...number[]];
    const count = ((batch ?? -1) + 1) * ROWS;
    expect(found, where).toEqual([count, count, count - 1]);
    return batch ?? -1;
  }
  // one statement, so that record and rows are of one moment
  const rows = await database.rows(
    `SELECT batch, remainder::int, count::int FROM (SELECT ${committed}) AS c LEFT JOIN ${table} ON true ORDER BY remainder`,
  );
  const batch = (rows[0]![0] as number | null) ?? -1;
  const count = (batch + 1) * ROWS;
  const expected = Array.from({ length: REMAINDERS }, (_, k) => [k, Math.ceil((count - k) / REMAINDERS)]);
  const found = rows.map(([, remainder, n]) => [remainder, n]);
  expect(found, where).toEqual(count === 0 ? [[null, null]] : expected);
  return batch;
}
