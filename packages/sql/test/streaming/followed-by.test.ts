import { defineSource } from "@ss/core";
import { fileSource } from "@ss/source-file";
import { MemorySource, memorySource } from "@ss/source-memory";
import { collectingSink, crashAtEveryWrite, FaultyFileSystem, seededRandom } from "@ss/testkit";
import { beforeEach, expect, test } from "vitest";
import { type DataFrame, SparkSession, type StreamingQuery, type TriggerOptions } from "../../src/index.js";

let disk: FaultyFileSystem;
let sink: ReturnType<typeof collectingSink>;
let spark: SparkSession;
/** How far the source `growing` goes; it cannot pin its end. */
let grown = 0;

const growing = defineSource({
  name: "growing",
  schema: "n INT",
  latest: () => grown,
  *read(from, to) {
    for (let n = from; n < to; n++) yield [n];
  },
});
/** The same without the means of the trigger availableNow. */
const unpinned = {
  ...growing,
  sources: growing.sources!.map((provider) => ({
    ...provider,
    stream: async (request: Parameters<NonNullable<typeof provider.stream>>[0]) =>
      Object.assign(await provider.stream!(request), { prepareForAvailableNow: undefined }) as never,
  })),
};

async function session(): Promise<SparkSession> {
  return SparkSession.builder()
    .config("spark.sql.session.timeZone", "UTC")
    .logTo(() => {})
    .use(memorySource(), fileSource(), unpinned, sink.plugin(), { name: "disk", fileSystems: [disk] })
    .create();
}

beforeEach(async () => {
  for (const name of ["old", "live", "newest"]) MemorySource.reset(name);
  grown = 0;
  disk = new FaultyFileSystem();
  sink = collectingSink();
  spark = await session();
});

const stream = (name: string): DataFrame =>
  spark.readStream.format("memory").option("name", name).schema("n INT").load();

function start(rows: DataFrame, trigger?: TriggerOptions): Promise<StreamingQuery> {
  const writer = rows.writeStream.format("collecting").option("checkpointLocation", "/checkpoint");
  return (trigger ? writer.trigger(trigger) : writer).start();
}

const values = (): number[] => sink.rows().map(([n]) => Number(n));

/** Adds numbers to a stream and waits until all that can be read is. */
async function add(query: StreamingQuery, name: string, ...numbers: number[]): Promise<number[]> {
  MemorySource.addData(name, ...numbers);
  await query.processAllAvailable();
  return values();
}

test("the backfill is read to its end, then the live stream goes on", async () => {
  MemorySource.addData("live", 10);
  MemorySource.addData("old", 1, 2);
  MemorySource.addData("old", 3);
  const query = await start(stream("old").followedBy(stream("live")));
  await query.processAllAvailable();
  expect(values()).toEqual([1, 2, 3, 10]);
  expect(await add(query, "live", 11)).toEqual([1, 2, 3, 10, 11]);
  // its time is over
  expect(await add(query, "old", 4)).toEqual([1, 2, 3, 10, 11]);
  await query.stop();
});

test("a backfill in many batches comes before the first live row", async () => {
  for (let k = 0; k < 5; k++) await disk.createExclusive(`/in/${k}.json`, Buffer.from(`{"n":${k}}\n`));
  MemorySource.addData("live", 10);
  const old = spark.readStream.format("json").schema("n INT").option("maxFilesPerTrigger", 2).load("/in");
  const query = await start(old.followedBy(stream("live")));
  await query.processAllAvailable();
  expect(values().slice(0, 5).sort()).toEqual([0, 1, 2, 3, 4]);
  expect(values()[5]).toBe(10);
  await query.stop();
});

test("a restart goes on in the stream in which the run before was", async () => {
  MemorySource.addData("old", 1);
  const rows = (): DataFrame => stream("old").followedBy(stream("live"));
  const first = await start(rows());
  await first.processAllAvailable();
  await first.stop();
  MemorySource.addData("old", 2);
  const second = await start(rows());
  expect(await add(second, "live", 10)).toEqual([1, 10]);
  await second.stop();
});

test.each<[string, () => DataFrame]>([
  ["(a, b), c", () => stream("old").followedBy(stream("live")).followedBy(stream("newest"))],
  ["a, (b, c)", () => stream("old").followedBy(stream("live").followedBy(stream("newest")))],
])("three streams come one after the other, put together as %s", async (_, together) => {
  MemorySource.addData("newest", 100);
  MemorySource.addData("live", 10);
  MemorySource.addData("old", 1);
  const query = await start(together());
  await query.processAllAvailable();
  expect(values()).toEqual([1, 10, 100]);
  expect(await add(query, "live", 11)).toEqual([1, 10, 100]);
  expect(await add(query, "newest", 101)).toEqual([1, 10, 100, 101]);
  await query.stop();
});

test("availableNow reads all streams of the sequence", async () => {
  MemorySource.addData("old", 1);
  MemorySource.addData("live", 10);
  const query = await start(stream("old").followedBy(stream("live")), { availableNow: true });
  await query.awaitTermination();
  expect(values()).toEqual([1, 10]);
});

test("a source that cannot pin its end gives what was there when its turn came", async () => {
  grown = 3;
  const query = await start(spark.readStream.format("growing").load().followedBy(stream("live")));
  await query.processAllAvailable();
  grown = 5;
  expect(await add(query, "live", 10)).toEqual([0, 1, 2, 10]);
  await query.stop();
});

test("both sides of a union in the backfill end before the live stream begins", async () => {
  MemorySource.addData("newest", 100);
  MemorySource.addData("live", 10);
  MemorySource.addData("old", 1);
  const query = await start(stream("old").union(stream("live")).followedBy(stream("newest")));
  await query.processAllAvailable();
  expect(values()).toEqual([1, 10, 100]);
  await query.stop();
});

test("state goes on from stream to stream", async () => {
  MemorySource.addData("old", 1, 1, 2);
  const counts = stream("old").followedBy(stream("live")).groupBy("n").count();
  const query = await counts.writeStream
    .format("collecting")
    .outputMode("update")
    .option("checkpointLocation", "/checkpoint")
    .start();
  MemorySource.addData("live", 1);
  await query.processAllAvailable();
  expect(sink.rows().map((row) => row.map(Number))).toEqual([
    [1, 2],
    [2, 1],
    [1, 3],
  ]);
  await query.stop();
});

test("columns go together by position and meet in one type", async () => {
  const query = await start(stream("old").followedBy(stream("live").selectExpr("CAST(n AS BIGINT) AS m")));
  MemorySource.addData("old", 1);
  expect(await add(query, "live", 2)).toEqual([1, 2]);
  expect(sink.batches[0]!.schema.fields.map((field) => `${field.name} ${field.type.kind}`)).toEqual([
    "n long",
  ]);
  await query.stop();
});

test("sequences within one another, state before them and streams in two places are refused", async () => {
  const pair = stream("old").followedBy(stream("live"));
  await expect(start(pair.filter("n > 1").followedBy(stream("newest")))).rejects.toMatchObject({
    condition: "NESTED_SEQUENTIAL_STREAMING_UNION",
  });
  await expect(start(stream("old").dropDuplicates(["n"]).followedBy(stream("live")))).rejects.toMatchObject({
    condition: "STATEFUL_CHILDREN_NOT_SUPPORTED_IN_SEQUENTIAL_STREAMING_UNION",
  });
  const live = stream("live");
  await expect(start(live.followedBy(live))).rejects.toMatchObject({
    condition: "SS_STREAM_IN_SEQUENCE_TWICE",
  });
  await expect(start(stream("old").followedBy(live).union(live))).rejects.toMatchObject({
    condition: "SS_STREAM_IN_SEQUENCE_TWICE",
  });
  const table = spark.sql("SELECT 1 AS n");
  await expect(start(table.followedBy(stream("live")))).rejects.toThrow(
    "Union between streaming and batch DataFrames/Datasets is not supported",
  );
});

test("every row comes once and in its turn, wherever the power goes", { timeout: 60_000 }, async () => {
  const run = async (on: FaultyFileSystem): Promise<void> => {
    disk = on;
    spark = await session();
    try {
      const query = await start(stream("old").followedBy(stream("live")));
      await query.processAllAvailable();
      if (!added) MemorySource.addData("live", 11);
      added = true;
      await query.processAllAvailable();
    } finally {
      await spark.stop();
    }
  };
  let added = false;
  const crashes = await crashAtEveryWrite({
    random: seededRandom(11),
    prepare: async () => {
      for (const name of ["old", "live"]) MemorySource.reset(name);
      added = false;
      sink = collectingSink();
      MemorySource.addData("live", 10);
      MemorySource.addData("old", 1, 2);
    },
    run,
    check: async (on) => {
      await run(on);
      expect(values()).toEqual([1, 2, 10, 11]);
    },
  });
  expect(crashes).toBeGreaterThan(20);
});
