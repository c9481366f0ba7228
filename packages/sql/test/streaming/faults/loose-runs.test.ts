import { fileSource } from "@ss/source-file";
import { MemorySource, memorySource } from "@ss/source-memory";
import { crashAtEveryWrite, type FaultyFileSystem, seededRandom, VirtualClock } from "@ss/testkit";
import { expect, test } from "vitest";
import { type DataFrame, SparkSession, type TriggerOptions } from "../../../src/index.js";

const SOURCE = "loose-runs";
const PATIENCE = { timeout: 60_000 };
const INPUTS = [
  [
    ["a", 1],
    ["b", 2],
  ],
  [["a", 3]],
  [
    ["c", 4],
    ["b", 5],
  ],
  [["a", 6]],
] as const;

interface Run {
  readonly query: (rows: DataFrame) => DataFrame;
  readonly mode: "append" | "update";
  readonly trigger: TriggerOptions;
  readonly options?: Readonly<Record<string, string>>;
  /** Milliseconds between two additions. */
  readonly apartMs: number;
}

/** What showed, of all processes; rows are added once, whichever process is alive then. */
class World {
  readonly shown: string[] = [];
  private fed = 0;

  constructor() {
    MemorySource.reset(SOURCE);
  }

  async process(disk: FaultyFileSystem, run: Run): Promise<void> {
    const clock = new VirtualClock(this.fed * 1_000_000);
    const spark = await SparkSession.builder()
      .withClock(clock)
      .use(memorySource(), { name: "disk", fileSystems: [disk] })
      .logTo(() => {})
      .create();
    try {
      const rows = spark.readStream.format("memory").option("name", SOURCE).schema("k STRING, n INT").load();
      const query = await run
        .query(rows)
        .writeStream.foreach((row: object) => void this.shown.push(Object.values(row).join(" ")))
        .outputMode(run.mode)
        .trigger(run.trigger)
        .options({ checkpointLocation: "/checkpoint", ...run.options })
        .start();
      await query.processAllAvailable();
      for (; this.fed < INPUTS.length; ) {
        MemorySource.addData(SOURCE, ...INPUTS[this.fed++]!);
        await query.processAllAvailable();
        await clock.advance(run.apartMs);
        await query.processAllAvailable();
      }
      await clock.advance(60_000);
      await query.processAllAvailable();
    } finally {
      await spark.stop();
    }
  }
}

/** Crashes at every write; `check` sees what showed over both lives of the query. */
async function survives(
  run: Run,
  random: boolean,
  check: (shown: readonly string[]) => void,
): Promise<number> {
  let world: World;
  return crashAtEveryWrite({
    ...(random && { random: seededRandom(7) }),
    prepare: async () => {
      world = new World();
    },
    run: (disk) => world.process(disk, run),
    check: async (disk) => {
      await world.process(disk, run);
      check(world.shown);
      // nothing is left to be done: all was committed in the end
      world.shown.length = 0;
      await world.process(disk, run);
      expect(world.shown).toEqual([]);
    },
  });
}

const tenfold = (rows: DataFrame): DataFrame => rows.filter("n > 1").selectExpr("k", "n * 10 AS n");
const atLeastOnce = (shown: readonly string[]): void => {
  expect([...new Set(shown)].sort()).toEqual(["a 30", "a 60", "b 20", "b 50", "c 40"]);
};

/** Totals may be told twice, but none is ever too high, and the last ones are right. */
const exactTotals = (shown: readonly string[]): void => {
  expect([...new Set(shown)].every((total) => ALL_TOTALS.has(total))).toBe(true);
  const last = new Map(shown.map((row) => row.split(" ") as [string, string]));
  expect(Object.fromEntries(last)).toEqual({ a: "10", b: "7", c: "4" });
};
/** By key the sums of the first additions, in their order. */
const ALL_TOTALS = new Set(["a 1", "a 4", "a 10", "b 2", "b 7", "c 4"]);

test.each([false, true])(
  "with async progress every row comes through, wherever the power goes (by chance: %s)",
  PATIENCE,
  async (random) => {
    const options = {
      asyncProgressTrackingEnabled: "true",
      asyncProgressTrackingCheckpointIntervalMs: "250",
    };
    const run: Run = {
      query: tenfold,
      mode: "append",
      trigger: { processingTime: 0 },
      options,
      apartMs: 100,
    };
    expect(await survives(run, random, atLeastOnce)).toBeGreaterThan(15);
  },
);

test(
  "with async progress files come through that the seen-file log has and the offset log has not",
  PATIENCE,
  async () => {
    let shown: string[] = [];
    const run = async (disk: FaultyFileSystem): Promise<void> => {
      const spark = await SparkSession.builder()
        .withClock(new VirtualClock())
        .use(fileSource(), { name: "disk", fileSystems: [disk] })
        .logTo(() => {})
        .create();
      try {
        const query = await spark.readStream
          .option("maxFilesPerTrigger", 1)
          .text("/in")
          .writeStream.foreach((row: object) => void shown.push(String(Object.values(row)[0])))
          .options({ checkpointLocation: "/checkpoint", asyncProgressTrackingEnabled: true })
          .start();
        await query.processAllAvailable();
      } finally {
        await spark.stop();
      }
    };
    const crashes = await crashAtEveryWrite({
      prepare: async (disk) => {
        shown = [];
        for (const name of ["a", "b", "c", "d"])
          await disk.createExclusive(`/in/${name}.txt`, Buffer.from(name));
      },
      run,
      check: async (disk) => {
        await run(disk);
        expect([...new Set(shown)].sort()).toEqual(["a", "b", "c", "d"]);
        shown = [];
        await run(disk);
        expect(shown).toEqual([]);
      },
    });
    expect(crashes).toBeGreaterThan(15);
  },
);

test("with the continuous trigger every row comes through, wherever the power goes", PATIENCE, async () => {
  const run: Run = { query: tenfold, mode: "append", trigger: { continuous: "1 second" }, apartMs: 600 };
  expect(await survives(run, false, atLeastOnce)).toBeGreaterThan(20);
});

test("in real-time mode every row comes through, wherever the power goes", PATIENCE, async () => {
  const run: Run = { query: tenfold, mode: "update", trigger: { realTime: "5 seconds" }, apartMs: 3000 };
  expect(await survives(run, false, atLeastOnce)).toBeGreaterThan(15);
});

test.each([false, true])(
  "in real-time mode totals count every row once, wherever the power goes (by chance: %s)",
  PATIENCE,
  async (random) => {
    const run: Run = {
      query: (rows) => rows.groupBy("k").sum("n"),
      mode: "update",
      trigger: { realTime: "5 seconds" },
      apartMs: 3000,
    };
    expect(await survives(run, random, exactTotals)).toBeGreaterThan(25);
  },
);
