import type { Clock } from "../clock/clock.js";
import type { BatchResult, EventTimeStats, StreamOutput } from "../query/stream-plan.js";
import type { SinkResult } from "../sink/sink.js";
import type { Offset, Source } from "../source/source.js";
import type { SinkProgress, SourceProgress, StreamingQueryProgress } from "./progress.js";

/** Whose progress is reported. */
export interface QueryIdentity {
  readonly id: string;
  readonly runId: string;
  readonly name: string | null;
}

/** What a batch did, as the loop knows it. */
export interface FinishedBatch {
  readonly batchId: number;
  readonly watermarkMs: number;
  readonly sources: readonly Source[];
  /** Where each source stood before and stands after the batch. */
  readonly starts: readonly (Offset | null)[];
  readonly ends: readonly (Offset | null)[];
  readonly outputs: readonly StreamOutput[];
  /** One per output. */
  readonly sinkResults: readonly SinkResult[];
  readonly result: BatchResult;
}

/** A part of a trigger whose time is reported, also where it took none. */
export type Phase = "addBatch" | "commitOffsets" | "latestOffset" | "walCommit";

/** Measures the triggers of a run and makes their reports. */
export class ProgressReporter {
  private readonly query: QueryIdentity;
  private readonly clock: Clock;
  private previousStartMs: number | null = null;
  private startMs: number | null = null;
  private startSteadyMs = 0;
  private spentMs: Record<Phase, number> = noTime();
  /** Of all phases of the run. */
  private countedMs = 0;

  constructor(query: QueryIdentity, clock: Clock) {
    this.query = query;
    this.clock = clock;
  }

  /** Begins a trigger, also one that will find nothing to do. */
  startTrigger(): void {
    this.previousStartMs = this.startMs;
    this.startMs = this.clock.now();
    this.startSteadyMs = this.clock.monotonicMs();
    this.spentMs = noTime();
  }

  /** When the trigger began, as reports write it. */
  get timestamp(): string {
    return isoTime(this.startMs ?? this.clock.now());
  }

  /** Adds the time of a call to a phase, but for that of phases within it. */
  async time<T>(phase: Phase, call: () => Promise<T>): Promise<T> {
    const fromMs = this.clock.monotonicMs();
    const countedMs = this.countedMs;
    try {
      return await call();
    } finally {
      const ownMs = this.clock.monotonicMs() - fromMs - (this.countedMs - countedMs);
      this.spentMs[phase] += ownMs;
      this.countedMs += ownMs;
    }
  }

  /** The report of a trigger that ran a batch. */
  report(batch: FinishedBatch): StreamingQueryProgress {
    const { result } = batch;
    const durationMs = this.clock.monotonicMs() - this.startSteadyMs;
    const inputSeconds = this.previousStartMs === null ? null : (this.startMs! - this.previousStartMs) / 1000;
    const rates = (rows: number) => ({
      numInputRows: rows,
      inputRowsPerSecond: inputSeconds === null ? 0 : rate(rows, inputSeconds),
      processedRowsPerSecond: rate(rows, Math.max(1, durationMs) / 1000),
    });
    const eventTime = eventTimeOf(result.eventTimes, batch.watermarkMs);
    const sinks = batch.outputs.map(({ sink }, k): SinkProgress => {
      return { description: sink.description, ...batch.sinkResults[k]! };
    });
    return {
      ...this.query,
      timestamp: this.timestamp,
      batchId: batch.batchId,
      batchDuration: Math.round(durationMs),
      ...rates(result.inputRows.reduce((sum, rows) => sum + rows, 0)),
      durationMs: this.durations(durationMs, result),
      ...(eventTime && { eventTime }),
      stateOperators: result.operators,
      sources: batch.sources.map((source, k) => ({
        ...sourcePosition(source, batch.starts[k]!, batch.ends[k]!),
        ...rates(result.inputRows[k] ?? 0),
        ...(source.metrics && { metrics: source.metrics(batch.ends[k]!) }),
      })),
      sink: sinks[0]!,
      ...(sinks.length > 1 && { sinks }),
      ...(result.malformedRows !== undefined && { numMalformedRows: result.malformedRows }),
      ...(Object.keys(result.observedMetrics).length > 0 && { observedMetrics: result.observedMetrics }),
    };
  }

  private durations(triggerMs: number, result: BatchResult): Record<string, number> {
    const { addBatch, commitOffsets, latestOffset, walCommit } = this.spentMs;
    const { planningMs = 0, getBatchMs = 0 } = result;
    return {
      addBatch: Math.round(Math.max(0, addBatch - getBatchMs)),
      commitOffsets: Math.round(commitOffsets),
      getBatch: Math.round(getBatchMs),
      latestOffset: Math.round(latestOffset),
      queryPlanning: Math.round(planningMs),
      triggerExecution: Math.round(triggerMs),
      walCommit: Math.round(walCommit),
    };
  }
}

/** A time as reports and events write it. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function noTime(): Record<Phase, number> {
  return { addBatch: 0, commitOffsets: 0, latestOffset: 0, walCommit: 0 };
}

/** Rows per second with one decimal, as Spark prints it; 0 for a span of no time. */
function rate(rows: number, seconds: number): number {
  return seconds > 0 ? Math.round((rows / seconds) * 10) / 10 : 0;
}

function sourcePosition(
  source: Source,
  startOffset: Offset | null,
  endOffset: Offset | null,
): Pick<SourceProgress, "description" | "startOffset" | "endOffset" | "latestOffset"> {
  return {
    description: source.description,
    startOffset,
    endOffset,
    latestOffset: source.reportLatestOffset?.() ?? null,
  };
}

/** Like Spark, the event times of the first watermark operator that saw rows, and the watermark of the batch. */
function eventTimeOf(
  stats: readonly EventTimeStats[],
  watermarkMs: number,
): Readonly<Record<string, string>> | undefined {
  if (stats.length === 0) return undefined;
  const watermark = isoTime(watermarkMs);
  const seen = stats.find((operator) => operator.seen !== undefined)?.seen;
  if (seen === undefined) return { watermark };
  return {
    avg: isoTime(Math.trunc(seen.avgMs)),
    max: isoTime(seen.maxMs),
    min: isoTime(seen.minMs),
    watermark,
  };
}
