import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OutputMode, type StreamingQueryProgress, systemClock } from "@ss/core";
import type { CollectedBatch, CollectingSink } from "../collecting-sink.js";
import type { VirtualClock } from "../virtual-clock.js";

/** What a stream test asks of a running query; the queries of `@ss/core` have this shape. */
export interface TestedQuery {
  readonly isActive: boolean;
  /** What ended it, or null. */
  readonly exception: unknown;
  readonly lastProgress: StreamingQueryProgress | null;
  readonly recentProgress: readonly StreamingQueryProgress[];
  processAllAvailable(): Promise<void>;
  stop(): Promise<void>;
}

/** What a stream test asks of a writer; `df.writeStream` has this shape. */
export interface TestedWriter {
  format(name: string): TestedWriter;
  outputMode(mode: OutputMode): TestedWriter;
  option(name: string, value: string): TestedWriter;
  trigger(trigger: unknown): TestedWriter;
  start(): Promise<TestedQuery>;
}

/** What a stream test asks of a DataFrame. */
export interface TestedFrame {
  readonly writeStream: TestedWriter;
}

/** How the query of a stream test is run. */
export interface StreamTestOptions {
  /** Where the rows go: a sink whose `plugin()` the session was given. */
  readonly sink: CollectingSink;
  /** The name under which the session knows the sink. Default `collecting`. */
  readonly format?: string;
  /** Default `append`. */
  readonly outputMode?: OutputMode;
  /** Default: a temporary folder, deleted at the end. */
  readonly checkpointLocation?: string;
  readonly options?: Readonly<Record<string, string>>;
  /** As `writeStream.trigger` takes it. */
  readonly trigger?: unknown;
  /** The clock of the session. With it and a trigger checks wait until the query sleeps, otherwise until all is processed. */
  readonly clock?: VirtualClock;
  /** How long to wait for a query to sleep or to fail before the test fails, in real milliseconds. Default 30,000. */
  readonly patienceMs?: number;
}

/** One step of a stream test. */
export interface StreamAction {
  /** For messages. */
  readonly name: string;
  readonly run: (test: StreamTest) => Promise<void>;
}

const PATIENCE_MS = 30_000;

/** A stream test under way: what the actions work on. */
export class StreamTest {
  readonly sink: CollectingSink;
  private readonly frame: TestedFrame;
  private readonly checkpointLocation: string;
  private options: StreamTestOptions;
  private current: TestedQuery | null = null;
  private checkedBatches: number;

  constructor(frame: TestedFrame, options: StreamTestOptions, checkpointLocation: string) {
    this.frame = frame;
    this.options = options;
    this.sink = options.sink;
    this.checkpointLocation = checkpointLocation;
    this.checkedBatches = this.sink.batches.length;
  }

  /** The query that was started last. */
  get query(): TestedQuery {
    assert.ok(this.current, "the query has not been started");
    return this.current;
  }

  get clock(): VirtualClock {
    assert.ok(this.options.clock, "the stream test has no clock: pass the session's");
    return this.options.clock;
  }

  /** Starts the query if it does not run. */
  async ensureStarted(): Promise<void> {
    if (this.current === null) await this.start({});
  }

  async start(changes: Partial<StreamTestOptions>): Promise<void> {
    assert.ok(!this.current?.isActive, "the query runs already");
    this.options = { ...this.options, ...changes };
    const { format = "collecting", outputMode = "append", options = {}, trigger } = this.options;
    let writer = this.frame.writeStream.format(format).outputMode(outputMode);
    writer = writer.option("checkpointLocation", this.checkpointLocation);
    for (const [name, value] of Object.entries(options)) writer = writer.option(name, value);
    if (trigger !== undefined) writer = writer.trigger(trigger);
    this.current = await writer.start();
  }

  async stop(): Promise<void> {
    await this.current?.stop();
  }

  /** Waits until the query has nothing left to do; throws what ended it. */
  async settle(): Promise<void> {
    const { query } = this;
    if (this.waitsForClock())
      await this.turnUntil(() => !query.isActive || this.clock.sleeperCount > 0, "sleeps");
    else if (query.isActive) await query.processAllAvailable();
    if (query.exception) throw query.exception;
  }

  /** Waits until the query has failed, and returns the error. */
  async failure(): Promise<unknown> {
    const { query } = this;
    if (query.isActive && !this.waitsForClock()) await query.processAllAvailable().catch(() => {});
    await this.turnUntil(() => !query.isActive, "fails");
    assert.ok(query.exception, "the query ended without an error");
    return query.exception;
  }

  /** Batches since the last call. */
  takeNewBatches(): readonly CollectedBatch[] {
    const batches = this.sink.batches.slice(this.checkedBatches);
    this.checkedBatches = this.sink.batches.length;
    return batches;
  }

  private waitsForClock(): boolean {
    return this.options.clock !== undefined && this.options.trigger !== undefined;
  }

  private async turnUntil(reached: () => boolean, what: string): Promise<void> {
    const { patienceMs = PATIENCE_MS } = this.options;
    const start = systemClock.monotonicMs();
    while (!reached()) {
      assert.ok(systemClock.monotonicMs() - start < patienceMs, `waited in vain until the query ${what}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/**
 * Runs a query through a list of actions, in order, and stops it at the end. The query starts before the first action
 * unless that is `startStream`. A failure names the action.
 *
 * @example
 * ```ts
 * const sink = collectingSink();
 * const spark = await SparkSession.builder().use(memorySource(), sink.plugin()).getOrCreate();
 * const words = spark.readStream.format("memory").option("name", "in").schema("word STRING").load();
 * await testStream(
 *   words.groupBy("word").count(),
 *   { sink, outputMode: "update" },
 *   addData(MemorySource, "in", "owl", "cat", "owl"),
 *   checkNewRows(["owl", 2], ["cat", 1]),
 *   stopStream(),
 *   startStream(),
 *   addData(MemorySource, "in", "owl"),
 *   checkNewRows(["owl", 3]),
 * );
 * ```
 */
export async function testStream(
  frame: TestedFrame,
  options: StreamTestOptions,
  ...actions: readonly StreamAction[]
): Promise<void> {
  const temporary =
    options.checkpointLocation === undefined ? await mkdtemp(join(tmpdir(), "stream-test-")) : null;
  const test = new StreamTest(frame, options, options.checkpointLocation ?? temporary!);
  try {
    for (const [position, action] of actions.entries())
      await runAction(test, action, position, actions.length);
  } finally {
    await test.stop();
    if (temporary) await rm(temporary, { recursive: true, force: true });
  }
}

async function runAction(
  test: StreamTest,
  action: StreamAction,
  position: number,
  count: number,
): Promise<void> {
  try {
    if (position > 0 || action.name !== "startStream") await test.ensureStarted();
    await action.run(test);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`action ${position + 1} of ${count}, ${action.name}: ${message}`, { cause: error });
  }
}
