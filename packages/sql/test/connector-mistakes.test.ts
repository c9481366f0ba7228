import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BatchWrite,
  batchFromRows,
  type Plugin,
  parseDdl,
  type Sink,
  type Source,
  StreamError,
  type Table,
} from "@ss/core";
import { afterAll, expect, test } from "vitest";
import { SparkSession } from "../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "connector-mistakes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let checkpoints = 0;

const schema = parseDdl("seq BIGINT");

function goodSource(): Source {
  return {
    description: "OddSource",
    schema,
    replayable: true,
    readLimit: { kind: "allAvailable" },
    open: async () => {},
    initialOffset: async () => 0,
    latestOffset: async () => 1,
    plan: async () => [0],
    async *read() {
      yield batchFromRows(schema, [[1n]]);
    },
    commit: async () => {},
    close: async () => {},
  };
}

function goodWrite(): BatchWrite {
  return {
    alreadyCommitted: false,
    writer: async () => ({ write: async () => {}, finish: async () => null, abort: async () => {} }),
    commit: async () => ({ numOutputRows: 0 }),
    abort: async () => {},
  };
}

function goodSink(): Sink {
  return {
    description: "OddSink",
    delivery: "atLeastOnce",
    outputModes: ["append"],
    begin: async () => goodWrite(),
    close: async () => {},
  };
}

/** Answers that no program with types gives. */
type Odd<T> = { readonly [Key in keyof T]?: unknown };

function plugin(parts: { source?: Odd<Source>; sink?: Odd<Sink>; modes?: unknown }): Plugin {
  return {
    name: "odd",
    sources: [
      {
        names: ["odd"],
        fixedSchema: true,
        stream: async () => ({ ...goodSource(), ...parts.source }) as Source,
      },
    ],
    sinks: [
      {
        names: ["odd"],
        outputModes: ("modes" in parts ? parts.modes : ["append"]) as Sink["outputModes"],
        stream: async () => ({ ...goodSink(), ...parts.sink }) as Sink,
      },
    ],
  };
}

/** Runs a query from `odd` to `odd` to its end; true if its first batch was committed. */
async function run(odd: Plugin): Promise<boolean> {
  const checkpoint = join(folder, `checkpoint-${checkpoints++}`);
  const spark = await SparkSession.builder().use(odd).create();
  try {
    const query = await spark.readStream
      .format("odd")
      .load()
      .writeStream.format("odd")
      .trigger({ availableNow: true })
      .option("checkpointLocation", checkpoint)
      .start();
    await query.awaitTermination();
  } catch (error) {
    if (existsSync(join(checkpoint, "commits", "0"))) throw new Error("committed", { cause: error });
    throw error;
  } finally {
    await spark.stop();
  }
  return existsSync(join(checkpoint, "commits", "0"));
}

async function breachOf(odd: Plugin): Promise<string> {
  const error = await run(odd).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  const cause = StreamError.is(error, "STREAM_FAILED") ? error.cause : error;
  expect(cause).toMatchObject({ condition: "SS_CONNECTOR_CONTRACT" });
  return (cause as Error).message;
}

test("a source and a sink that keep the contract run", async () => {
  expect(await run(plugin({}))).toBe(true);
});

test.each<[string, Odd<Source>, RegExp]>([
  [
    "a bigint",
    { latestOffset: async () => 5n },
    /'OddSource'.*latestOffset\(\.\.\.\) gave the bigint 5n\. An offset is plain JSON data/,
  ],
  ["no number", { latestOffset: async () => Number.NaN }, /latestOffset\(\.\.\.\) gave the number NaN/],
  ["a Date", { latestOffset: async () => new Date(0) }, /gave an object of the class Date/],
  ["a Map", { latestOffset: async () => new Map() }, /gave an object of the class Map/],
  [
    "a bigint within",
    { latestOffset: async () => ({ shards: [{ at: 1n }] }) },
    /an offset whose part shards\[0\]\.at is the bigint 1n/,
  ],
  [
    "nothing",
    { latestOffset: async () => undefined },
    /latestOffset\(\.\.\.\) gave undefined\. .*the start that it was given, or null/,
  ],
  ["nothing at first", { initialOffset: async () => undefined }, /initialOffset\(\.\.\.\) gave undefined/],
])("an offset that is %s ends the query by name", async (_what, source, message) => {
  expect(await breachOf(plugin({ source }))).toMatch(message);
});

test.each<[string, Odd<Source>, RegExp]>([
  ["null", { plan: async () => null }, /'OddSource'.*plan\(\.\.\.\) gave null\. .*array of partitions/],
  ["undefined", { plan: async () => undefined }, /plan\(\.\.\.\) gave undefined/],
  [
    "one partition",
    { plan: async () => ({ from: 0, to: 1 }) },
    /plan\(\.\.\.\) gave an object with from, to/,
  ],
])("partitions that are %s end the query by name", async (_what, source, message) => {
  expect(await breachOf(plugin({ source }))).toMatch(message);
});

test.each<[string, Odd<Source>, RegExp]>([
  ["read is no generator", { read: async () => [] }, /read\(\.\.\.\) gave a promise\. .*async \*read/],
  ["read gives nothing", { read: () => undefined }, /read\(\.\.\.\) gave undefined/],
  ["onData gives nothing", { onData: () => undefined }, /onData\(\.\.\.\) gave undefined/],
  [
    "commit is missing",
    { commit: undefined },
    /source 'odd'.*stream\(\.\.\.\) gave .*which has no method 'commit'/,
  ],
  ["the schema is a text", { schema: "seq BIGINT" }, /schema is the string 'seq BIGINT'\. .*parseDdl/],
  ["the limit is missing", { readLimit: undefined }, /readLimit is undefined\..*allAvailable/],
  ["the limit is a number", { readLimit: 5 }, /readLimit is the number 5/],
  ["the limit is of no kind", { readLimit: { kind: "maxRow" } }, /readLimit is the string 'maxRow'/],
  ["replayable is missing", { replayable: undefined }, /replayable is undefined/],
  ["the description is missing", { description: undefined }, /description is undefined/],
])("a source is refused by name where %s", async (_what, source, message) => {
  expect(await breachOf(plugin({ source }))).toMatch(message);
});

test.each<[string, Odd<Sink>, RegExp]>([
  [
    "begin gives nothing",
    { begin: async () => undefined },
    /sink 'OddSink'.*begin\(\.\.\.\) gave undefined\. .*BatchWrite/,
  ],
  [
    "a batch has no commit",
    { begin: async () => ({ ...goodWrite(), commit: undefined }) },
    /begin\(\.\.\.\) gave an object with .* which has no method 'commit'/,
  ],
  [
    "a batch gives no writer",
    { begin: async () => ({ ...goodWrite(), writer: async () => undefined }) },
    /writer\(\.\.\.\) gave undefined\. .*PartitionWriter/,
  ],
  [
    "a writer cannot finish",
    {
      begin: async () => ({
        ...goodWrite(),
        writer: async () => ({ write: async () => {}, abort: async () => {} }),
      }),
    },
    /writer\(\.\.\.\) gave .*no method 'finish'/,
  ],
  ["begin is missing", { begin: undefined }, /sink 'odd'.*stream\(\.\.\.\) gave .*no method 'begin'/],
  [
    "delivery is misspelt",
    { delivery: "exactly-once" },
    /delivery is the string 'exactly-once'\. .*"exactlyOnce" or "atLeastOnce"/,
  ],
  ["its own output modes are missing", { outputModes: undefined }, /outputModes is undefined/],
])("a sink is refused by name where %s", async (_what, sink, message) => {
  expect(await breachOf(plugin({ sink }))).toMatch(message);
});

test("a batch whose writer is none is aborted", async () => {
  let aborted = 0;
  const write = { ...goodWrite(), writer: async () => undefined, abort: async () => void aborted++ };
  await breachOf(plugin({ sink: { begin: async () => write } }));
  expect(aborted).toBe(1);
});

test("a sink's provider tells its output modes when it is passed in", async () => {
  expect(await breachOf(plugin({ modes: undefined }))).toMatch(/sink 'odd'.*outputModes is undefined/);
  expect(await breachOf(plugin({ modes: ["appnd"] }))).toMatch(/outputModes holds the string 'appnd'/);
});

test("a provider that gives nothing is named by its format", async () => {
  const nothing = { names: ["void"], table: async () => undefined, stream: async () => undefined };
  const odd = {
    name: "void",
    sources: [nothing],
    sinks: [{ ...nothing, outputModes: ["append"], batch: async () => undefined }],
  };
  const spark = await SparkSession.builder()
    .use(odd as unknown as Plugin)
    .create();
  await expect(spark.read.format("void").load().collect()).rejects.toThrow(
    /table 'void'.*table\(\.\.\.\) gave undefined\. .*a Table/,
  );
  const stream = spark.readStream.format("void").load().writeStream.format("noop");
  await expect(stream.start()).rejects.toThrow(/source 'void'.*stream\(\.\.\.\) gave undefined\. .*a Source/);
  await expect(spark.range(1).write.format("void").save()).rejects.toThrow(
    /sink 'void'.*batch\(\.\.\.\) gave undefined/,
  );
  await spark.stop();
});

test("a table whose partitions are no list is named", async () => {
  const table = {
    description: "OddTable",
    schema,
    plan: async () => null,
    read: goodSource().read,
  } as unknown as Table;
  const spark = await SparkSession.builder()
    .use({ name: "odd", sources: [{ names: ["odd"], table: async () => table }] })
    .create();
  await expect(spark.read.format("odd").load().collect()).rejects.toThrow(
    /table 'OddTable'.*plan\(\.\.\.\) gave null/,
  );
  await spark.stop();
});

test.each<[string, unknown, RegExp]>([
  ["the function that makes one", function kafka() {}, /the function 'kafka'.*use\(kafka\(\)\)/],
  ["nothing", undefined, /was given undefined/],
  ["a list of them", [], /was given an array.*use\(\.\.\.plugins\)/],
  ["a source", { format: "rate", options: {} }, /an object with format, options.*\{ name, sources\?/],
  [
    "one whose sources are one",
    { name: "odd", sources: { names: ["odd"] } },
    /'odd', whose sources are no array/,
  ],
  ["one with a name that is no list", { name: "odd", sources: [{ names: "odd" }] }, /no list of names/],
])("a session refuses %s in place of a plug-in", async (_what, given, message) => {
  const created = SparkSession.builder()
    .use(given as Plugin)
    .create();
  await expect(created).rejects.toThrow(message);
  await expect(created).rejects.toMatchObject({ condition: "SS_NOT_A_PLUGIN" });
});
