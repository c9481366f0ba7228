import { fileSource } from "@ss/source-file";
import { MemorySource } from "@ss/source-memory";
import { crashAtEveryWrite, FaultyFileSystem, seededRandom } from "@ss/testkit";
import { expect, test } from "vitest";
import { type DataFrame, SparkSession } from "../../../src/index.js";
import { CHECKPOINT, rowText, Trial, type TrialOptions } from "./trial.js";

const WORDS = "/words";

async function write(disk: FaultyFileSystem, name: string, text: string): Promise<void> {
  const writer = await disk.create(`${WORDS}/${name}`);
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}

/** Joins its numbers with the words of a table, in a query that may count them. */
class WordTrial extends Trial {
  goesOn = false;

  constructor(how: (joined: DataFrame) => DataFrame, options: Partial<TrialOptions> = {}) {
    const query = (stream: DataFrame): DataFrame => {
      const words = SparkSession.active()!.read.schema("n INT, word STRING").csv(WORDS);
      return how(stream.join(words, "n"));
    };
    super({
      schema: "n INT",
      inputs: [
        [[1], [3]],
        [[1], [3]],
        [[1], [3]],
      ],
      mode: "update",
      query,
      ...options,
    });
  }

  override async session(disk: FaultyFileSystem): Promise<SparkSession> {
    const spark = await super.session(disk, fileSource());
    spark.conf.set("ss.streaming.replayOnChangedTables", this.goesOn);
    return spark;
  }

  /** A process that gets some numbers, and processes them with what is there. */
  async give(disk: FaultyFileSystem, numbers: readonly (readonly unknown[])[]): Promise<void> {
    const spark = await this.session(disk);
    try {
      const query = await this.start(spark);
      if (numbers.length > 0) MemorySource.addData(this.source, ...numbers);
      await query.processAllAvailable();
    } finally {
      await spark.stop();
    }
  }
}

/** What the sink has of a batch, sorted. */
function batchOf(trial: Trial, batchId: number): string[] {
  return trial.sink.rows(batchId).map(rowText).sort();
}

const counted = (joined: DataFrame): DataFrame => joined.groupBy("word").count();
const plain = (joined: DataFrame): DataFrame => joined.select("word");

/** Runs a batch with the words of one file, and a second one that ends as the sink fails at `point`. */
async function leftBehind(trial: WordTrial, point: "commit" | "committed"): Promise<FaultyFileSystem> {
  const disk = new FaultyFileSystem();
  await write(disk, "a.csv", "1,one\n");
  trial.sink.failAt(point, { batchId: 1 });
  await expect(trial.runSome(disk, 2)).rejects.toThrow("the sink failed");
  return disk;
}

test("the version of a table stands beside the offsets of each batch that reads it", async () => {
  const trial = new WordTrial(plain);
  const disk = new FaultyFileSystem();
  await write(disk, "a.csv", "1,one\n");
  await trial.runSome(disk, 2);
  await write(disk, "b.csv", "3,three\n");
  await trial.run(disk);
  const versions: string[] = [];
  for (let batch = 0; batch < 3; batch++) {
    const lines = Buffer.from((await disk.readAll(`${CHECKPOINT}/offsets/${batch}`))!)
      .toString()
      .split("\n");
    expect(lines[0]).toBe("v1");
    expect(lines.length).toBe(3);
    versions.push(...JSON.parse(lines[1]!).tables);
  }
  expect(versions.length).toBe(3);
  expect(versions[1]).toBe(versions[0]);
  expect(versions[2]).not.toBe(versions[0]);
  // of what they are only the last one is kept
  const kept: string[] = [];
  const folder = `${CHECKPOINT}/tables/`;
  for await (const { path } of disk.list(folder, { recursive: true })) kept.push(path.slice(folder.length));
  expect(kept).toEqual([versions[2]]);
});

test("a batch that a sink has already is run again on the files that it had, and the next on those of now", async () => {
  const trial = new WordTrial(counted);
  const disk = await leftBehind(trial, "committed");
  await write(disk, "b.csv", "3,three\n");
  await trial.run(disk);
  expect([0, 1, 2].map((batch) => batchOf(trial, batch))).toEqual([
    ["one 1"],
    ["one 2"],
    ["one 3", "three 1"],
  ]);
});

test("a batch that a sink has already is refused with other rows, and taken with them where that is asked for", async () => {
  const trial = new WordTrial(counted);
  const disk = await leftBehind(trial, "committed");
  await write(disk, "a.csv", "1,uno\n");
  const error = await trial.failure(disk);
  expect(error.condition).toBe("SS_TABLE_CHANGED");
  trial.goesOn = true;
  await trial.run(disk);
  // the state has uno where the sink has the second one
  expect(batchOf(trial, 2)).toEqual(["uno 2"]);
});

test("a batch that no sink has is run again on the rows of now where the old ones are gone", async () => {
  const trial = new WordTrial(counted);
  const disk = await leftBehind(trial, "commit");
  await write(disk, "a.csv", "1,uno\n");
  await trial.run(disk);
  expect([0, 1, 2].map((batch) => batchOf(trial, batch))).toEqual([["one 1"], ["uno 1"], ["uno 2"]]);
});

test("a stateless batch that its only sink has is passed over, whatever the table has become", async () => {
  const trial = new WordTrial(plain, { mode: "append" });
  const disk = await leftBehind(trial, "committed");
  await write(disk, "a.csv", "1,uno\n");
  await trial.run(disk);
  expect([0, 1, 2].map((batch) => batchOf(trial, batch))).toEqual([["one"], ["one"], ["uno"]]);
});

test("words are counted once, wherever the power goes while files are added to their table", {
  timeout: 60_000,
}, async () => {
  let trial: WordTrial;
  const run = async (disk: FaultyFileSystem): Promise<void> => {
    const spark = await trial.session(disk);
    try {
      const query = await trial.start(spark);
      await query.processAllAvailable();
      for (let k = trial.sink.batches.length; trial.feed(); k++) {
        await query.processAllAvailable();
        await write(disk, `${k}.csv`, `${k + 10},later\n`);
      }
    } finally {
      await spark.stop();
    }
  };
  const crashes = await crashAtEveryWrite({
    prepare: async (disk) => {
      trial = new WordTrial(counted, {
        inputs: [
          [[1], [3]],
          [[1], [3]],
        ],
      });
      await write(disk, "a.csv", "1,one\n3,three\n");
    },
    run,
    check: async (disk) => {
      await run(disk);
      expect(batchOf(trial, trial.sink.batches.at(-1)!.batchId)).toEqual(["one 2", "three 2"]);
    },
  });
  expect(crashes).toBeGreaterThan(40);
});

test.each([1, 2, 3, 4])(
  "random changes of a table count from the next batch on, over failures of the sink (seed %i)",
  async (seed) => {
    const random = seededRandom(seed);
    const disk = new FaultyFileSystem();
    const trial = new WordTrial(counted, { inputs: [] });
    const files = new Map<string, ReadonlyMap<number, string>>();
    let changes = 0;
    /** Puts a file there, anew or in the place of another; every one is longer than those before. */
    const change = async (): Promise<void> => {
      const name = `${random.integer(0, 3)}.csv`;
      const word = `w${"x".repeat(changes++)}`;
      const words = new Map(Array.from({ length: random.integer(1, 4) }, () => [random.integer(0, 5), word]));
      files.set(name, words);
      await write(disk, name, [...words].map(([n, text]) => `${n},${text}\n`).join(""));
    };
    const counts = new Map<string, number>();
    const expected: string[][] = [];
    await change();
    for (let step = 0; step < 12; step++) {
      if (random.chance(0.4)) await change();
      const given = Array.from({ length: 4 }, () => [random.integer(0, 5)]);
      const point = random.pick(["none", "commit", "committed"] as const);
      let seen = new Map(files);
      if (point !== "none") {
        trial.sink.failAt(point, { batchId: step });
        await expect(trial.give(disk, given)).rejects.toThrow("the sink failed");
        // what a sink has already is run again on the same files, which a new one does not change
        if (point === "commit" && random.chance()) await change();
        const isThere = [...seen].every(([name, words]) => files.get(name) === words);
        if (!isThere) seen = new Map(files);
        await trial.give(disk, []);
      } else await trial.give(disk, given);
      const words = given.flatMap(([n]) => [...seen.values()].flatMap((file) => file.get(n!) ?? []));
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
      expected.push([...new Set(words)].map((word) => `${word} ${counts.get(word)}`).sort());
    }
    expect(expected.map((_, batch) => batchOf(trial, batch))).toEqual(expected);
  },
);

test("a table is known by what is read, so that a changed query does not take another's version for its own", async () => {
  const other = "/others";
  const joined =
    (path: string, header = false) =>
    (stream: DataFrame): DataFrame => {
      const spark = SparkSession.active()!;
      return counted(
        stream.join(spark.read.schema("n INT, word STRING").option("header", header).csv(path), "n"),
      );
    };
  for (const query of [joined(other), joined(WORDS, true)]) {
    const trial = new WordTrial(counted);
    const disk = await leftBehind(trial, "committed");
    await disk.createExclusive(`${other}/a.csv`, Buffer.from("1,uno\n"));
    const changed = new WordTrial(counted, { inputs: [], query, conf: {} });
    const next = Object.assign(changed, { source: trial.source, sink: trial.sink });
    const error = await next.failure(disk);
    expect(error.condition).toBe("SS_TABLE_CHANGED");
    expect(error.message).toContain("was not read by the batch when it was run for the first time");
  }
});

test.each([
  ["/others", "was not read by the batch when it was run for the first time, and is read as it is now."],
  [WORDS, "has changed since the batch was run for the first time, and is read as it is now."],
])("a batch that no sink has takes %s as it is now, and says so", async (path, said) => {
  const query = (stream: DataFrame): DataFrame =>
    stream.join(SparkSession.active()!.read.schema("n INT, word STRING").csv(path), "n").select("word");
  const trial = new WordTrial(plain);
  const disk = await leftBehind(trial, "commit");
  await write(disk, "a.csv", "1,two\n");
  await disk.createExclusive("/others/a.csv", Buffer.from("1,uno\n"));
  const warnings: string[] = [];
  const changed = new WordTrial(plain, { inputs: [], query });
  const next = Object.assign(changed, { source: trial.source, sink: trial.sink });
  next.log = (message) => warnings.push(message);
  await next.run(disk);
  expect(batchOf(next, 1)).toEqual([path === WORDS ? "two" : "uno"]);
  expect(warnings.some((text) => text.endsWith(`[${path}] ${said}`))).toBe(true);
});

test("a table's versions that cannot be removed are told of, and the query goes on", async () => {
  const trial = new WordTrial(counted, {
    conf: { "spark.sql.streaming.stateStore.minDeltasForSnapshot": "1" },
  });
  const warnings: string[] = [];
  trial.log = (message) => warnings.push(message);
  const disk = new FaultyFileSystem();
  await write(disk, "a.csv", "1,one\n");
  await trial.runSome(disk, 1);
  await write(disk, "a.csv", "1,two\n");
  // the state is being maintained for longer than the deletion takes to fail
  const remove = disk.delete.bind(disk);
  disk.delete = async (path) => {
    if (path.includes("/tables/")) throw new Error("read-only");
    return remove(path);
  };
  const create = disk.create.bind(disk);
  disk.create = async (path) => {
    await new Promise(setImmediate);
    return create(path);
  };
  const unheard: unknown[] = [];
  const hear = (reason: unknown): void => void unheard.push(reason);
  process.on("unhandledRejection", hear);
  try {
    await trial.run(disk);
    await new Promise(setImmediate);
  } finally {
    process.off("unhandledRejection", hear);
  }
  expect(unheard).toEqual([]);
  expect(warnings.some((text) => text.includes("read-only"))).toBe(true);
  expect([1, 2].map((batch) => batchOf(trial, batch))).toEqual([["two 1"], ["two 2"]]);
});

test("tables in another order than before keep their versions", async () => {
  const both =
    (names: readonly string[]) =>
    (stream: DataFrame): DataFrame => {
      const spark = SparkSession.active()!;
      return counted(
        names.reduce(
          (rows, name) => rows.join(spark.read.schema(`n INT, ${name} STRING`).csv(`/${name}`), "n"),
          stream,
        ),
      );
    };
  const trial = new WordTrial(counted, { query: both(["word", "place"]) });
  const disk = new FaultyFileSystem();
  await disk.createExclusive("/word/a.csv", Buffer.from("1,one\n"));
  await disk.createExclusive("/place/a.csv", Buffer.from("1,here\n"));
  trial.sink.failAt("committed", { batchId: 1 });
  await expect(trial.runSome(disk, 2)).rejects.toThrow("the sink failed");
  await disk.createExclusive("/word/b.csv", Buffer.from("3,three\n"));
  await disk.createExclusive("/place/b.csv", Buffer.from("3,there\n"));
  const next = Object.assign(new WordTrial(counted, { query: both(["place", "word"]), inputs: [[[3]]] }), {
    source: trial.source,
    sink: trial.sink,
  });
  await next.run(disk);
  expect(batchOf(next, 2)).toEqual(["three 1"]);
});

test("a batch whose commit was not logged in time is run again on the files that it had, whatever came afterwards", async () => {
  const trial = new WordTrial(plain, { mode: "append" });
  const disk = new FaultyFileSystem();
  await write(disk, "a.csv", "1,one\n");
  // the commit of the first batch stays under way, as on a slow disk
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const create = disk.createExclusive.bind(disk);
  disk.createExclusive = async (path, bytes) => {
    if (path.endsWith("/commits/0")) await held;
    return create(path, bytes);
  };
  const start = async (onDisk: FaultyFileSystem, sink: WordTrial): Promise<void> => {
    const spark = await sink.session(onDisk);
    const query = await sink.options
      .query(sink.stream(spark))
      .writeStream.format("collecting")
      .option("checkpointLocation", CHECKPOINT)
      .option("asyncProgressTrackingEnabled", true)
      .option("asyncProgressTrackingCheckpointIntervalMs", 0)
      .option("_asyncProgressTrackingOverrideSinkSupportCheck", true)
      .start();
    await query.processAllAvailable();
    for (let k = 0; sink.feed(); k++) {
      await query.processAllAvailable();
      await write(onDisk, `${k + 2}.csv`, "3,three\n");
    }
    onDisk.crash();
    release();
    await spark.stop().catch(() => {});
  };
  await start(disk, trial);
  expect([0, 1].map((batch) => batchOf(trial, batch))).toEqual([["one"], ["one", "three"]]);
  const next = Object.assign(new WordTrial(plain, { mode: "append", inputs: [] }), { source: trial.source });
  await start(disk.restart(), next);
  expect(batchOf(next, 0)).toEqual(["one"]);
});
