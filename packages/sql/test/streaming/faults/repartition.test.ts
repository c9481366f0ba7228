import { fileSource } from "@ss/source-file";
import { crashAtEveryWrite, FaultyFileSystem, seededRandom } from "@ss/testkit";
import { expect, test } from "vitest";
import type { SparkSession } from "../../../src/index.js";
import { listedRecords } from "./files-of-output.js";
import * as queries from "./queries.js";
import { CHECKPOINT, Trial, type TrialOptions } from "./trial.js";

const PARTITIONS = "spark.sql.shuffle.partitions";

/** In a process of its own, as a tool has it. */
async function repartition(
  trial: Trial,
  disk: FaultyFileSystem,
  partitions: number,
  enforceExactlyOnceSink?: boolean,
): Promise<void> {
  const spark = await trial.session(disk);
  try {
    await spark.streamingCheckpointManager.repartition(CHECKPOINT, partitions, enforceExactlyOnceSink);
  } finally {
    await spark.stop();
  }
}

/** A query whose state has four partitions, after its first addition. */
async function begun(options: TrialOptions): Promise<{ trial: Trial; disk: FaultyFileSystem }> {
  const trial = new Trial({ ...options, conf: { [PARTITIONS]: "4", ...options.conf } });
  const disk = new FaultyFileSystem();
  await trial.runSome(disk, 1);
  return { trial, disk };
}

async function partitionsOfState(spark: SparkSession, batchId: number): Promise<number[]> {
  const state = spark.read.format("statestore").option("batchId", batchId).load(CHECKPOINT);
  const rows = await state.select("partition_id").distinct().orderBy("partition_id").collect();
  return rows.map((row) => row["partition_id"] as number);
}

test.each([
  { what: "windows", query: queries.WINDOWED, expected: queries.WINDOWED_RESULT },
  { what: "sessions", query: queries.SESSIONS, expected: queries.SESSIONS_RESULT },
  { what: "totals", query: queries.TOTALS, expected: queries.TOTALS_RESULT },
  { what: "a limit", query: queries.FIRST_ROWS, expected: queries.FIRST_ROWS_RESULT },
  { what: "duplicates", query: queries.FIRST_OF_KEY, expected: queries.FIRST_OF_KEY_RESULT },
  { what: "a join of streams", query: queries.PAIRS, expected: queries.PAIRS_RESULT },
  { what: "groups", query: queries.VISITS, expected: queries.VISITS_RESULT },
  { what: "a processor", query: queries.DIARY, expected: queries.DIARY_RESULT },
])("$what go on with another number of partitions", async ({ query, expected }) => {
  const { trial, disk } = await begun(query);
  await repartition(trial, disk, 7);
  await trial.runSome(disk, 1);
  await repartition(trial, disk, 3);
  await trial.run(disk);
  expect(trial.table()).toEqual(expected);
});

test("the checkpoint says which partitions its state has, batch by batch", async () => {
  // two hundred keys, some in each of two partitions, and in each of five
  const keys = Array.from({ length: 200 }, (_, k) => [`key ${k}`, k, new Date(0)]);
  const options = {
    ...queries.TOTALS,
    inputs: [keys, [["key 0", 1, new Date(0)]]],
    conf: { [PARTITIONS]: "2" },
  };
  const { trial, disk } = await begun(options);
  await repartition(trial, disk, 5);
  const spark = await trial.session(disk);
  expect(await partitionsOfState(spark, 0)).toEqual([0, 1]);
  expect(await partitionsOfState(spark, 1)).toEqual([0, 1, 2, 3, 4]);
  const [store] = await spark.read.format("state-metadata").load(CHECKPOINT).collect();
  expect([store!["numPartitions"], store!["minBatchId"], store!["maxBatchId"]]).toEqual([5, 0, 1]);
  const query = await trial.start(spark);
  trial.feed();
  await query.processAllAvailable();
  expect(query.lastProgress!.batchId).toBe(2);
  expect(query.lastProgress!.stateOperators[0]!.numShufflePartitions).toBe(5);
  expect(query.lastProgress!.stateOperators[0]!.numRowsTotal).toBe(200);
  await spark.stop();
});

test("files that a query writes are read as one table over a repartition", async () => {
  const output = "/out";
  // a compact entry each three batches meets the one that no run has made
  const conf = { "spark.sql.streaming.fileSink.log.compactInterval": "3" };
  const { trial, disk } = await begun({ ...queries.WINDOWED, output, conf });
  for (const partitions of [5, 6]) await repartition(trial, disk, partitions);
  await trial.run(disk);
  const spark = await trial.session(disk, fileSource());
  const rows = await spark.read.json(output).orderBy("start").collect();
  expect(rows.map((row) => `${row["start"]} ${row["total"]}`)).toEqual(queries.WINDOWED_RESULT);
  await spark.stop();
});

test.each([undefined, seededRandom(11)])(
  "a repartition is done or can be repeated, wherever the power goes",
  async (random) => {
    let trial: Trial;
    let unfinished = 0;
    const crashes = await crashAtEveryWrite({
      ...(random && { random }),
      prepare: async (disk) => {
        trial = new Trial({ ...queries.WINDOWED, output: "/out" });
        await trial.runSome(disk, 1);
      },
      run: (disk) => repartition(trial, disk, 5),
      check: async (disk) => {
        try {
          await trial.run(disk);
        } catch (error) {
          expect(((error as Error).cause as { condition?: string }).condition).toBe(
            "STREAMING_UNFINISHED_REPARTITION_DETECTED",
          );
          unfinished++;
          await expect(repartition(trial, disk, 6)).rejects.toMatchObject({
            condition: "STATE_REPARTITION_INVALID_CHECKPOINT.LAST_BATCH_ABANDONED_REPARTITION",
          });
          await repartition(trial, disk, 5);
          await trial.run(disk);
        }
        const rows = listedRecords(disk, "/out").map(({ start, total }) => `${start} ${total}`);
        expect(rows.sort()).toEqual(queries.WINDOWED_RESULT);
      },
    });
    expect(crashes).toBeGreaterThan(8);
    expect(unfinished).toBeGreaterThan(1);
  },
);

test("a batch that did not end is in the way, or given up with its rows to come again", async () => {
  const { trial, disk } = await begun(queries.TOTALS);
  trial.sink.failAt("commit", { batchId: 1 });
  await expect(trial.runSome(disk, 1)).rejects.toThrow("the sink failed");
  await expect(repartition(trial, disk, 5)).rejects.toMatchObject({
    condition: "STATE_REPARTITION_INVALID_CHECKPOINT.LAST_BATCH_FAILED",
    parameters: { checkpointLocation: CHECKPOINT, lastBatchId: "1" },
  });
  await repartition(trial, disk, 5, false);
  await trial.run(disk);
  expect(trial.table()).toEqual(queries.TOTALS_RESULT);
  expect(trial.sink.batches.map(({ batchId }) => batchId)).toEqual([0, 3, 4]);
});

test("a batch is given up with its rows to come again, wherever the power goes", async () => {
  let trial: Trial;
  await crashAtEveryWrite({
    prepare: async (disk) => {
      trial = new Trial(queries.TOTALS);
      await trial.runSome(disk, 1);
      trial.sink.failAt("commit", { batchId: 1 });
      await expect(trial.runSome(disk, 1)).rejects.toThrow("the sink failed");
    },
    run: (disk) => repartition(trial, disk, 5, false),
    check: async (disk) => {
      await repartition(trial, disk, 5, false).catch((error: { condition?: string }) => {
        expect(error.condition).toBe("STATE_REPARTITION_INVALID_CHECKPOINT.SHUFFLE_PARTITIONS_ALREADY_MATCH");
      });
      await trial.run(disk);
      expect(trial.table()).toEqual(queries.TOTALS_RESULT);
    },
  });
});

test("a file source reads again what a batch that was given up had read", async () => {
  const disk = new FaultyFileSystem();
  const trial = new Trial({ ...queries.TOTALS, inputs: [] });
  const run = async (): Promise<void> => {
    const spark = await trial.session(disk, fileSource());
    const counts = spark.readStream.schema("k STRING").csv("/in").groupBy("k").count();
    const writer = counts.writeStream.format("collecting").outputMode("complete");
    const query = await writer.option("checkpointLocation", CHECKPOINT).start();
    try {
      await query.processAllAvailable();
    } finally {
      await spark.stop();
    }
  };
  const put = (name: string, text: string): Promise<boolean> =>
    disk.createExclusive(`/in/${name}`, new TextEncoder().encode(text));
  await put("1.csv", "a\n");
  await run();
  await put("2.csv", "a\nb\n");
  trial.sink.failAt("commit", { batchId: 1 });
  await expect(run()).rejects.toThrow("the sink failed");
  await repartition(trial, disk, 5, false);
  await run();
  expect(trial.table()).toEqual(["a 2", "b 1"]);
});

test("a query that runs in the session is not touched; one that runs elsewhere ends", async () => {
  const { trial, disk } = await begun(queries.TOTALS);
  const spark = await trial.session(disk);
  const query = await trial.start(spark);
  await query.processAllAvailable();
  await expect(spark.streams.repartition(CHECKPOINT, 5)).rejects.toMatchObject({
    condition: "CONCURRENT_QUERY",
  });
  trial.feed();
  await query.processAllAvailable();
  await repartition(trial, disk, 5);
  trial.feed();
  await expect(query.processAllAvailable()).rejects.toThrow("CONCURRENT_STREAM_LOG_UPDATE");
  await spark.stop();
  await trial.run(disk);
  expect(trial.table()).toEqual(queries.TOTALS_RESULT);
});

test.each([
  { location: "", partitions: 5, condition: "STATE_REPARTITION_INVALID_PARAMETER.IS_EMPTY" },
  { location: null, partitions: 5, condition: "STATE_REPARTITION_INVALID_PARAMETER.IS_NULL" },
  {
    location: CHECKPOINT,
    partitions: 0,
    condition: "STATE_REPARTITION_INVALID_PARAMETER.IS_NOT_GREATER_THAN_ZERO",
  },
  {
    location: CHECKPOINT,
    partitions: 2.5,
    condition: "STATE_REPARTITION_INVALID_PARAMETER.IS_NOT_GREATER_THAN_ZERO",
  },
  {
    location: CHECKPOINT,
    partitions: 4,
    condition: "STATE_REPARTITION_INVALID_CHECKPOINT.SHUFFLE_PARTITIONS_ALREADY_MATCH",
  },
  {
    location: "/nothing",
    partitions: 5,
    condition: "STATE_REPARTITION_INVALID_CHECKPOINT.NO_COMMITTED_BATCH",
  },
])("$partitions partitions at '$location': $condition, and nothing is written", async (of) => {
  const { trial, disk } = await begun(queries.TOTALS);
  const spark = await trial.session(disk);
  const logs = (): string[] => [...disk.files().keys()].filter((path) => !path.includes("/runs/"));
  const before = logs();
  const done = spark.streams.repartition(of.location as string, of.partitions);
  await expect(done).rejects.toMatchObject({ condition: of.condition });
  expect(logs()).toEqual(before);
  await spark.stop();
});

test("a checkpoint without state, and one without offsets, are refused by what they lack", async () => {
  const { trial, disk } = await begun(queries.STATELESS);
  await expect(repartition(trial, disk, 5)).rejects.toMatchObject({
    condition: "STATE_REWRITER_INVALID_CHECKPOINT.MISSING_OPERATOR_METADATA",
  });
  await disk.delete(`${CHECKPOINT}/offsets/0`);
  await expect(repartition(trial, disk, 5)).rejects.toMatchObject({
    condition: "STATE_REPARTITION_INVALID_CHECKPOINT.NO_BATCH_FOUND",
  });
});
