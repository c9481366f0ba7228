import {
  type Offset,
  Options,
  rowsOf,
  type SessionContext,
  type Source,
  type SourceLog,
  type Value,
} from "@ss/core";
import { MemorySourceLog, VirtualClock } from "@ss/testkit";
import { expect, test } from "vitest";
import { rate, rateSource } from "../src/index.js";

const START_MS = 1_700_000_000_500;

function make(options: Record<string, unknown> = {}): Promise<Source> {
  const session = { conf: () => undefined } as unknown as SessionContext;
  const request = { format: "rate", options: new Options(options), paths: [], schema: undefined, session };
  return rateSource().sources![0]!.stream!(request);
}

async function open(
  clock: VirtualClock,
  options: Record<string, unknown> = {},
  log: SourceLog = new MemorySourceLog(),
): Promise<Source> {
  const source = await make(options);
  await source.open({ log, clock, signal: new AbortController().signal });
  return source;
}

/** Rows of a range as milliseconds since the start and value, partition by partition. */
async function rows(source: Source, start: Offset, end: Offset): Promise<[ms: number, value: number][][]> {
  const scan = { columns: ["timestamp", "value"], predicates: [] };
  const partitions: [number, number][][] = [];
  for (const partition of await source.plan(start, end)) {
    const found: Value[][] = [];
    for await (const batch of source.read(partition, scan, new AbortController().signal))
      found.push(...rowsOf(batch));
    partitions.push(
      found.map(([micros, value]) => [Number((micros as bigint) / 1000n) - START_MS, Number(value)]),
    );
  }
  return partitions;
}

test("delivers one row a second unless told otherwise", async () => {
  const clock = new VirtualClock(START_MS);
  const source = await open(clock);
  expect(await source.initialOffset()).toBe(0);
  await clock.advance(2999);
  expect(await source.latestOffset(0, source.readLimit)).toBe(2);
  expect(await rows(source, 0, 2)).toEqual([
    [
      [0, 0],
      [1000, 1],
    ],
  ]);
});

test("spreads the rows of a range evenly over its time", async () => {
  const source = await open(new VirtualClock(START_MS), { rowsPerSecond: 10 });
  expect((await rows(source, 3, 4))[0]).toEqual(
    Array.from({ length: 10 }, (_, i) => [3000 + 100 * i, 30 + i]),
  );
  const thirds = await open(new VirtualClock(START_MS), { rowsPerSecond: 3 });
  expect((await rows(thirds, 0, 1))[0]).toEqual([
    [0, 0],
    [333, 1],
    [667, 2],
  ]);
});

test("deals the values to the partitions in turn", async () => {
  const source = await open(new VirtualClock(START_MS), { rowsPerSecond: 5, numPartitions: 2 });
  const values = (await rows(source, 0, 1)).map((partition) => partition.map(([, value]) => value));
  expect(values).toEqual([
    [0, 2, 4],
    [1, 3],
  ]);
});

test("ramps up by the same number of rows each second", async () => {
  // 10 rows a second after 4 seconds: 2, 4, 6, 8 in those, and 10 from then on
  const source = await open(new VirtualClock(START_MS), { rowsPerSecond: 10, rampUpTime: "4s" });
  const counts: number[] = [];
  for (let second = 0; second < 6; second++)
    counts.push((await rows(source, second, second + 1)).flat().length);
  expect(counts).toEqual([2, 4, 6, 8, 10, 10]);
  expect((await rows(source, 4, 5))[0]![0]).toEqual([4000, 20]);
});

test("a range without rows has no partitions", async () => {
  // with a step of 2 / (9 + 1) the ramp delivers nothing
  const source = await open(new VirtualClock(START_MS), { rowsPerSecond: 2, rampUpTime: 9 });
  expect(await source.plan(0, 9)).toEqual([]);
  expect((await rows(source, 9, 10)).flat()).toHaveLength(2);
});

test("keeps in its log, in Spark's form, when the query first started", async () => {
  const log = new MemorySourceLog();
  await open(new VirtualClock(START_MS), {}, log);
  expect(new TextDecoder().decode((await log.read("0"))!)).toBe(`v1\n${START_MS}`);
  const later = await open(new VirtualClock(START_MS + 60_000), {}, log);
  expect(await rows(later, 0, 1)).toEqual([[[0, 0]]]);
  expect(await later.latestOffset(1, later.readLimit)).toBe(60);
});

test("refuses a log entry that holds no time", async () => {
  const log = new MemorySourceLog();
  await log.add("0", new TextEncoder().encode("v1\nsoon"));
  await expect(open(new VirtualClock(), {}, log)).rejects.toThrow(/SS_SOURCE_LOG_CORRUPT.*soon/);
});

test("does not go back when the clock does", async () => {
  const log = new MemorySourceLog();
  await open(new VirtualClock(START_MS), {}, log);
  const earlier = await open(new VirtualClock(START_MS - 60_000), {}, log);
  expect(await earlier.latestOffset(7, earlier.readLimit)).toBe(7);
  await earlier.plan(7, 8);
  expect(await earlier.latestOffset(7, earlier.readLimit)).toBe(8);
});

test("wakes the loop at the end of each second", async () => {
  const clock = new VirtualClock(START_MS);
  const source = await open(clock);
  const woken: number[] = [];
  const leave = source.onData!(() => woken.push(clock.now() - START_MS));
  await clock.advance(2500);
  leave();
  await clock.advance(2500);
  expect(woken).toEqual([1000, 2000]);
});

test("reads ranges of more rows than a batch holds", async () => {
  const source = await open(new VirtualClock(START_MS), { rowsPerSecond: 10_000, numPartitions: 3 });
  const values = (await rows(source, 5, 6)).flat().map(([, value]) => value);
  expect(values.sort((a, b) => a - b)).toEqual(Array.from({ length: 10_000 }, (_, i) => 50_000 + i));
});

test("values beyond 32 bits and negative times are exact", async () => {
  const source = await open(new VirtualClock(-5_000_000_000_000), { rowsPerSecond: 1_000_000 });
  const [partition] = await source.plan(9_000_000, 9_000_001);
  const scan = { columns: ["value", "timestamp"], predicates: [] };
  for await (const batch of source.read(partition!, scan, new AbortController().signal)) {
    expect(rowsOf(batch).slice(0, 2)).toEqual([
      [9_000_000_000_000n, -4_991_000_000_000_000n],
      [9_000_000_000_001n, -4_991_000_000_000_000n],
    ]);
    break;
  }
});

test("describes itself as Spark does", async () => {
  expect((await make({ rowsPerSecond: 10 })).description).toBe(
    "RateStreamV2[rowsPerSecond=10, rampUpTimeSeconds=0, numPartitions=default",
  );
});

test.each([
  [{ rowsPerSecond: 0 }, /'rowsPerSecond'/],
  [{ rowsPerSecond: "fast" }, /'rowsPerSecond'/],
  [{ numPartitions: 0 }, /'numPartitions'/],
  [{ rampUpTime: "-1s" }, /INCORRECT_RAMP_UP_RATE/],
  [{ rampUpTime: "soon" }, /'rampUpTime'/],
])("refuses %o", async (options, message) => {
  await expect(make(options)).rejects.toThrow(message);
});

test("says when values would no longer be whole", async () => {
  const source = await open(new VirtualClock(), { rowsPerSecond: 2 ** 31 });
  await expect(source.plan(0, 2 ** 23)).rejects.toThrow(/SS_RATE_EXHAUSTED/);
});

test("the typed way in is the same as format and options", () => {
  expect(rate({ rowsPerSecond: 5, rampUpTime: "1s" })).toEqual({
    format: "rate",
    options: { rowsPerSecond: 5, rampUpTime: "1s" },
  });
});
