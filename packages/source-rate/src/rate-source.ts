import {
  type Batch,
  type Clock,
  type Offset,
  type Partition,
  type ReadLimit,
  type RunMode,
  type ScanRequest,
  type Source,
  type SourceContext,
  StreamError,
  type StructType,
} from "@ss/core";
import { type CountedRows, countedBatches, RATE_SCHEMA, splitValues } from "./counted-rows.js";
import { type RateSchedule, secondsMax, valueAtSecond } from "./rate-schedule.js";
import { startTimeMs } from "./start-time.js";

/** What a {@link RateSource} is made from. */
export interface RateSettings extends RateSchedule {
  /** Null: as many as the session has by default. */
  readonly numPartitions: number | null;
  readonly defaultPartitions: number;
}

/** A partition of a range, with what the times of its rows are computed from. */
interface RatePartition extends CountedRows {
  readonly rangeFirst: number;
  readonly startMs: number;
  readonly msPerValue: number;
}

/**
 * Rows by the clock. An offset is the number of whole seconds since the query first started; the rows of a range are spread
 * evenly over its time.
 */
export class RateSource implements Source {
  readonly description: string;
  readonly schema: StructType = RATE_SCHEMA;
  readonly replayable = true;
  readonly runModes: readonly RunMode[] = ["continuous"];
  readonly readLimit: ReadLimit = { kind: "allAvailable" };
  private readonly settings: RateSettings;
  private clock!: Clock;
  private signal!: AbortSignal;
  private startMs = 0;
  /** The latest time that was seen: the clock of a machine may step back, the source may not. */
  private lastMs = 0;

  constructor(settings: RateSettings) {
    const { rowsPerSecond, rampUpSeconds, numPartitions } = settings;
    this.settings = settings;
    // Spark's text lacks the bracket at the end, too
    this.description =
      `RateStreamV2[rowsPerSecond=${rowsPerSecond}, rampUpTimeSeconds=${rampUpSeconds}, ` +
      `numPartitions=${numPartitions ?? "default"}`;
  }

  async open({ log, clock, signal }: SourceContext): Promise<void> {
    this.clock = clock;
    this.signal = signal;
    this.startMs = await startTimeMs(log, clock.now());
    this.lastMs = this.startMs;
  }

  async initialOffset(): Promise<Offset | null> {
    return 0;
  }

  async latestOffset(start: Offset | null): Promise<Offset | null> {
    return Math.max(this.elapsedSeconds(), (start as number | null) ?? 0);
  }

  reportLatestOffset(): Offset | null {
    return this.elapsedSeconds();
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    const [from, to] = [(start as number | null) ?? 0, end as number];
    if (to > secondsMax(this.settings)) throw incorrectEndOffset(this.settings, to);
    this.lastMs = Math.max(this.lastMs, this.startMs + to * 1000);
    const rangeFirst = valueAtSecond(from, this.settings);
    const rangeEnd = valueAtSecond(to, this.settings);
    if (rangeFirst === rangeEnd) return [];
    const startMs = this.startMs + from * 1000;
    const msPerValue = ((to - from) * 1000) / (rangeEnd - rangeFirst);
    const partitions = splitValues(
      rangeFirst,
      rangeEnd,
      this.settings.numPartitions ?? this.settings.defaultPartitions,
    );
    return partitions.map((rows) => ({ ...rows, rangeFirst, startMs, msPerValue }));
  }

  async *read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const rows = partition as unknown as RatePartition;
    const { rangeFirst, startMs, msPerValue } = rows;
    const timeMs = (value: number): number => startMs + Math.round((value - rangeFirst) * msPerValue);
    for (const batch of countedBatches(rows, scan.columns, timeMs)) {
      signal.throwIfAborted();
      yield batch;
    }
  }

  async commit(): Promise<void> {}

  /** Wakes at the end of every second. */
  onData(wake: () => void): () => void {
    const leave = new AbortController();
    const over = AbortSignal.any([leave.signal, this.signal]);
    const tick = async (): Promise<void> => {
      while (!over.aborted) {
        await this.clock.sleep(1000 - ((this.clock.now() - this.startMs) % 1000), over);
        if (!over.aborted) wake();
      }
    };
    void tick();
    return () => leave.abort();
  }

  async close(): Promise<void> {}

  private elapsedSeconds(): number {
    this.lastMs = Math.max(this.lastMs, this.clock.now());
    return Math.floor((this.lastMs - this.startMs) / 1000);
  }
}

function incorrectEndOffset(settings: RateSettings, endSeconds: number): StreamError {
  const { rowsPerSecond } = settings;
  const max = secondsMax(settings);
  return new StreamError({
    condition: "SS_RATE_EXHAUSTED",
    sqlState: "22003",
    parameters: {
      rowsPerSecond: String(rowsPerSecond),
      maxSeconds: String(max),
      endSeconds: String(endSeconds),
    },
    message: `Max offset with ${rowsPerSecond} rowsPerSecond is ${max}, but it is ${endSeconds} now. Start with a new checkpoint.`,
  });
}
