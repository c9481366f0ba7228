import {
  type Offset,
  Options,
  rowsOf,
  type SessionContext,
  type Source,
  StreamError,
  type Value,
} from "@ss/core";
import { expect, test } from "vitest";
import { rateMicroBatch, rateSource } from "../src/index.js";

function make(options: Record<string, unknown>): Promise<Source> {
  const session = { conf: () => undefined } as unknown as SessionContext;
  const request = { format: "", options: new Options(options), paths: [], schema: undefined, session };
  return rateSource().sources![1]!.stream!(request);
}

async function rows(source: Source, start: Offset | null, end: Offset): Promise<Value[][]> {
  const scan = { columns: ["timestamp", "value"], predicates: [] };
  const found: Value[][] = [];
  for (const partition of await source.plan(start, end)) {
    for await (const batch of source.read(partition, scan, new AbortController().signal))
      found.push(...rowsOf(batch));
  }
  return found;
}

/** The values from `first` to `last`, all at one time. */
const at = (ms: number, first: number, last: number): Value[][] =>
  Array.from({ length: last - first + 1 }, (_, i) => [BigInt(ms) * 1000n, BigInt(first + i)]);

test("RM-01: 10 rows a batch from 1000 ms on, 50 ms apart", async () => {
  const source = await make({ rowsPerBatch: 10, startTimestamp: 1000, advanceMillisPerBatch: 50 });
  let start = await source.initialOffset();
  for (const expected of [at(1000, 0, 9), at(1050, 10, 19), at(1100, 20, 29)]) {
    const end = await source.latestOffset(start, source.readLimit);
    expect(await rows(source, start, end)).toEqual(expected);
    start = end;
  }
});

test("its offsets hold the next value and its time, as Spark's do", async () => {
  const source = await make({ rowsPerBatch: 10, numPartitions: 2 });
  expect(await source.initialOffset()).toEqual({ offset: 0, timestamp: 0 });
  const next = await source.latestOffset({ offset: 220, timestamp: 22000 }, source.readLimit);
  expect(JSON.stringify(next)).toBe('{"offset":230,"timestamp":23000}');
  expect(source.description).toBe(
    "RatePerMicroBatchStream[rowsPerBatch=10, numPartitions=2, startTimestamp=0, advanceMsPerBatch=1000]",
  );
});

test("deals the values to the partitions in turn", async () => {
  const source = await make({ rowsPerBatch: 5, numPartitions: 2 });
  const values = (await rows(source, null, { offset: 5, timestamp: 1000 })).map(([, value]) => value);
  expect(values).toEqual([0n, 2n, 4n, 1n, 3n]);
});

test("takes one batch under availableNow", async () => {
  const source = await make({ rowsPerBatch: 10 });
  await source.prepareForAvailableNow!();
  const start = { offset: 30, timestamp: 3000 };
  const end = await source.latestOffset(start, source.readLimit);
  expect(end).toEqual({ offset: 40, timestamp: 4000 });
  expect(await source.latestOffset(end, source.readLimit)).toEqual(end);
});

test.each([
  ["INVALID_OFFSET", { offset: 20, timestamp: 0 }],
  ["INVALID_TIMESTAMP", { offset: 0, timestamp: 5000 }],
])("names a checkpoint that goes backwards: %s", async (name, start) => {
  const source = await make({ rowsPerBatch: 10 });
  const error = await source
    .plan(start, { offset: 10, timestamp: 1000 })
    .catch((failure: unknown) => failure);
  expect(StreamError.is(error, `MALFORMED_STATE_IN_RATE_PER_MICRO_BATCH_SOURCE.${name}`)).toBe(true);
});

test.each([
  [{}, /needs the option 'rowsPerBatch'/],
  [{ rowsPerBatch: 0 }, /'rowsPerBatch'/],
  [{ rowsPerBatch: 1, numPartitions: 0 }, /'numPartitions'/],
  [{ rowsPerBatch: 1, advanceMillisPerBatch: -1 }, /'advanceMillisPerBatch'/],
  [{ rowsPerBatch: 1, startTimestamp: "now" }, /'startTimestamp'/],
])("refuses %o", async (options, message) => {
  await expect(make(options)).rejects.toThrow(message);
});

test("the typed way in is the same as format and options", () => {
  expect(rateMicroBatch({ rowsPerBatch: 5 })).toEqual({
    format: "rate-micro-batch",
    options: { rowsPerBatch: 5 },
  });
});
