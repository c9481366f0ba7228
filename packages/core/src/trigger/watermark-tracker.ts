import { StreamError } from "../errors/stream-error.js";
import { parseDurationMs } from "../plugin/options.js";
import type { EventTimeStats } from "../query/stream-plan.js";
import {
  recoveredExplanation,
  type WatermarkExplanation,
  type WatermarkInput,
  watermarkExplanation,
} from "../query/watermark-explanation.js";

/** How the watermarks of several inputs become one. */
export type WatermarkPolicy = "min" | "max";

/** The configuration key of {@link WatermarkPolicy}; the offset log records it. */
export const WATERMARK_POLICY_KEY = "spark.sql.streaming.multipleWatermarkPolicy";

/** Reads the policy from its configuration text. */
export function watermarkPolicy(text: string): WatermarkPolicy {
  const policy = text.toLowerCase();
  if (policy === "min" || policy === "max") return policy;
  throw new StreamError({
    condition: "SS_INVALID_CONF",
    sqlState: "22023",
    parameters: { key: WATERMARK_POLICY_KEY, value: text },
    message: `Invalid value '${text}' for '${WATERMARK_POLICY_KEY}'. Valid values are 'min' and 'max'.`,
  });
}

/** How long an input may be without rows before the others go on without it; absent: for ever. A time span. */
export const IDLE_INPUT_KEY = "ss.streaming.idleInputTimeout";

/** Reads that time span in milliseconds; Infinity where there is none. */
export function idleInputTimeoutMs(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const timeoutMs = parseDurationMs(text);
  if (timeoutMs !== undefined && timeoutMs > 0) return timeoutMs;
  throw new StreamError({
    condition: "SS_INVALID_CONF",
    sqlState: "22023",
    parameters: { key: IDLE_INPUT_KEY, value: text },
    message: `Invalid value '${text}' for '${IDLE_INPUT_KEY}' or the option 'idleInputTimeout': give a time span, as in '5 minutes'.`,
  });
}

/** What is known of an input. */
interface Input {
  readonly name: string;
  readonly sources: readonly number[];
  readonly delayMs: number;
  /** 0 before the first row. */
  watermarkMs: number;
  lastRowsMs: number | null;
  /** When its watermark last rose. */
  roseMs: number | null;
  /** Until when it is known to have had no more rows: a batch may take long, and rows come meanwhile. */
  quietUntilMs: number;
  /** Whether its sources had rows, when they were looked at last, that no batch has read yet. */
  isWaiting: boolean;
}

/**
 * The watermark of a query. Each input, which is a watermark operator, stands at the largest event time that it has seen less its delay;
 * the query's watermark is the smallest (or largest) of these. Neither ever goes back.
 *
 * Only the query's watermark survives a restart. An input that has seen nothing in this run stands at 0, so under the
 * policy `min` the watermark stays where it was recovered until every input has seen rows again, as in Spark; unless it is idle: with a
 * timeout an input that has had no rows for so long does not count until it has some again. Where all are idle those count that had any.
 * Whether an input has none shows where its sources are looked at, not where a batch ends: rows that lie in a source are no lack of rows.
 */
export class WatermarkTracker {
  private readonly policy: WatermarkPolicy;
  private readonly timeoutMs: number;
  /** When the run began. */
  private readonly startMs: number;
  private inputs: Input[] = [];
  private globalMs: number;
  private movedMs: number | null = null;
  private hasSeenBatch = false;
  /** When sources were looked at last. */
  private lookedMs: number;

  constructor(
    policy: WatermarkPolicy,
    recoveredMs: number,
    startMs = 0,
    timeoutMs: number = Number.POSITIVE_INFINITY,
  ) {
    this.policy = policy;
    this.globalMs = recoveredMs;
    this.startMs = startMs;
    this.lookedMs = startMs;
    this.timeoutMs = timeoutMs;
  }

  get currentMs(): number {
    return this.globalMs;
  }

  /** Takes in what the watermark operators saw in a batch, in plan order. */
  update(eventTimes: readonly EventTimeStats[], nowMs: number): void {
    this.hasSeenBatch = true;
    eventTimes.forEach((stats, k) => {
      const known = (this.inputs[k] ??= this.newInput(stats));
      const { delayMs, seen } = stats;
      // the batch has read what was waiting
      if (known.isWaiting) known.quietUntilMs = this.lookedMs;
      known.isWaiting = false;
      if (seen === undefined) return;
      const before = known.lastRowsMs === null ? Number.NEGATIVE_INFINITY : known.watermarkMs;
      known.watermarkMs = Math.max(before, seen.maxMs - delayMs);
      known.lastRowsMs = nowMs;
      if (known.watermarkMs > before) known.roseMs = nowMs;
    });
    this.move(nowMs);
  }

  /** Takes in which sources have rows that no batch has read yet, by their places in the plan; so some inputs become idle. */
  look(nowMs: number, waiting: readonly boolean[] = []): void {
    this.lookedMs = nowMs;
    for (const input of this.inputs) {
      input.isWaiting = input.sources.some((source) => waiting[source]);
      if (!input.isWaiting) input.quietUntilMs = nowMs;
    }
    this.move(nowMs);
  }

  /** When the next input becomes idle; null: none does. */
  get dueMs(): number | null {
    const due = this.inputs.map((input) => this.idleAt(input)).filter((ms) => ms > this.lookedMs);
    const first = Math.min(...due);
    return Number.isFinite(first) ? first : null;
  }

  explain(): WatermarkExplanation {
    if (!this.hasSeenBatch) return recoveredExplanation(this.policy, this.globalMs);
    const inputs = this.inputs.map(({ name, delayMs, watermarkMs, lastRowsMs }, k): WatermarkInput => {
      const isIdle = this.isIdle(this.inputs[k]!);
      return { name, delayMs, watermarkMs: lastRowsMs === null ? null : watermarkMs, lastRowsMs, isIdle };
    });
    const chosen = this.chosen();
    const heldBackBy = chosen && {
      input: inputs[this.inputs.indexOf(chosen)]!,
      sinceMs: chosen.roseMs ?? this.startMs,
    };
    return watermarkExplanation({
      policy: this.policy,
      watermarkMs: this.globalMs,
      movedMs: this.movedMs,
      inputs,
      heldBackBy: heldBackBy ?? null,
    });
  }

  private newInput({ input = "the event time", sources = [], delayMs }: EventTimeStats): Input {
    return {
      name: input,
      sources,
      delayMs,
      watermarkMs: 0,
      lastRowsMs: null,
      roseMs: null,
      quietUntilMs: this.startMs,
      isWaiting: false,
    };
  }

  private move(nowMs: number): void {
    const chosen = this.chosen();
    if (chosen === undefined || chosen.watermarkMs <= this.globalMs) return;
    this.globalMs = chosen.watermarkMs;
    this.movedMs = nowMs;
  }

  /** When an input becomes idle if no rows come; an only one never does, and under `max` none has to be waited for. */
  private idleAt({ lastRowsMs }: Input): number {
    if (this.policy === "max" || this.inputs.length < 2) return Number.POSITIVE_INFINITY;
    return (lastRowsMs ?? this.startMs) + this.timeoutMs;
  }

  private isIdle(input: Input): boolean {
    return !input.isWaiting && this.idleAt(input) <= input.quietUntilMs;
  }

  /** The input whose watermark is that of the query; undefined before the first batch. */
  private chosen(): Input | undefined {
    const { inputs, policy } = this;
    const candidates = [
      inputs.filter((input) => !this.isIdle(input)),
      inputs.filter(({ lastRowsMs }) => lastRowsMs !== null),
      inputs,
    ];
    const counted = candidates.find((some) => some.length > 0);
    return counted?.reduce((a, b) => {
      return (policy === "min" ? b.watermarkMs < a.watermarkMs : b.watermarkMs > a.watermarkMs) ? b : a;
    });
  }
}
