import { getEventListeners } from "node:events";
import { VirtualClock } from "@ss/testkit";
import { describe, expect, test, vi } from "vitest";
import { aggregate } from "./aggregate.js";
import { FakeKinesis, serviceError } from "./fake-kinesis.js";
import { MemoryLog, QueryRun, sourceOn } from "./source-run.js";

const START_MS = 1_700_000_000_000;
const SHARD = "shardId-000000000000";

function world(shards = 1): { clock: VirtualClock; fake: FakeKinesis } {
  const clock = new VirtualClock(START_MS);
  return { clock, fake: new FakeKinesis(clock, shards) };
}

describe("a query begins", () => {
  test("with what is there, or with what comes", async () => {
    const { clock, fake } = world(2);
    fake.put("a", 0);
    fake.put("b", 1);
    await clock.advance(10);
    const latest = await QueryRun.start(sourceOn(fake, { initialPosition: "latest" }), clock);
    const earliest = await QueryRun.start(sourceOn(fake, { initialPosition: "earliest" }), clock);
    await clock.advance(10);
    fake.put("c", 1);
    expect((await earliest.drain()).sort()).toEqual(["a", "b", "c"]);
    expect(await latest.drain()).toEqual(["c"]);
    await latest.stop();
    await earliest.stop();
  });

  test("at the same records after a crash before its first batch", async () => {
    const { clock, fake } = world();
    const log = new MemoryLog();
    const first = await QueryRun.start(sourceOn(fake, { initialPosition: "latest" }), clock, log);
    await first.stop();
    await clock.advance(60_000);
    fake.put("while it was down");
    const second = await QueryRun.start(sourceOn(fake, { initialPosition: "latest" }), clock, log);
    expect(await second.drain()).toEqual(["while it was down"]);
    await second.stop();
  });

  test("at a time, at a record and behind one", async () => {
    const { clock, fake } = world();
    fake.put("a");
    await clock.advance(1000);
    const number = fake.put("b");
    fake.put("c");
    const from = async (initialPosition: string): Promise<string[]> => {
      const run = await QueryRun.start(sourceOn(fake, { initialPosition }), clock);
      const rows = await run.drain();
      await run.stop();
      return rows;
    };
    const at = (type: string): string =>
      JSON.stringify({ [fake.name]: { [SHARD]: { type, sequenceNumber: number } } });
    expect(await from(JSON.stringify({ at_timestamp: START_MS + 1 }))).toEqual(["b", "c"]);
    expect(await from(JSON.stringify({ at_timestamp: "2023-11-14T22:13:20.500Z" }))).toEqual(["b", "c"]);
    const pattern = { at_timestamp: "11/14/2023 22:13:21 UTC", format: "MM/dd/yyyy HH:mm:ss zzz" };
    expect(await from(JSON.stringify(pattern))).toEqual(["b", "c"]);
    expect(await from(at("AT_SEQUENCE_NUMBER"))).toEqual(["b", "c"]);
    expect(await from(at("AFTER_SEQUENCE_NUMBER"))).toEqual(["c"]);
  });

  test("at a time that has not come by the clock of the service", async () => {
    const { clock, fake } = world();
    const initialPosition = JSON.stringify({ at_timestamp: START_MS + 5000 });
    const run = await QueryRun.start(sourceOn(fake, { initialPosition }), clock);
    fake.put("early");
    expect(await run.batch()).toEqual([]);
    await clock.advance(10_000);
    fake.put("late");
    expect(await run.batch(undefined, 20_000)).toEqual(["late"]);
    await run.stop();
  });
});

describe("shards that are split and merged", () => {
  test("are read before what follows them", async () => {
    const { clock, fake } = world();
    fake.put("parent 1");
    const run = await QueryRun.start(sourceOn(fake), clock);
    expect(await run.batch()).toEqual(["parent 1"]);
    fake.put("parent 2");
    const [left, right] = fake.split(0);
    fake.put("left", left);
    fake.put("right", right);
    const before = await run.batch();
    expect(before).toEqual(["parent 2"]);
    expect((await run.drain()).sort()).toEqual(["left", "right"]);
    fake.put("left 2", left);
    const child = fake.merge(left, right);
    fake.put("merged", child);
    const rows = await run.drain();
    expect(rows).toEqual(["left 2", "merged"]);
    // what was read to its end is no part of the offset any more
    expect(Object.keys((run.offset as Record<string, object>)[fake.name]!)).toEqual(["shardId-000000000003"]);
    await run.stop();
  });

  test("whole families of them that were there before the query", async () => {
    const { clock, fake } = world(2);
    fake.put("a", 0);
    const [b, c] = fake.split(0);
    fake.put("b", b);
    const d = fake.merge(c, 1);
    fake.put("d", d);
    const [e] = fake.split(d);
    fake.put("e", e);
    const run = await QueryRun.start(sourceOn(fake), clock);
    const rows = await run.drain();
    expect([...rows].sort()).toEqual(["a", "b", "d", "e"]);
    expect(rows.indexOf("a")).toBeLessThan(rows.indexOf("b"));
    expect(rows.indexOf("d")).toBeLessThan(rows.indexOf("e"));
    await run.stop();
  });

  test("of which the query wants nothing before a time", async () => {
    const { clock, fake } = world();
    fake.put("old");
    const [left] = fake.split(0);
    fake.put("old, too", left);
    await clock.advance(1000);
    fake.put("new", left);
    const initialPosition = JSON.stringify({ at_timestamp: START_MS + 500 });
    const run = await QueryRun.start(sourceOn(fake, { initialPosition }), clock);
    expect(await run.drain()).toEqual(["new"]);
    await run.stop();
  });

  test("on a server that never ends the iterator of a closed shard", async () => {
    const { clock, fake } = world();
    fake.endsIterators = false;
    const run = await QueryRun.start(sourceOn(fake, { shardFetchInterval: "1s" }), clock);
    fake.put("parent");
    expect(await run.batch()).toEqual(["parent"]);
    const [left] = fake.split(0);
    fake.put("child", left);
    expect(await run.drain()).toEqual(["child"]);
    await run.stop();
  });
});

describe("the service's limits", () => {
  test("are kept, however much is there", async () => {
    const { clock, fake } = world();
    for (let k = 0; k < 40; k++) fake.put(new Uint8Array(250_000).fill(k));
    const run = await QueryRun.start(sourceOn(fake, { maxRecordsPerFetch: 4, maxFetchRate: 2 }), clock);
    expect(await run.drain()).toHaveLength(40);
    expect(fake.calls).not.toContain("refused");
    // 10 MB at 2 MB a second
    expect(clock.now() - START_MS).toBeGreaterThanOrEqual(4500);
    await run.stop();
  });

  test("that others have used up make the query wait, and never fail", async () => {
    const { clock, fake } = world();
    const run = await QueryRun.start(sourceOn(fake), clock);
    const names = [
      "ProvisionedThroughputExceededException",
      "LimitExceededException",
      "KMSThrottlingException",
    ];
    for (const name of names) fake.fail("records", serviceError(name), 4);
    fake.fail("listShards", serviceError("LimitExceededException"), 3);
    fake.put("patience");
    expect(await run.batch(undefined, 200_000)).toEqual(["patience"]);
    await run.stop();
  });

  test("hold for the iterators, too, which expire", async () => {
    const { clock, fake } = world();
    const run = await QueryRun.start(sourceOn(fake), clock);
    fake.put("a");
    expect(await run.batch()).toEqual(["a"]);
    fake.fail("records", serviceError("ExpiredIteratorException"));
    fake.fail("shardIterator", serviceError("ProvisionedThroughputExceededException"));
    fake.put("b");
    expect(await run.batch()).toEqual(["b"]);
    expect(await run.batch()).toEqual([]);
    await run.stop();
  });
});

describe("requests that fail", () => {
  test("are made again some times; then the query hears of it, and may go on", async () => {
    const { clock, fake } = world();
    const run = await QueryRun.start(sourceOn(fake, { clientRetries: 2 }), clock);
    expect(await run.batch()).toEqual([]);
    const broken = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    fake.fail("records", broken, 2);
    fake.put("a");
    expect(await run.batch()).toEqual(["a"]);
    fake.fail("records", broken, 3);
    fake.put("b");
    const failing = run.end(undefined, 20_000);
    await expect(failing).rejects.toMatchObject({ condition: "SS_KINESIS_FAILED", recovery: "retry" });
    expect(await run.batch()).toEqual(["b"]);
    await run.stop();
  });

  test("are told where the shards cannot be listed, and the query goes on when they can", async () => {
    const { clock, fake } = world();
    const run = await QueryRun.start(sourceOn(fake, { clientRetries: 1, shardFetchInterval: "1s" }), clock);
    expect(await run.batch()).toEqual([]);
    fake.fail("listShards", serviceError("InternalFailureException"), 2);
    await clock.advance(2000);
    await expect(run.end()).rejects.toMatchObject({ condition: "SS_KINESIS_FAILED", recovery: "retry" });
    fake.endsIterators = false;
    const [left] = fake.split(0);
    fake.put("child", left);
    expect(await run.drain()).toEqual(["child"]);
    await run.stop();
  });

  test("for other reasons end the query at once", async () => {
    const { clock, fake } = world();
    fake.fail("records", serviceError("AccessDeniedException", "you may not"));
    const run = await QueryRun.start(sourceOn(fake), clock);
    await expect(run.end()).rejects.toMatchObject({
      condition: "SS_KINESIS_FAILED",
      recovery: "fail",
      message: expect.stringContaining("you may not"),
    });
    await run.stop();
    fake.fail("listShards", serviceError("ResourceNotFoundException"));
    const source = sourceOn(fake);
    await expect(QueryRun.start(source, clock)).rejects.toMatchObject({
      condition: "SS_KINESIS_STREAM_NOT_FOUND",
    });
    await source.close();
    expect(fake.isClosed).toBe(true);
  });
});

test("records of many are taken apart, in parts where a batch may not take all", async () => {
  const { clock, fake } = world();
  fake.put("0");
  const many = Array.from({ length: 7 }, (_, k) => ({ key: `k${k}`, data: String(k + 1) }));
  fake.put(aggregate(many));
  fake.put("8");
  const run = await QueryRun.start(sourceOn(fake, { maxRecordsPerTrigger: 3 }), clock);
  expect(await run.batch()).toEqual(["0", "1", "2"]);
  expect(run.offset).toMatchObject({ clicks: { [SHARD]: { subSequenceNumber: 1 } } });
  const before = run.offset;
  expect(await run.batch()).toEqual(["3", "4", "5"]);
  expect(await run.rows(before, run.offset!)).toEqual(["3", "4", "5"]);
  await run.stop();
  // another process goes on within the record
  const next = await QueryRun.start(sourceOn(fake), clock, run.log, run.offset);
  expect(await next.rows(before, run.offset!)).toEqual(["3", "4", "5"]);
  expect(await next.drain()).toEqual(["6", "7", "8"]);
  await next.stop();
});

test("a batch takes no more than it may, of all shards", async () => {
  const { clock, fake } = world(3);
  for (let k = 0; k < 9; k++) fake.put(`a${k}`, 0);
  fake.put("b0", 1);
  for (let k = 0; k < 5; k++) fake.put(`c${k}`, 2);
  const run = await QueryRun.start(sourceOn(fake, { maxRecordsPerTrigger: 7 }), clock);
  const first = await run.batch();
  expect(first.sort()).toEqual(["a0", "a1", "a2", "b0", "c0", "c1", "c2"]);
  expect(await run.drain()).toHaveLength(8);
  await run.stop();
  const bytes = await QueryRun.start(sourceOn(fake, { maxBytesPerTrigger: "6b" }), clock);
  expect((await bytes.batch()).sort()).toEqual(["a0", "b0", "c0"]);
  await bytes.stop();
});

test("no more than a buffer is read ahead, and what was handed over makes room", async () => {
  const { clock, fake } = world();
  fake.hasLimits = false;
  for (let k = 0; k < 100; k++) fake.put(`${k}`.padEnd(1000));
  const options = { fetchBufferSize: "20kb", maxRecordsPerFetch: 5, minFetchPeriod: "200ms" };
  const run = await QueryRun.start(sourceOn(fake, options), clock);
  await run.source.latestOffset(run.offset, run.source.readLimit);
  await clock.advance(5000);
  const kept = Number(run.source.metrics!(null)["totalPrefetchedBytes"]);
  expect(kept).toBeGreaterThanOrEqual(20_480);
  expect(kept).toBeLessThan(20_480 + 5 * 1256);
  // a batch that is open for long hands over without a commit
  const rows: string[] = [];
  const begin = run.offset;
  while (rows.length < 100) {
    const end = await run.end();
    rows.push(...(await run.rows(run.offset, end)));
    run.offset = end;
  }
  expect(rows.map(Number)).toEqual(Array.from({ length: 100 }, (_, k) => k));
  expect((await run.rows(begin, run.offset!)).map(Number)).toEqual(rows.map(Number));
  await run.stop();
});

describe("records that are deleted before they are read", () => {
  /** A query that has read one record, is stopped, and finds that one gone when it starts again. */
  async function afterLoss(
    options: Readonly<Record<string, unknown>>,
    lose: (fake: FakeKinesis) => void,
  ): Promise<{ run: QueryRun; warnings: string[] }> {
    const { clock, fake } = world();
    const first = await QueryRun.start(sourceOn(fake), clock);
    fake.put("read");
    expect(await first.batch()).toEqual(["read"]);
    await first.stop();
    fake.put("lost");
    lose(fake);
    fake.put("left");
    const warnings: string[] = [];
    const source = sourceOn(fake, options, (message) => warnings.push(message));
    return { run: await QueryRun.start(source, clock, first.log, first.offset), warnings };
  }

  const losses: readonly (readonly [string, (fake: FakeKinesis) => void])[] = [
    ["records", (fake) => fake.trim(0, 2)],
    ["the stream, which was made anew", (fake) => fake.recreate()],
    [
      "the shard",
      (fake) => {
        fake.split(0);
        fake.shards.splice(0, 1);
      },
    ],
  ];

  test.each(losses)("end it: %s", async (_, lose) => {
    const { run } = await afterLoss({}, lose);
    await expect(run.end()).rejects.toMatchObject({
      condition: "SS_KINESIS_DATA_LOSS",
      message: expect.stringContaining("Set the option failOnDataLoss to false"),
    });
    await run.stop();
  });

  test.each(losses)("are told where it may go on: %s", async (_, lose) => {
    const { run, warnings } = await afterLoss({ failOnDataLoss: false }, lose);
    expect(await run.drain()).toEqual(["left"]);
    expect(warnings.join()).toContain("may have been lost");
    await run.stop();
  });

  test("are none when nothing stood behind the last one that was read for long enough", async () => {
    const { clock, fake } = world();
    const slow = { minFetchPeriod: "10m", shardFetchInterval: "30m" };
    const first = await QueryRun.start(sourceOn(fake, slow), clock);
    fake.put("read");
    expect(await first.batch(undefined, 1_000_000)).toEqual(["read"]);
    // a weekend without records: the one that was read is deleted
    await clock.advance(3 * 24 * 3_600_000);
    fake.trim(0, 1);
    await first.stop();
    await clock.advance(3_600_000);
    const second = await QueryRun.start(sourceOn(fake, slow), clock, first.log, first.offset);
    expect(await second.batch(undefined, 1_000_000)).toEqual([]);
    fake.put("on Monday");
    expect(await second.batch(undefined, 1_000_000)).toEqual(["on Monday"]);
    await second.stop();
    // but nobody knows what came while nobody looked
    await clock.advance(3 * 24 * 3_600_000);
    fake.trim(0, 1);
    const third = await QueryRun.start(sourceOn(fake, slow), clock, second.log, second.offset);
    await expect(third.end()).rejects.toMatchObject({ condition: "SS_KINESIS_DATA_LOSS" });
    await third.stop();
  });
});

test("streams may be added to a query, and left out again", async () => {
  const { clock, fake } = world();
  fake.put("a");
  const first = await QueryRun.start(sourceOn(fake), clock);
  expect(await first.batch()).toEqual(["a"]);
  await first.stop();
  // this one has the same records for a stream of any name
  const both = await QueryRun.start(
    sourceOn(fake, { streamName: "clicks,more" }),
    clock,
    first.log,
    first.offset,
  );
  expect(await both.drain()).toEqual(["a"]);
  expect(Object.keys(both.offset as object)).toEqual(["clicks", "more"]);
  await both.stop();
  fake.put("b");
  const one = await QueryRun.start(sourceOn(fake, { streamName: "more" }), clock, both.log, both.offset);
  expect(await one.drain()).toEqual(["b"]);
  await one.stop();
});

test("many shards are read at once without a word of Node about listeners", async () => {
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.name);
  process.on("warning", listen);
  const { clock, fake } = world(40);
  for (let k = 0; k < 40; k++) fake.put(`${k}`, k);
  const run = await QueryRun.start(sourceOn(fake), clock);
  expect(await run.drain()).toHaveLength(40);
  await run.stop();
  process.off("warning", listen);
  expect(warnings).toEqual([]);
});

describe("availableNow", () => {
  test.each([
    ["with the last record", false],
    ["behind the last record", true],
  ])(
    "takes what is there, of shards that follow others, too, and nothing that comes later; an end told %s",
    async (_, endsLate) => {
      const { clock, fake } = world();
      fake.endsLate = endsLate;
      for (let k = 0; k < 12; k++) fake.put(`p${k}`);
      const [left, right] = fake.split(0);
      fake.put("l", left);
      fake.put("r", right);
      const source = sourceOn(fake, { maxRecordsPerFetch: 5, maxRecordsPerTrigger: 4 });
      const run = await QueryRun.start(source, clock);
      await source.prepareForAvailableNow!();
      const rows: string[] = [];
      for (let isOver = false; !isOver; ) {
        const end = await run.awaited(source.latestOffset(run.offset, source.readLimit));
        isOver = JSON.stringify(end) === JSON.stringify(run.offset);
        rows.push(...(await run.rows(run.offset, end!)));
        run.offset = end;
        await source.commit(end!);
      }
      expect(rows.slice(0, 12)).toEqual(Array.from({ length: 12 }, (_, k) => `p${k}`));
      expect(rows.slice(12).sort()).toEqual(["l", "r"]);
      fake.put("later", left);
      await clock.advance(5000);
      expect(await source.latestOffset(run.offset, source.readLimit)).toEqual(run.offset);
      await run.stop();
    },
  );
});

test("a wake-up comes with the records, with the end of a shard and with a failure", async () => {
  const { clock, fake } = world();
  const run = await QueryRun.start(sourceOn(fake, { clientRetries: 0 }), clock);
  expect(await run.batch()).toEqual([]);
  let wakes = 0;
  const leave = run.source.onData!(() => wakes++);
  await clock.advance(2000);
  expect(wakes).toBe(0);
  fake.put("a");
  await clock.advance(500);
  expect(wakes).toBe(1);
  fake.fail("records", serviceError("InternalFailureException"));
  await clock.advance(500);
  expect(wakes).toBe(2);
  await expect(run.end()).resolves.toBeDefined();
  leave();
  await run.stop();
});

test("metrics tell how far behind the newest record the shards are", async () => {
  const { clock, fake } = world(2);
  for (let k = 0; k < 3; k++) {
    fake.put(`${k}`, 0);
    await clock.advance(1000);
  }
  const run = await QueryRun.start(sourceOn(fake, { maxRecordsPerFetch: 1, minFetchPeriod: "60s" }), clock);
  await run.source.latestOffset(run.offset, run.source.readLimit);
  expect(run.source.metrics!(null)).toEqual({
    avgMsBehindLatest: "1000",
    maxMsBehindLatest: "2000",
    minMsBehindLatest: "0",
    totalPrefetchedBytes: "257",
  });
  expect(run.source.reportLatestOffset!()).toMatchObject({
    clicks: { [SHARD]: { type: "AFTER_SEQUENCE_NUMBER" } },
  });
  await run.stop();
});

describe("enhanced fan-out", () => {
  const efo = { consumerMode: "efo", consumerName: "reports" };

  test("reads by subscriptions, one after the other, and in order of the shards", async () => {
    const { clock, fake } = world();
    const starting = QueryRun.start(sourceOn(fake, efo), clock);
    await clock.advance(3000);
    const run = await starting;
    expect([...fake.consumers.keys()]).toEqual(["reports"]);
    for (let k = 0; k < 11; k++) fake.put(`p${k}`);
    expect(await run.drain()).toEqual(Array.from({ length: 11 }, (_, k) => `p${k}`));
    fake.fail("subscribe", serviceError("ResourceInUseException"), 3);
    fake.put("p11");
    const [left] = fake.split(0);
    fake.put("child", left);
    expect(await run.drain()).toEqual(["p11", "child"]);
    expect(fake.calls.filter((call) => call === "records")).toEqual([]);
    await run.stop();
    expect([...fake.consumers.keys()]).toEqual(["reports"]);
    // what is read again comes by an iterator
    const next = sourceOn(fake, { ...efo, requireConsumerDeregistration: true });
    const again = await QueryRun.start(next, clock, run.log, run.offset);
    fake.put("child 2", left);
    expect(await again.drain()).toEqual(["child 2"]);
    await again.stop();
    expect([...fake.consumers.keys()]).toEqual([]);
  });
});

test.each([
  ["polling", {}],
  ["subscriptions", { consumerMode: "efo", consumerName: "reports" }],
])(
  "a query that reads by %s for long keeps nothing on its signal for shards that come and go",
  async (_, mode) => {
    const { clock, fake } = world();
    const source = sourceOn(fake, mode);
    const stopping = new AbortController();
    const made = vi.spyOn(AbortSignal, "any");
    const opening = source.open({ log: new MemoryLog(), clock, signal: stopping.signal });
    await clock.advance(3000);
    await opening;
    // its own signal, which all that it does ends by
    expect(made).toHaveBeenCalledTimes(1);
    const own = made.mock.results[0]!.value as AbortSignal;
    let offset = await source.initialOffset();
    const next = async (): Promise<void> => {
      const end = source.latestOffset(offset, source.readLimit);
      await clock.advance(3000);
      offset = await end;
      await source.commit(offset!);
    };
    await next();
    const listeners = getEventListeners(own, "abort").length;
    for (let round = 0, last = 0; round < 20; round++) {
      fake.put(`${round}`, last);
      [last] = fake.split(last);
      fake.merge(last, last + 1);
      last = fake.shards.length - 1;
      fake.fail("subscribe", serviceError("InternalFailureException"), 3);
      for (let k = 0; k < 4; k++) await next().catch(() => {});
    }
    expect(made).toHaveBeenCalledTimes(1);
    expect(getEventListeners(own, "abort").length).toBeLessThan(listeners + 5);
    stopping.abort();
    await source.close();
    made.mockRestore();
  },
);
