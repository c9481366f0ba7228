import { crashAtEveryWrite, type FaultyFileSystem, type SeededRandom, seededRandom } from "@ss/testkit";
import { expect, test } from "vitest";
import { listedRecords } from "./files-of-output.js";
import * as queries from "./queries.js";
import { Trial, type TrialOptions } from "./trial.js";

const SNAPSHOT_EACH_TIME = { "spark.sql.streaming.stateStore.minDeltasForSnapshot": "1" };

/** A hundred crashes and as many restarts take seconds on a busy machine. */
const PATIENCE = { timeout: 60_000 };
/** What was not synced is lost, or survives by chance. */
const NOTHING_SURVIVES = undefined;
const CHANCE = seededRandom(3);

/** Crashes at every step of the disk; `result` is what the sink holds in the end. */
async function survives(
  options: TrialOptions,
  random: SeededRandom | undefined,
  result: (trial: Trial, disk: FaultyFileSystem) => readonly string[],
  expected: readonly string[],
): Promise<number> {
  let trial: Trial;
  return crashAtEveryWrite({
    ...(random && { random }),
    prepare: async () => {
      trial = new Trial(options);
    },
    run: (disk) => trial.run(disk),
    check: async (disk) => {
      await trial.run(disk);
      expect(result(trial, disk)).toEqual(expected);
    },
  });
}

const collected = (trial: Trial): readonly string[] => trial.table();
const written = (_: Trial, disk: FaultyFileSystem): readonly string[] =>
  listedRecords(disk, "/out")
    .map(({ k, n }) => `${k} ${n}`)
    .sort();

test.each([NOTHING_SURVIVES, CHANCE])(
  "a stateless query writes every row into its files once, wherever the power goes",
  PATIENCE,
  async (random) => {
    const options = { ...queries.STATELESS, output: "/out" };
    expect(await survives(options, random, written, queries.STATELESS_RESULT)).toBeGreaterThan(60);
  },
);

test.each([NOTHING_SURVIVES, CHANCE])(
  "windows are given out once and with all their rows, wherever the power goes",
  PATIENCE,
  async (random) => {
    const options = { ...queries.WINDOWED, conf: SNAPSHOT_EACH_TIME };
    expect(await survives(options, random, collected, queries.WINDOWED_RESULT)).toBeGreaterThan(100);
  },
);

test.each([NOTHING_SURVIVES, CHANCE])(
  "a session is given out once and whole, wherever the power goes",
  PATIENCE,
  async (random) => {
    const options = { ...queries.SESSIONS, conf: SNAPSHOT_EACH_TIME };
    expect(await survives(options, random, collected, queries.SESSIONS_RESULT)).toBeGreaterThan(100);
  },
);

test.each([
  { what: "windows", query: queries.WINDOWED, expected: queries.WINDOWED_LATE },
  { what: "sessions", query: queries.SESSIONS, expected: queries.SESSIONS_LATE },
  { what: "a join of streams", query: queries.PAIRS, expected: queries.PAIRS_LATE },
])(
  "late rows of $what are written into files of their own once, wherever the power goes",
  PATIENCE,
  async (of) => {
    const results = new Set<string>();
    const late = (trial: Trial, disk: FaultyFileSystem): readonly string[] => {
      results.add(trial.table().join(", "));
      return listedRecords(disk, "/late")
        .map(({ operator, watermark, row }) => `${operator} ${watermark} ${row}`)
        .sort();
    };
    expect(await survives({ ...of.query, late: "/late" }, CHANCE, late, of.expected)).toBeGreaterThan(100);
    expect(results.size).toBe(1);
  },
);

test.each([NOTHING_SURVIVES, CHANCE])(
  "a malformed row is written into files of its own once and is no result, wherever the power goes",
  PATIENCE,
  async (random) => {
    const both = (_: Trial, disk: FaultyFileSystem): readonly string[] =>
      [
        ...listedRecords(disk, "/out").map(({ id, n = "NULL" }) => `${id} ${n}`),
        ...listedRecords(disk, "/malformed").map(({ id, text }) => `malformed ${id} ${text}`),
      ].sort();
    const options = { ...queries.DECODED, output: "/out", malformed: "/malformed" };
    const expected = [
      ...queries.DECODED_RESULT,
      ...queries.DECODED_MALFORMED.map((row) => `malformed ${row}`),
    ].sort();
    expect(await survives(options, random, both, expected)).toBeGreaterThan(80);
  },
);

test("totals count every row once, wherever the power goes", PATIENCE, async () => {
  const options = { ...queries.TOTALS, conf: SNAPSHOT_EACH_TIME };
  expect(await survives(options, NOTHING_SURVIVES, collected, queries.TOTALS_RESULT)).toBeGreaterThan(60);
});

test.each([NOTHING_SURVIVES, CHANCE])(
  "an aggregator of the program finds its buffers, wherever the power goes",
  PATIENCE,
  async (random) => {
    const options = { ...queries.MEANS, conf: SNAPSHOT_EACH_TIME };
    expect(await survives(options, random, collected, queries.MEANS_RESULT)).toBeGreaterThan(60);
  },
);

test("reduced groups are given out once and whole, wherever the power goes", PATIENCE, async () => {
  const crashes = await survives(queries.LARGEST, CHANCE, collected, queries.LARGEST_RESULT);
  expect(crashes).toBeGreaterThan(40);
});

test("a limit lets as many rows through as it says, wherever the power goes", PATIENCE, async () => {
  const crashes = await survives(queries.FIRST_ROWS, NOTHING_SURVIVES, collected, queries.FIRST_ROWS_RESULT);
  expect(crashes).toBeGreaterThan(50);
});

test("a duplicate passes once, wherever the power goes", PATIENCE, async () => {
  const options = { ...queries.FIRST_OF_KEY, conf: SNAPSHOT_EACH_TIME };
  expect(await survives(options, CHANCE, collected, queries.FIRST_OF_KEY_RESULT)).toBeGreaterThan(60);
});

test.each([NOTHING_SURVIVES, CHANCE])(
  "a join of streams gives every pair once, and rows without a partner once, wherever the power goes",
  PATIENCE,
  async (random) => {
    const options = { ...queries.PAIRS, conf: SNAPSHOT_EACH_TIME };
    expect(await survives(options, random, collected, queries.PAIRS_RESULT)).toBeGreaterThan(60);
  },
);

test.each([
  {
    what: "the first rows of a while",
    query: queries.FIRST_FOR_A_WHILE,
    expected: queries.FIRST_FOR_A_WHILE_RESULT,
  },
  {
    what: "windows of windows",
    query: queries.WINDOWS_OF_WINDOWS,
    expected: queries.WINDOWS_OF_WINDOWS_RESULT,
  },
  { what: "rows that have a partner", query: queries.PARTNERED, expected: queries.PARTNERED_RESULT },
  {
    what: "pairs, and all rows without a partner",
    query: queries.ALL_PAIRS,
    expected: queries.ALL_PAIRS_RESULT,
  },
  {
    what: "sessions whose rows say how long they last",
    query: queries.SESSIONS_BY_ROW,
    expected: queries.SESSIONS_BY_ROW_RESULT,
  },
])("$what are given out once, wherever the power goes", PATIENCE, async ({ query, expected }) => {
  const options = { ...query, conf: SNAPSHOT_EACH_TIME };
  expect(await survives(options, CHANCE, collected, expected)).toBeGreaterThan(60);
});

test.each([NOTHING_SURVIVES, CHANCE])(
  "groups are remembered and time out once, wherever the power goes",
  PATIENCE,
  async (random) => {
    const options = { ...queries.VISITS, conf: SNAPSHOT_EACH_TIME };
    expect(await survives(options, random, collected, queries.VISITS_RESULT)).toBeGreaterThan(60);
  },
);

test.each([NOTHING_SURVIVES, CHANCE])(
  "a processor finds its variables and its timers, wherever the power goes",
  PATIENCE,
  async (random) => {
    const options = { ...queries.DIARY, conf: SNAPSHOT_EACH_TIME };
    expect(await survives(options, random, collected, queries.DIARY_RESULT)).toBeGreaterThan(60);
  },
);
