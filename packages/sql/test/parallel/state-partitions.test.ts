import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type FileSystem,
  LongType,
  type OutputMode,
  type Plugin,
  type Source,
  StreamError,
  StructType,
} from "@ss/core";
import { fileSource } from "@ss/source-file";
import { crashAtEveryWrite, FaultyFileSystem, seededRandom } from "@ss/testkit";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { col, count, type DataFrame, expr, SparkSession, sum, udaf, window } from "../../src/index.js";
import { Average } from "../aggregators.js";

// Workers run what is built: these tests need `npm run build`, which `npm test` does beforehand.

let folder: string;
/** Checkpoints lie here, under `disk:/`. */
let disk: FileSystem;
let printed = "";

const plugin: Plugin = {
  name: "the disk of the test",
  fileSystems: [
    new Proxy({} as FileSystem, {
      get: (_, name) => {
        if (name === "schemes") return ["disk"];
        const value = Reflect.get(disk, name) as unknown;
        return typeof value === "function" ? value.bind(disk) : value;
      },
    }),
  ],
};

beforeEach(() => {
  printed = "";
  disk = new FaultyFileSystem({ schemes: ["disk"] });
  folder = mkdtempSync(join(tmpdir(), "ss-state-"));
  mkdirSync(join(folder, "sales"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** One for each number of threads; workers serve many queries. */
const sessions = new Map<number, Promise<SparkSession>>();

afterAll(async () => {
  for (const spark of sessions.values()) await (await spark).stop();
});

function session(threads: number): Promise<SparkSession> {
  let made = sessions.get(threads);
  if (made === undefined) {
    made = newSession(threads);
    sessions.set(threads, made);
  }
  return made;
}

function newSession(threads: number, conf: Readonly<Record<string, string>> = {}, ...plugins: Plugin[]) {
  const builder = SparkSession.builder()
    .master(`local[${threads}]`)
    .config("spark.sql.session.timeZone", "UTC")
    // small partitions, so that even a small file has several
    .config("spark.sql.files.maxPartitionBytes", "1500")
    .config("spark.sql.files.openCostInBytes", "1")
    .config("spark.sql.streaming.stateStore.minDeltasForSnapshot", "2")
    .use(fileSource(), plugin, ...plugins)
    .logTo(() => {})
    .printTo((text) => {
      printed += text;
    });
  for (const [key, value] of Object.entries(conf)) builder.config(key, value);
  return builder.create();
}

const SCHEMA = "name STRING, amount DOUBLE, at TIMESTAMP, ratio DOUBLE";
const NAMES = ["Ärger", "b", "c,d", "", "a name of more than a few words", null];

/** A file of 60 rows: those of minute `2 * k` and the one after it, and some of the minute `late` before. */
function writeFile(k: number, late = 0): void {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const minute = 2 * k + (i % 2) - (i % 10 === 0 ? late : 0);
    return {
      name: NAMES[(i >> 1) % NAMES.length],
      amount: 0.1 * i + 1e12 / (k * 60 + i + 1),
      at: new Date(Date.UTC(2026, 0, 1, 0, minute, i)).toISOString(),
      // 0.0 and -0.0 are one key
      ratio: i % 5 === 0 ? -0 : i % 3,
    };
  });
  const lines = rows.map((row) =>
    JSON.stringify(row).replace('"ratio":0', `"ratio":${row.ratio === 0 ? "-0.0" : "0"}`),
  );
  writeFileSync(join(folder, "sales", `${String(k).padStart(3, "0")}.json`), `${lines.join("\n")}\n`);
}

type Query = (sales: DataFrame) => DataFrame;

const WINDOWED: Query = (sales) =>
  sales
    .withWatermark("at", "90 seconds")
    .groupBy(window("at", "1 minute"), col("name"), col("ratio"))
    .agg(sum("amount").as("s"), count("*").as("n"), expr("collect_list(amount)").as("all"));

interface Outcome {
  /** Rows by batch; within a batch as a set. */
  readonly batches: Map<number, readonly string[]>;
  readonly progress: unknown[];
}

interface RunOptions {
  readonly query?: Query;
  readonly mode?: OutputMode;
  readonly into?: Outcome;
  readonly checkpoint?: string;
}

function outcome(): Outcome {
  return { batches: new Map(), progress: [] };
}

/** Runs a query over the files that are there and not yet read, a file a batch. */
async function run(spark: SparkSession, options: RunOptions = {}): Promise<Outcome> {
  const { query = WINDOWED, mode = "update", into = outcome(), checkpoint = "disk:/checkpoint" } = options;
  const sales = spark.readStream.schema(SCHEMA).option("maxFilesPerTrigger", 1).json(join(folder, "sales"));
  const started = await query(sales)
    .writeStream.outputMode(mode)
    .foreachBatch(async (rows, batchId) => {
      const texts = (await rows.collect()).map((row) => JSON.stringify(row)).sort();
      into.batches.set(batchId, texts);
    })
    .option("checkpointLocation", checkpoint)
    .trigger({ availableNow: true })
    .start();
  await started.awaitTermination();
  printed += started.explain();
  for (const { batchId, numInputRows, eventTime, stateOperators } of started.recentProgress) {
    const [first] = stateOperators;
    into.progress.push({
      batchId,
      numInputRows,
      eventTime,
      total: first!.numRowsTotal,
      updated: first!.numRowsUpdated,
      removed: first!.numRowsRemoved,
      late: first!.numRowsDroppedByWatermark,
      partitions: first!.numShufflePartitions,
      instances: first!.numStateStoreInstances,
    });
  }
  return into;
}

describe("rows and progress are the same for every number of threads", () => {
  const modes: readonly OutputMode[] = ["append", "update", "complete"];
  test.each(modes)("in %s mode, with a watermark and late rows", async (mode) => {
    for (let k = 0; k < 4; k++) writeFile(k, k === 3 ? 6 : 0);
    const outcomes: Outcome[] = [];
    for (const threads of [1, 2, 4, 5]) {
      disk = new FaultyFileSystem({ schemes: ["disk"] });
      outcomes.push(await run(await session(threads), { mode }));
      if (threads > 3) expect(printed).toContain(`operator 0: 16 partitions on ${threads} workers`);
      if (threads === 2)
        expect(printed).toContain("operator 0: on the driver, because it keeps up with 2 workers");
    }
    const [one, ...others] = outcomes;
    expect([...one!.batches.values()].flat().length).toBeGreaterThan(30);
    const late = (one!.progress as { late: number }[]).reduce((total, batch) => total + batch.late, 0);
    if (mode !== "complete") expect(late).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(one);
  });

  test("keys of numbers, dates, decimals, structs, arrays and maps", async () => {
    for (let k = 0; k < 3; k++) writeFile(k);
    const query: Query = (sales) =>
      sales
        .selectExpr(
          "CAST(ratio AS INT) AS i",
          "CAST(ratio AS FLOAT) AS f",
          "CAST(at AS DATE) AS d",
          "CAST(amount AS DECIMAL(30, 2)) % 3 AS big",
          "named_struct('n', name, 'r', ratio) AS st",
          "array(name, 'x') AS list",
          "amount > 1e10 AS flag",
        )
        .groupBy("i", "f", "d", "big", "st", "list", "flag")
        .agg(count("*").as("n"));
    const outcomes: Outcome[] = [];
    for (const threads of [1, 4]) {
      disk = new FaultyFileSystem({ schemes: ["disk"] });
      outcomes.push(await run(await session(threads), { query }));
    }
    expect(outcomes[0]!.batches.size).toBe(3);
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  test("more workers than partitions", async () => {
    for (let k = 0; k < 2; k++) writeFile(k);
    const whole = await run(await session(1));
    disk = new FaultyFileSystem({ schemes: ["disk"] });
    const spark = await newSession(4, { "spark.sql.shuffle.partitions": "2" });
    try {
      const divided = await run(spark);
      expect(printed).toContain("2 partitions on 2 workers");
      expect(divided.batches).toEqual(whole.batches);
    } finally {
      await spark.stop();
    }
  });
});

test("a query goes on with another number of threads, with the state that it had", async () => {
  const files = 12;
  for (let k = 0; k < files; k++) writeFile(k, k % 4 === 3 ? 6 : 0);
  const expected = await run(await session(1));
  rmSync(join(folder, "sales"), { recursive: true });
  mkdirSync(join(folder, "sales"));
  disk = new FaultyFileSystem({ schemes: ["disk"] });
  const into = outcome();
  // deltas and snapshots of one are read by the other
  for (let k = 0; k < files; k++) {
    writeFile(k, k % 4 === 3 ? 6 : 0);
    await run(await session([1, 4, 5, 2, 1, 5][k % 6]!), { into });
  }
  // of each run the watermark moves the last batch once more
  const all = (rows: Outcome): string[] => [...rows.batches.values()].flat().sort();
  expect(all(into)).toEqual(all(expected));
});

test("a query goes on with another number of partitions, with the state that it had", async () => {
  const files = 4;
  for (let k = 0; k < files; k++) writeFile(k, k % 4 === 3 ? 6 : 0);
  const expected = await run(await session(1));
  rmSync(join(folder, "sales"), { recursive: true });
  mkdirSync(join(folder, "sales"));
  disk = new FaultyFileSystem({ schemes: ["disk"] });
  const into = outcome();
  for (let k = 0; k < files; k++) {
    writeFile(k, k % 4 === 3 ? 6 : 0);
    const spark = await session([5, 1, 4, 1][k]!);
    if (k > 0) await spark.streams.repartition("disk:/checkpoint", [6, 3, 16][k - 1]!);
    printed = "";
    await run(spark, { into });
    if (k === 2) expect(printed).toContain("3 partitions on 3 workers");
  }
  const all = (rows: Outcome): string[] => [...rows.batches.values()].flat().sort();
  expect(all(into)).toEqual(all(expected));
});

/** What the updates leave of each key in the end. A crash may let a batch have the files of two. */
function table({ batches }: Outcome): readonly string[] {
  const rows = new Map<string, string>();
  for (const [, texts] of [...batches].sort(([a], [b]) => a - b)) {
    for (const text of texts) rows.set(text.replace(/"s".*/, ""), text);
  }
  return [...rows.values()].sort();
}

test("every row counts once, wherever the power goes", { timeout: 60_000 }, async () => {
  for (let k = 0; k < 2; k++) writeFile(k);
  const query: Query = (sales) =>
    sales
      .withWatermark("at", "90 seconds")
      .groupBy(window("at", "1 minute"), col("name"))
      .agg(expr("sum(CAST(ratio AS INT)) AS s"), count("*").as("n"));
  const expected = await run(await session(1), { query });
  let into: Outcome;
  let runs = 0;
  const crashes = await crashAtEveryWrite({
    schemes: ["disk"],
    random: seededRandom(11),
    prepare: async () => {
      into = outcome();
    },
    run: async (given) => {
      disk = given;
      await run(await session(4), { query, into });
    },
    check: async (given) => {
      disk = given;
      await run(await session([1, 4, 5][runs++ % 3]!), { query, into });
      expect(table(into)).toEqual(table(expected));
    },
  });
  expect(crashes).toBeGreaterThan(60);
});

/** A source of numbers whose reader, in the worker, does as `body` says with `partition`, which is `[from, to]`. */
function numbers(body: string, latest: (from: number) => number): Plugin {
  const core = pathToFileURL(join(import.meta.dirname, "../../../core/dist/index.js")).href;
  const module = join(folder, "reader.mjs");
  writeFileSync(
    module,
    `import * as fs from "node:fs";
     import { Batch, Int64Column, LongType, StructType } from ${JSON.stringify(core)};
     const schema = new StructType().add("value", LongType);
     export const reader = () => ({ async *read(partition) {
       const [from, to] = partition;
       ${body}
       yield new Batch(schema, [new Int64Column(LongType, to - from, null, BigInt64Array.from({ length: to - from }, (_, i) => BigInt(from + i)))], to - from);
     } });`,
  );
  const source: Source = {
    description: "numbers",
    schema: new StructType().add("value", LongType),
    replayable: true,
    readLimit: { kind: "allAvailable" },
    open: async () => {},
    initialOffset: async () => 0,
    latestOffset: async (from) => latest((from as number | null) ?? 0),
    plan: async (from, to) => {
      const [start, end] = [from as number, to as number];
      const middle = Math.floor((start + end) / 2);
      return [
        [start, middle],
        [middle, end],
      ];
    },
    read: () => {
      throw new Error("the driver was asked to read");
    },
    commit: async () => {},
    close: async () => {},
    worker: { module: pathToFileURL(module).href, export: "reader", options: null },
  };
  return {
    name: "numbers",
    sources: [{ names: ["numbers"], fixedSchema: true, stream: async () => source }],
  };
}

test("a worker that dies in the middle of a batch fails the query, which goes on from its checkpoint", async () => {
  let end = 1000;
  const marker = join(folder, "die");
  const body = `if (fs.existsSync(${JSON.stringify(marker)}) && from >= 1500) process.exit(3);`;
  const spark = await newSession(
    4,
    {},
    numbers(body, () => end),
  );
  const seen = new Map<number, bigint>();
  const start = () =>
    spark.readStream
      .format("numbers")
      .load()
      .groupBy(expr("value % 10 AS k"))
      .agg(count("*").as("n"))
      .writeStream.outputMode("update")
      .foreachBatch(async (rows) => {
        for (const row of await rows.collect()) seen.set(Number(row["k"]), row["n"] as bigint);
      })
      .option("checkpointLocation", "disk:/checkpoint")
      .trigger({ availableNow: true })
      .start();
  const totals = (): unknown[] => [...seen.values()].map(Number);
  try {
    await (await start()).awaitTermination();
    expect(totals()).toEqual(Array.from({ length: 10 }, () => 100));
    writeFileSync(marker, "");
    end = 2000;
    const failure = await start()
      .then((query) => query.awaitTermination())
      .catch((error: unknown) => error);
    expect(StreamError.is((failure as Error).cause, "SS_WORKER_FAILED"), String(failure)).toBe(true);
    expect(totals()).toEqual(Array.from({ length: 10 }, () => 100));
    rmSync(marker);
    await (await start()).awaitTermination();
    expect(totals()).toEqual(Array.from({ length: 10 }, () => 200));
  } finally {
    await spark.stop();
  }
});

test("a query is stopped in the middle of a batch, even when a reader waits for ever", async () => {
  const begun = join(folder, "begun");
  const body = `fs.writeFileSync(${JSON.stringify(begun)}, ""); await new Promise(() => {});`;
  const spark = await newSession(
    4,
    {},
    numbers(body, () => 100),
  );
  try {
    const query = await spark.readStream
      .format("numbers")
      .load()
      .groupBy("value")
      .agg(count("*").as("n"))
      .writeStream.outputMode("update")
      .format("noop")
      .option("checkpointLocation", "disk:/checkpoint")
      .start();
    while (!existsSync(begun)) await new Promise((turn) => setImmediate(turn));
    await query.stop();
    expect(query.isActive).toBe(false);
    expect(query.exception).toBeNull();
  } finally {
    await spark.stop();
  }
});

test("state that outgrows the memory of its owner fails the query, by the operator's name", async () => {
  const spark = await newSession(
    4,
    { "spark.driver.memory": "2m" },
    // lists that become longer batch after batch
    numbers("", (from) => from + 100),
  );
  try {
    const query = await spark.readStream
      .format("numbers")
      .load()
      .groupBy(expr("value % 2 AS k"))
      .agg(expr("collect_list(concat(repeat('x', 1000), value)) AS texts"))
      .writeStream.outputMode("update")
      .format("noop")
      .option("checkpointLocation", "disk:/checkpoint")
      .start();
    const failure = await query.awaitTermination().catch((error: unknown) => (error as Error).cause);
    expect(StreamError.is(failure, "SS_MEMORY_LIMIT_EXCEEDED"), String(failure)).toBe(true);
    const { operator, budget, limit } = (failure as StreamError).parameters;
    expect(operator).toMatch(/^a part of the state of StateStoreSave keys=\[k.*collect_list.*opId = 0$/);
    expect([budget, limit]).toEqual(["2097152", "262144"]);
  } finally {
    await spark.stop();
  }
});

test("queries side by side keep their states apart", async () => {
  for (let k = 0; k < 4; k++) writeFile(k);
  const spark = await session(4);
  const queries: readonly Query[] = [WINDOWED, (sales) => sales.groupBy("name").agg(count("*").as("n"))];
  const one = await session(1);
  const expected = await Promise.all(
    queries.map((query, k) => run(one, { query, checkpoint: `disk:/expected-${k}` })),
  );
  const outcomes = await Promise.all(
    queries.map((query, k) => run(spark, { query, checkpoint: `disk:/divided-${k}` })),
  );
  expect(outcomes).toEqual(expected);
});

test.each<{ what: string; query: Query; reason: string }>([
  {
    what: "a state without keys",
    query: (sales) => sales.agg(sum("amount").as("s")),
    reason: "it has a single row",
  },
  {
    what: "buffers of an aggregator of the program",
    query: (sales) => sales.groupBy("name").agg(udaf(new Average())("amount").as("s"), sum("amount")),
    reason: "it calls the aggregator Average of the program",
  },
])("$what cannot be divided: it stays on the driver, and explain says why", async ({ query, reason }) => {
  for (let k = 0; k < 2; k++) writeFile(k);
  const expected = await run(await session(1), { query });
  disk = new FaultyFileSystem({ schemes: ["disk"] });
  printed = "";
  expect(await run(await session(4), { query })).toEqual(expected);
  expect(printed).toContain(`State of stateStoreSave, operator 0: on the driver, because ${reason}`);
});
