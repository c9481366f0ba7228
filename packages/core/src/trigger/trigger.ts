/** When a query runs its batches. */
export type Trigger =
  /** The next batch as soon as the one before ends and there is something to do. */
  | { readonly kind: "default" }
  /** At multiples of the interval since 1970; a batch that takes longer is followed at once by the next boundary's. */
  | { readonly kind: "processingTime"; readonly intervalMs: number }
  /** One batch of all there is, without limits, and no batch without data. */
  | { readonly kind: "once" }
  /** All that is there at the start, in batches within the limits, then a batch without data if the watermark asks for one. */
  | { readonly kind: "availableNow" }
  /** Open batches (epochs): rows flow as they come, and at multiples of the interval since 1970 what has come is committed. */
  | { readonly kind: "continuous"; readonly intervalMs: number }
  /** Open batches that last so long: rows flow as they come, and at the end of a batch it is committed. */
  | { readonly kind: "realTime"; readonly durationMs: number };

/** The triggers of open batches. */
export type OpenTrigger = Extract<Trigger, { kind: "continuous" | "realTime" }>;

/** When an open batch that begins now is to be closed. */
export function closingTimeMs(trigger: OpenTrigger, nowMs: number): number {
  if (trigger.kind === "realTime") return nowMs + trigger.durationMs;
  return Math.floor(nowMs / trigger.intervalMs) * trigger.intervalMs + trigger.intervalMs;
}
