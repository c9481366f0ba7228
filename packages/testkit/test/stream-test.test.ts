import assert from "node:assert/strict";
import { batchFromRows, type OutputMode, parseDdl, StreamError, type StructType, type Value } from "@ss/core";
import { expect, test } from "vitest";
import {
  addData,
  addDataToAll,
  advanceClock,
  type CollectingSink,
  checkAllRows,
  checkLastBatch,
  checkNewRows,
  collectingSink,
  expectFailure,
  perform,
  startStream,
  stopStream,
  type TestedFrame,
  type TestedQuery,
  type TestedWriter,
  testStream,
  VirtualClock,
} from "../src/index.js";

/** A query that hands each addition on as a batch, and remembers by checkpoint how far it came. */
class FakeEngine implements TestedFrame {
  readonly additions: Value[][][] = [];
  readonly committed = new Map<string, number>();
  readonly settings: Record<string, string>[] = [];
  readonly schema: StructType;
  readonly sink: CollectingSink;
  /** With a clock it runs a batch every second only. */
  readonly clock: VirtualClock | undefined;

  constructor(ddl: string, sink: CollectingSink, clock?: VirtualClock) {
    this.schema = parseDdl(ddl);
    this.sink = sink;
    this.clock = clock;
  }

  addData(_: string, ...rows: readonly unknown[]): void {
    this.additions.push(rows as Value[][]);
  }

  get writeStream(): TestedWriter {
    const settings: Record<string, string> = {};
    this.settings.push(settings);
    let mode: OutputMode = "append";
    const writer: TestedWriter = {
      format: () => writer,
      outputMode: (chosen) => {
        mode = chosen;
        return writer;
      },
      option: (name, value) => {
        settings[name] = value;
        return writer;
      },
      trigger: () => writer,
      start: async () => new FakeQuery(this, mode, settings["checkpointLocation"]!),
    };
    return writer;
  }
}

class FakeQuery implements TestedQuery {
  isActive = true;
  exception: unknown = null;
  readonly lastProgress = null;
  readonly recentProgress = [];
  private readonly engine: FakeEngine;
  private readonly mode: OutputMode;
  private readonly checkpoint: string;
  private readonly stopping = new AbortController();

  constructor(engine: FakeEngine, mode: OutputMode, checkpoint: string) {
    this.engine = engine;
    this.mode = mode;
    this.checkpoint = checkpoint;
    if (engine.clock) void this.loop(engine.clock);
  }

  async processAllAvailable(): Promise<void> {
    assert.equal(this.engine.clock, undefined, "it would wait for ever");
    await this.runBatches();
    if (this.exception) throw this.exception;
  }

  async stop(): Promise<void> {
    this.isActive = false;
    this.stopping.abort();
  }

  private async loop(clock: VirtualClock): Promise<void> {
    while (this.isActive) {
      await clock.sleep(1000, this.stopping.signal);
      if (this.isActive) await this.runBatches();
    }
  }

  private async runBatches(): Promise<void> {
    const { additions, committed, schema, sink } = this.engine;
    const { signal } = this.stopping;
    try {
      for (let id = committed.get(this.checkpoint) ?? 0; id < additions.length; id++) {
        const batch = {
          queryId: this.checkpoint,
          runId: "",
          outputId: 0,
          batchId: id,
          schema,
          mode: this.mode,
          signal,
        };
        const write = await sink.begin(batch);
        const writer = await write.writer(0);
        await writer.write(batchFromRows(schema, additions[id]!));
        await write.commit([await writer.finish()]);
        committed.set(this.checkpoint, id + 1);
      }
    } catch (error) {
      this.exception = error;
      this.isActive = false;
    }
  }
}

test("goes through its actions on one checkpoint", async () => {
  const sink = collectingSink();
  const engine = new FakeEngine("word STRING, n BIGINT", sink);
  await testStream(
    engine,
    { sink, options: { extra: "1" } },
    addData(engine, "in", ["a", 1n], ["b", 2n]),
    checkNewRows({ n: 2, word: "b" }, ["a", 1n]),
    checkNewRows(),
    stopStream(),
    addData(engine, "in", ["c", null]),
    startStream({ options: { extra: "2" } }),
    checkNewRows(["c", null]),
    checkLastBatch(["c", null]),
    checkAllRows(["a", 1], ["b", 2], ["c", null]),
  );
  expect(engine.settings.map(({ extra }) => extra)).toEqual(["1", "2"]);
  expect(engine.committed.size).toBe(1);
});

test("in mode complete all rows are those of the newest batch", async () => {
  const sink = collectingSink();
  const engine = new FakeEngine("n INT", sink);
  const both = addDataToAll(engine, { one: [[1]], other: [[2]] });
  await testStream(engine, { sink, outputMode: "complete" }, both, checkAllRows(2));
});

test("a failed check names its action and shows both sides", async () => {
  const sink = collectingSink();
  const engine = new FakeEngine("n INT", sink);
  const failing = testStream(engine, { sink }, addData(engine, "in", [1]), checkNewRows(2));
  await expect(failing).rejects.toThrow(/^action 2 of 2, checkNewRows: [\s\S]*\(1\)[\s\S]*\(2\)/);
});

test("a failure of the query is expected or an error", async () => {
  const sink = collectingSink();
  const engine = new FakeEngine("n INT", sink);
  const error = new StreamError({ condition: "SS_TRIED", message: "as the test asked" });
  sink.failAt("commit", { error });
  await testStream(
    engine,
    { sink, checkpointLocation: "here" },
    addData(engine, "in", [1]),
    expectFailure("SS_TRIED"),
    startStream(),
    checkAllRows(1),
  );
  sink.failAt("commit", { error });
  const unexpected = testStream(engine, { sink }, checkAllRows(1));
  await expect(unexpected).rejects.toThrow("action 1 of 1, checkAllRows: [SS_TRIED] as the test asked");
  const other = testStream(engine, { sink, patienceMs: 10 }, expectFailure(/never/));
  await expect(other).rejects.toThrow("waited in vain until the query fails");
});

test("under a virtual clock checks wait until the query sleeps", async () => {
  const sink = collectingSink();
  const clock = new VirtualClock();
  const engine = new FakeEngine("n INT", sink, clock);
  await testStream(
    engine,
    { sink, clock, trigger: "every second" },
    addData(engine, "in", [1]),
    checkNewRows(),
    advanceClock(999),
    checkNewRows(),
    advanceClock(1),
    checkNewRows(1),
    perform("a look at the clock", async ({ clock: now }) => assert.equal(now.now(), 1000)),
  );
});

test("rows are equal as SQL sees them", async () => {
  const sink = collectingSink();
  const ddl =
    "d DECIMAL(5,2), t TIMESTAMP, e DATE, m MAP<STRING, INT>, s STRUCT<a: INT, b: ARRAY<STRING>>, f DOUBLE, x BINARY";
  const engine = new FakeEngine(ddl, sink);
  const row: Value[] = [
    150n,
    1_500_000n,
    1,
    { keys: ["b", "a"], values: [2, 1] },
    [1, ["x", null]],
    0.5,
    Uint8Array.of(1),
  ];
  await testStream(
    engine,
    { sink },
    addData(engine, "in", row),
    checkAllRows([
      "1.5",
      new Date(1500),
      "1970-01-02",
      { a: 1, b: 2 },
      { a: 1, b: ["x", null] },
      0.5,
      Uint8Array.of(1),
    ]),
    checkAllRows([
      1.5,
      "1970-01-01 00:00:01.500",
      new Date(86400000),
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
      [1, ["x", null]],
      0.5,
      Uint8Array.of(1),
    ]),
  );
});
