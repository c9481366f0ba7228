import { type Offset, sameOffset } from "@ss/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeKafka } from "./fake-kafka.js";
import { type RunningSource, startSource } from "./run-source.js";

let kafka: FakeKafka;
let running: RunningSource | undefined;

beforeEach(() => {
  kafka = new FakeKafka();
  kafka.create("t", 2);
});

afterEach(() => running?.stop());

async function start(
  options: Readonly<Record<string, unknown>>,
  log?: Map<string, Uint8Array>,
): Promise<RunningSource> {
  running = await startSource(kafka, { subscribe: "t", ...options }, log);
  return running;
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, k) => `${k}`);

describe("where a new query begins", () => {
  beforeEach(() => {
    kafka.add("t", 0, numbers(10));
    kafka.add("t", 1, numbers(20));
    kafka.expire("t", 1, 5);
  });

  test.each([
    ["by default at the end", {}, { t: { 0: 10, 1: 20 } }],
    ["at earliest: the first records that are there", { startingOffsets: "earliest" }, { t: { 0: 0, 1: 5 } }],
    [
      "at offsets, -1 being the end and -2 the beginning",
      { startingOffsets: '{"t":{"0":-1,"1":-2}}' },
      { t: { 0: 10, 1: 5 } },
    ],
    ["at the first record from a time on", { startingTimestamp: 7 }, { t: { 0: 7, 1: 7 } }],
    [
      "at the end where no record is as late and the strategy says so",
      { startingTimestamp: 15, startingOffsetsByTimestampStrategy: "latest" },
      { t: { 0: 10, 1: 15 } },
    ],
    [
      "by the time of each partition, which goes before offsets",
      { startingOffsetsByTimestamp: '{"t":{"0":3,"1":9}}', startingOffsets: "earliest" },
      { t: { 0: 3, 1: 9 } },
    ],
  ])("%s", async (_, options, offsets) => {
    const { source } = await start(options);
    expect(await source.initialOffset()).toEqual(offsets);
  });

  test("a time that no record reaches is an error by default", async () => {
    const { source } = await start({ startingTimestamp: 15 });
    await expect(source.initialOffset()).rejects.toThrow("t-0");
  });

  test("offsets have to name all partitions and no other", async () => {
    const { source } = await start({ startingOffsets: '{"t":{"0":3}}' });
    await expect(source.initialOffset()).rejects.toThrow(
      "you must specify all TopicPartitions. Use -1 for latest, -2 for earliest. Specified: t-0. Assigned: t-0, t-1",
    );
  });

  test("an offset that is gone is data loss, or, without failOnDataLoss, the first that is there and a warning", async () => {
    const options = { startingOffsets: '{"t":{"0":2,"1":3}}' };
    const strict = await start(options);
    await expect(strict.source.initialOffset()).rejects.toMatchObject({
      condition: "KAFKA_DATA_LOSS.START_OFFSET_RESET",
    });
    await strict.stop();
    const { source, warnings } = await start({ ...options, failOnDataLoss: false });
    expect(await source.initialOffset()).toEqual({ t: { 0: 2, 1: 5 } });
    expect(warnings).toHaveLength(1);
  });

  test("is kept in the checkpoint as Spark keeps it, and goes before the options", async () => {
    const log = new Map<string, Uint8Array>();
    const first = await start({ startingOffsets: "earliest" }, log);
    await first.source.initialOffset();
    await first.stop();
    expect(Buffer.from(log.get("0")!).toString()).toBe('\0v1\n{"t":{"0":0,"1":5}}');
    const second = await start({ startingOffsets: "latest" }, log);
    expect(await second.source.initialOffset()).toEqual({ t: { 0: 0, 1: 5 } });
  });

  test("an entry of the checkpoint that holds no offsets is named", async () => {
    const { source } = await start({}, new Map([["0", Buffer.from("v1\nnonsense")]]));
    await expect(source.initialOffset()).rejects.toMatchObject({ condition: "SS_SOURCE_LOG_CORRUPT" });
  });
});

describe("what a batch takes", () => {
  test("a limit divides what is there in proportion, and everyone with records gives at least one", async () => {
    kafka.add("t", 0, numbers(1));
    kafka.add("t", 1, numbers(999));
    const { next } = await start({ startingOffsets: "earliest" });
    const zero = { t: { 0: 0, 1: 0 } };
    expect(await next(zero, { kind: "maxRows", rows: 100 })).toEqual({ t: { 0: 1, 1: 99 } });
    expect(await next(zero, { kind: "maxRows", rows: 1000 })).toEqual({ t: { 0: 1, 1: 999 } });
  });

  test("a batch waits for its least number of rows, or for the time that has passed since the one before", async () => {
    const { next, clock } = await start({ startingOffsets: "earliest" });
    const limit = { kind: "minRows", rows: 10, maxDelayMs: 5000 } as const;
    kafka.add("t", 0, numbers(3));
    const first = await next({ t: { 0: 0, 1: 0 } }, limit);
    expect(first).toEqual({ t: { 0: 3, 1: 0 } });
    kafka.add("t", 1, numbers(4));
    expect(await next(first, limit)).toEqual(first);
    kafka.add("t", 1, numbers(6));
    const second = await next(first, limit);
    expect(second).toEqual({ t: { 0: 3, 1: 10 } });
    kafka.add("t", 0, numbers(1));
    await clock.advance(4999);
    expect(await next(second, limit)).toEqual(second);
    await clock.advance(1);
    expect(await next(second, limit)).toEqual({ t: { 0: 4, 1: 10 } });
  });

  test("who waits for the delay is woken when it is over", async () => {
    const { source, next, clock } = await start({ startingOffsets: "earliest" });
    const limit = { kind: "minRows", rows: 10, maxDelayMs: 5000 } as const;
    kafka.add("t", 0, numbers(1));
    const first = await next({ t: { 0: 0, 1: 0 } }, limit);
    kafka.add("t", 0, numbers(1));
    expect(await next(first, limit)).toEqual(first);
    const woken = new Promise<void>((resolve) => source.onData(resolve));
    await clock.advance(5000);
    await woken;
  });

  test("availableNow never goes beyond the end that was there at its start", async () => {
    kafka.add("t", 0, numbers(2));
    const { source, next } = await start({ startingOffsets: "earliest" });
    await source.prepareForAvailableNow();
    kafka.add("t", 0, numbers(5));
    expect(await next({ t: { 0: 0, 1: 0 } })).toEqual({ t: { 0: 2, 1: 0 } });
  });

  test("availableNow leaves a rest below the least number of rows to the next start, as Spark does", async () => {
    kafka.add("t", 0, numbers(10));
    const limit = {
      kind: "composite",
      limits: [
        { kind: "minRows", rows: 3, maxDelayMs: 900_000 },
        { kind: "maxRows", rows: 4 },
      ],
    } as const;
    const runFrom = async (first: Offset): Promise<Offset[]> => {
      const { source, next, stop } = await start({ startingOffsets: "earliest" });
      await source.prepareForAvailableNow();
      const ends: Offset[] = [];
      for (let from = first; ; from = ends.at(-1)!) {
        const end = await next(from, limit);
        if (sameOffset(end, from)) break;
        ends.push(end!);
      }
      await stop();
      return ends;
    };
    // recorded from Spark: batches of 4 and 4, and at the next start one of 2
    expect(await runFrom({ t: { 0: 0, 1: 0 } })).toEqual([{ t: { 0: 4, 1: 0 } }, { t: { 0: 8, 1: 0 } }]);
    expect(await runFrom({ t: { 0: 8, 1: 0 } })).toEqual([{ t: { 0: 10, 1: 0 } }]);
  });

  test("an end that a new leader does not know yet is waited for", async () => {
    kafka.add("t", 0, numbers(2));
    const { next, clock } = await start({ "fetchOffset.retryIntervalMs": "50" });
    const asked = next({ t: { 0: 5, 1: 0 } });
    await clock.advance(50);
    kafka.add("t", 0, numbers(4));
    await clock.advance(50);
    expect(await asked).toEqual({ t: { 0: 6, 1: 0 } });
  });

  test("an end that stays before what was read is data loss, or, without failOnDataLoss, where the query goes on", async () => {
    kafka.add("t", 0, numbers(2));
    const at = { t: { 0: 5, 1: 0 } };
    const strict = await start({ "fetchOffset.numRetries": "0" });
    await expect(strict.next(at)).rejects.toMatchObject({
      condition: "KAFKA_DATA_LOSS.PARTITION_OFFSET_CHANGED",
      parameters: { topicPartition: "t-0", prevOffset: "5", newOffset: "2" },
    });
    await strict.stop();
    const { next, valuesOf, warnings } = await start({
      "fetchOffset.numRetries": "0",
      failOnDataLoss: "false",
    });
    const end = await next(at);
    expect(end).toEqual({ t: { 0: 2, 1: 0 } });
    expect(await valuesOf(at, end!)).toEqual([]);
    kafka.add("t", 0, ["more"]);
    expect(await valuesOf(end, (await next(end))!)).toEqual(["more"]);
    expect(warnings).toHaveLength(1);
  });

  test("a topic that is gone is warned of once, not at every look", async () => {
    const { next, clock, warnings } = await start({ failOnDataLoss: "false" });
    kafka.delete("t");
    for (let k = 0; k < 3; k++) {
      await next({ t: { 0: 0, 1: 0 } });
      await clock.advance(5000);
    }
    expect(warnings).toHaveLength(1);
  });
});

describe("reading", () => {
  test("gives the records of a range, and the same again", async () => {
    kafka.add("t", 0, ["a", "b", "c", "d"]);
    kafka.add("t", 1, ["x", "y"]);
    const { valuesOf } = await start({});
    const range = [{ t: { 0: 1, 1: 0 } }, { t: { 0: 3, 1: 2 } }] as const;
    expect((await valuesOf(...range)).sort()).toEqual(["b", "c", "x", "y"]);
    expect((await valuesOf(...range)).sort()).toEqual(["b", "c", "x", "y"]);
  });

  test("short ranges are asked for together", async () => {
    for (const partition of [0, 1]) kafka.add("t", partition, numbers(50));
    const { source, valuesOf } = await start({});
    const range = [{ t: { 0: 0, 1: 0 } }, { t: { 0: 50, 1: 50 } }] as const;
    expect(await source.plan(...range)).toHaveLength(1);
    kafka.fetches = 0;
    expect(await valuesOf(...range)).toHaveLength(100);
    expect(kafka.fetches).toBe(1);
  });

  test("a range larger than an answer takes as many requests as it needs", async () => {
    kafka.add("t", 0, numbers(500));
    const { valuesOf } = await start({ "kafka.max.partition.fetch.bytes": 700 });
    expect(await valuesOf({ t: { 0: 0, 1: 0 } }, { t: { 0: 500, 1: 0 } })).toEqual(numbers(500));
  });

  test("minPartitions and maxRecordsPerPartition cut ranges without losing a record", async () => {
    kafka.add("t", 0, numbers(100));
    const range = [{ t: { 0: 0, 1: 0 } }, { t: { 0: 100, 1: 0 } }] as const;
    for (const [options, parts] of [
      [{ minPartitions: 3 }, 3],
      [{ maxRecordsPerPartition: 7 }, 15],
    ] as const) {
      const { source, valuesOf, stop } = await start(options);
      expect(await source.plan(...range)).toHaveLength(parts);
      expect(await valuesOf(...range)).toEqual(numbers(100));
      await stop();
    }
  });

  test("partitions and topics that come later are read from their beginning", async () => {
    const { next, valuesOf } = await start({ subscribe: undefined, subscribePattern: "t.*" });
    kafka.create("t", 3);
    kafka.create("t2", 1);
    kafka.create("other", 1);
    kafka.add("t", 2, ["new partition"]);
    kafka.add("t2", 0, ["new topic"]);
    const from = { t: { 0: 0, 1: 0 } };
    const end = await next(from);
    expect(end).toEqual({ t: { 0: 0, 1: 0, 2: 1 }, t2: { 0: 1 } });
    expect((await valuesOf(from, end)).sort()).toEqual(["new partition", "new topic"]);
  });
});

describe("records that are gone", () => {
  test("before they were read: the range fails by name, or goes on behind the gap with a warning", async () => {
    kafka.add("t", 0, numbers(10));
    kafka.expire("t", 0, 6);
    const range = [{ t: { 0: 2, 1: 0 } }, { t: { 0: 10, 1: 0 } }] as const;
    const strict = await start({});
    await expect(strict.valuesOf(...range)).rejects.toMatchObject({
      condition: "KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE",
      parameters: { startOffset: "2", endOffset: "6", topicPartition: "t-0" },
    });
    await strict.stop();
    const { valuesOf, warnings } = await start({ failOnDataLoss: false });
    expect(await valuesOf(...range)).toEqual(["6", "7", "8", "9"]);
    expect(warnings.join()).toContain("offset [2, 6) of t-0");
  });

  test("with their topic: the query fails by name, or goes on with the others", async () => {
    kafka.create("u", 1);
    kafka.add("u", 0, ["u0"]);
    const options = { subscribe: "t,u" };
    const from = { t: { 0: 0, 1: 0 }, u: { 0: 0 } };
    kafka.delete("t");
    const strict = await start(options);
    await strict.next(from);
    await strict.clock.advance(5000);
    await expect(strict.next(from)).rejects.toMatchObject({
      condition: "KAFKA_DATA_LOSS.PARTITIONS_DELETED",
    });
    await strict.stop();
    const { next, clock, valuesOf, warnings } = await start({ ...options, failOnDataLoss: false });
    await next(from);
    await clock.advance(5000);
    const end = await next(from);
    expect(end).toEqual({ u: { 0: 1 } });
    expect(await valuesOf(from, end!)).toEqual(["u0"]);
    expect(warnings.join()).toContain("t-0, t-1");
  });

  test("with a topic that was made anew: once it was seen to be gone, the new one is read from its beginning", async () => {
    kafka.add("t", 0, numbers(3));
    const { next, clock, valuesOf } = await start({ failOnDataLoss: false });
    const from = { t: { 0: 3, 1: 0 } };
    kafka.delete("t");
    await next(from);
    await clock.advance(5000);
    const without = await next(from);
    expect(without).toEqual({});
    kafka.create("t", 1);
    kafka.add("t", 0, ["new 0", "new 1", "new 2", "new 3"]);
    const end = await next(without);
    expect(await valuesOf(without, end!)).toEqual(["new 0", "new 1", "new 2", "new 3"]);
  });

  test("are not those of a partition that brokers did not know for a moment: it stays where it was", async () => {
    kafka.add("t", 0, numbers(5));
    const { next, clock, warnings } = await start({ failOnDataLoss: false });
    const from = { t: { 0: 3, 1: 0 } };
    const logs = kafka.logs.get("t")!;
    kafka.delete("t");
    expect(await next(from)).toEqual(from);
    await clock.advance(4999);
    expect(await next(from)).toEqual(from);
    kafka.logs.set("t", logs);
    await clock.advance(1);
    expect(await next(from)).toEqual({ t: { 0: 5, 1: 0 } });
    expect(warnings).toEqual([]);
  });

  test("of a partition before it was first seen", async () => {
    const { next, valuesOf } = await start({});
    kafka.create("t", 3);
    kafka.expire("t", 2, 4);
    const from = { t: { 0: 0, 1: 0 } };
    const end = await next(from);
    await expect(valuesOf(from, end!)).rejects.toMatchObject({
      condition: "KAFKA_DATA_LOSS.ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO",
    });
  });

  test("since the topic was made anew and is shorter: named, never read as if it were the old one", async () => {
    kafka.add("t", 0, numbers(10));
    kafka.delete("t");
    kafka.create("t", 2);
    kafka.add("t", 0, ["other"]);
    const { valuesOf } = await start({});
    await expect(valuesOf({ t: { 0: 5, 1: 0 } }, { t: { 0: 10, 1: 0 } })).rejects.toMatchObject({
      condition: "KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE",
      parameters: { startOffset: "5", endOffset: "10", topicPartition: "t-0" },
    });
  });
});

test("arrivals behind the known ends wake, and what was known does not", async () => {
  kafka.add("t", 0, ["old"]);
  const { source, next } = await start({});
  await next({ t: { 0: 0, 1: 0 } });
  let wakes = 0;
  const woken = new Promise<void>((resolve) =>
    source.onData(() => {
      wakes++;
      resolve();
    }),
  );
  await next({ t: { 0: 0, 1: 0 } });
  expect(wakes).toBe(0);
  kafka.add("t", 1, ["new"]);
  await woken;
  expect(wakes).toBe(1);
});

test("a partition that comes later wakes as soon as it has records, whatever waits for the others", async () => {
  const { source, next, clock } = await start({});
  const first = await source.initialOffset();
  await next(first);
  let wakes = 0;
  const leave = source.onData!(() => {
    wakes++;
  });
  await clock.advance(0);
  kafka.create("t", 3);
  await next(first);
  await clock.advance(0);
  expect(wakes).toBe(0);
  kafka.add("t", 2, ["a"]);
  await clock.advance(0);
  expect(wakes).toBe(1);
  leave();
});

test("metrics tell how far behind the ends a query is", async () => {
  kafka.add("t", 0, numbers(4));
  kafka.add("t", 1, numbers(10));
  const { source, next } = await start({});
  await next({ t: { 0: 0, 1: 0 } });
  expect(source.metrics({ t: { 0: 3, 1: 5 } })).toEqual({
    minOffsetsBehindLatest: "1",
    maxOffsetsBehindLatest: "5",
    avgOffsetsBehindLatest: "3",
  });
});
