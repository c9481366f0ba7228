import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSource } from "@ss/source-file";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DataFrame, SparkSession, StatefulProcessor, type ValueState } from "../../src/index.js";

// Workers run what is built: these tests need `npm run build`, which `npm test` does beforehand.

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ss-keyed-"));
  mkdirSync(join(folder, "in"));
  for (let file = 0; file < 4; file++) {
    const lines = Array.from({ length: 300 }, (_, i) =>
      JSON.stringify({ k: `key ${(i * 7 + file) % 23}`, n: file * 1000 + i }),
    );
    writeFileSync(join(folder, "in", `${file}.json`), lines.join("\n"));
  }
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

class Sum extends StatefulProcessor<string, { readonly n: number }, { k: string; sum: number }> {
  private sum!: ValueState<number>;

  override init(): void {
    this.sum = this.getHandle().getValueState("sum", "bigint");
  }

  override *handleInputRows(
    k: string,
    rows: Iterable<{ readonly n: number }>,
  ): Iterable<{ k: string; sum: number }> {
    let sum = this.sum.get() ?? 0;
    for (const { n } of rows) sum += n;
    this.sum.update(sum);
    yield { k, sum };
  }
}

const QUERIES: readonly (readonly [string, (rows: DataFrame) => DataFrame])[] = [
  [
    "flatMapGroupsWithState",
    (rows) =>
      rows
        .groupByKey("k")
        .flatMapGroupsWithState(
          { state: "array<bigint>", output: "k STRING, n STRING", outputMode: "update" },
          (k: string, list, state) => {
            // the order of a key's rows is that of the files
            const all = [
              ...((state.getOption() as number[] | undefined) ?? []),
              ...[...list].map((row) => row["n"]),
            ];
            state.update(all);
            return [{ k, n: all.join(" ") }];
          },
        ),
  ],
  [
    "transformWithState",
    (rows) =>
      rows
        .groupByKey("k")
        .transformWithState(() => new Sum(), { output: "k STRING, sum BIGINT", outputMode: "update" }),
  ],
];

/** What the query gives out, file by file, with its rows read on so many threads. */
async function run(threads: number, query: (rows: DataFrame) => DataFrame): Promise<unknown[]> {
  const spark = await SparkSession.builder()
    .master(`local[${threads}]`)
    .config("spark.sql.files.maxPartitionBytes", "2000")
    .config("spark.sql.files.openCostInBytes", "1")
    .use(fileSource())
    .create();
  const rows = spark.readStream
    .format("json")
    .schema("k STRING, n INT")
    .option("maxFilesPerTrigger", 2)
    .load(join(folder, "in"));
  const running = await query(rows.filter("n % 5 <> 0"))
    .writeStream.format("memory")
    .queryName("result")
    .outputMode("update")
    .option("checkpointLocation", join(folder, `checkpoint-${threads}`))
    .trigger({ availableNow: true })
    .start();
  await running.awaitTermination();
  const result = await spark.table("result").collect();
  await spark.stop();
  return result;
}

test.each(QUERIES)("%s gives the same on one thread and on three", { timeout: 60_000 }, async (_, query) => {
  const alone = await run(1, query);
  expect(alone.length).toBe(46);
  expect(await run(3, query)).toEqual(alone);
});
