import { isKeptTime } from "../clock/kept-time.js";
import { parseDurationMs } from "../plugin/options.js";
import type { GroupState, GroupStateTimeout } from "./group-state.js";
import {
  invalidSpan,
  invalidTimeout,
  noEventTimeTimeout,
  noGroupState,
  noProcessingTimeTimeout,
  noWatermark,
  nullGroupState,
} from "./group-state-errors.js";

/** What holds for all groups of a batch. */
export interface GroupStateMoment {
  readonly timeout: GroupStateTimeout;
  readonly processingTimeMs: number;
  /** Undefined for an input without a watermark. */
  readonly watermarkMs: number | undefined;
}

/** A group state that notes what the function did with it, for whoever keeps the states. */
export class TrackedGroupState<S> implements GroupState<S> {
  readonly hasTimedOut: boolean;
  /** What the function left behind. */
  isUpdated = false;
  isRemoved = false;
  /** When the group is to time out; undefined where the function set no timeout. */
  timeoutTimestampMs: number | undefined = undefined;
  private readonly moment: GroupStateMoment;
  private value: S | undefined;

  constructor(moment: GroupStateMoment, value: S | undefined, hasTimedOut: boolean) {
    this.moment = moment;
    this.value = value;
    this.hasTimedOut = hasTimedOut;
  }

  get exists(): boolean {
    return this.value !== undefined;
  }

  get(): S {
    if (this.value === undefined) throw noGroupState();
    return this.value;
  }

  getOption(): S | undefined {
    return this.value;
  }

  update(state: S): void {
    if (state === null || state === undefined) throw nullGroupState();
    this.value = state;
    this.isUpdated = true;
    this.isRemoved = false;
  }

  remove(): void {
    this.value = undefined;
    this.isUpdated = false;
    this.isRemoved = true;
  }

  setTimeoutDuration(duration: number | string): void {
    const { timeout, processingTimeMs } = this.moment;
    if (timeout !== "ProcessingTimeTimeout") throw noProcessingTimeTimeout();
    const durationMs = typeof duration === "number" ? duration : spanMs(duration);
    if (!(durationMs >= 1)) throw invalidTimeout("Timeout duration must be positive.");
    this.timeoutTimestampMs = keptTimeout(processingTimeMs + durationMs);
  }

  setTimeoutTimestamp(timestamp: number | Date, additional?: string): void {
    const { timeout, watermarkMs } = this.moment;
    if (timeout !== "EventTimeTimeout") throw noEventTimeTimeout();
    const baseMs = typeof timestamp === "number" ? timestamp : timestamp.getTime();
    const timestampMs = additional === undefined ? baseMs : baseMs + spanMs(additional);
    if (!(timestampMs > 0)) throw invalidTimeout("Timeout timestamp must be positive.");
    if (watermarkMs !== undefined && timestampMs < watermarkMs) {
      throw invalidTimeout(
        `Timeout timestamp (${timestampMs}) cannot be earlier than the current watermark (${watermarkMs}).`,
      );
    }
    this.timeoutTimestampMs = keptTimeout(timestampMs);
  }

  getCurrentProcessingTimeMs(): number {
    return this.moment.processingTimeMs;
  }

  getCurrentWatermarkMs(): number {
    if (this.moment.watermarkMs === undefined) throw noWatermark();
    return this.moment.watermarkMs;
  }
}

function keptTimeout(timestampMs: number): number {
  if (isKeptTime(timestampMs)) return Math.trunc(timestampMs);
  throw invalidTimeout(
    `Timeout timestamp (${timestampMs}) is no point in time: a group that is to wait for ever sets no timeout.`,
  );
}

/** Days that a month counts where its beginning is not known, and a year of twelve such months. */
const DAYS_PER_MONTH = 31;

/** A span of time as text, in milliseconds; one back in time is refused. */
function spanMs(text: string): number {
  const days = text.replaceAll(/([+-]?\d+)\s*(months?|years?)/gi, (_, count: string, unit: string) => {
    const months = Number(count) * (unit.toLowerCase().startsWith("y") ? 12 : 1);
    return `${months * DAYS_PER_MONTH} days`;
  });
  const ms = parseDurationMs(days);
  if (ms === undefined || /^[+-]?\d+$/.test(text.trim())) throw invalidSpan(text);
  if (ms < 0) throw invalidTimeout(`Provided duration (${text}) is negative.`);
  return ms;
}
