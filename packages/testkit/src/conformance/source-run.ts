import {
  type Batch,
  type Offset,
  type Partition,
  type Predicate,
  type ReadLimit,
  rowsOf,
  type Source,
  type SourceLog,
  sameOffset,
  systemClock,
  type Value,
} from "@ss/core";
import { MemorySourceLog } from "./memory-source-log.js";
import type { SourceUnderTest } from "./source-conformance.js";

/** What {@link SourceRun.rows} may leave out. */
export interface ReadWish {
  readonly columns?: readonly string[];
  readonly predicates?: readonly Predicate[];
}

const FOREVER = new AbortController().signal;

/** One run of a query on a source: opens it, and plays the part of the trigger loop. */
export class SourceRun {
  readonly source: Source;
  private readonly stopping: AbortController;

  private constructor(source: Source, stopping: AbortController) {
    this.source = source;
    this.stopping = stopping;
  }

  static async start(subject: SourceUnderTest, log: SourceLog = new MemorySourceLog()): Promise<SourceRun> {
    const source = await subject.make();
    const run = new SourceRun(source, new AbortController());
    await source.open({ log, clock: subject.clock ?? systemClock, signal: run.stopping.signal });
    return run;
  }

  /** Tells the source that its query stops; it is closed later. */
  abort(): void {
    this.stopping.abort();
  }

  async stop(): Promise<void> {
    this.abort();
    await this.source.close();
  }

  /** One question for the end of the next batch. */
  async latest(start: Offset | null, limit: ReadLimit = this.source.readLimit): Promise<Offset> {
    return (await this.source.latestOffset(start, limit)) ?? start;
  }

  /** The end of the next batch, which has rows: asked for until it differs from the start. */
  async next(start: Offset | null, limit: ReadLimit = this.source.readLimit): Promise<Offset> {
    for (let attempt = 0; attempt < 1000; attempt++) {
      const end = await this.latest(start, limit);
      if (!sameOffset(start, end)) return end;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error("rows were added, but latestOffset stays at its start");
  }

  /** The rows of a range, partition by partition. */
  async rows(start: Offset | null, end: Offset, wish: ReadWish = {}): Promise<Value[][]> {
    const rows: Value[][] = [];
    for (const partition of await this.source.plan(start, end))
      rows.push(...(await this.rowsOf(partition, wish)));
    return rows;
  }

  async rowsOf(partition: Partition, wish: ReadWish = {}): Promise<Value[][]> {
    const rows: Value[][] = [];
    for await (const batch of this.batches(partition, wish)) rows.push(...rowsOf(batch));
    return rows;
  }

  batches(partition: Partition, wish: ReadWish = {}, signal: AbortSignal = FOREVER): AsyncIterable<Batch> {
    const columns = wish.columns ?? this.source.schema.fieldNames();
    // plain data travels: a partition that does not survive this is none
    const travelled = JSON.parse(JSON.stringify(partition)) as Partition;
    return this.source.read(travelled, { columns, predicates: wish.predicates ?? [] }, signal);
  }
}

/** Rows as text, for comparison: bigints are told from numbers, bytes are shown. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`;
    if (part instanceof Uint8Array) return `0x${Buffer.from(part).toString("hex")}`;
    if (typeof part === "number" && !Number.isFinite(part)) return String(part);
    return part;
  });
}
