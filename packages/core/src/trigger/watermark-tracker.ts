import { StreamError } from "../errors/stream-error.js";
import type { EventTimeStats } from "../query/stream-plan.js";

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

/**
 * The watermark of a query. Each watermark operator stands at the largest event time that it has seen less its delay; the
 * query's watermark is the smallest (or largest) of these. Neither ever goes back.
 *
 * Only the query's watermark survives a restart. An operator that has seen nothing in this run stands at 0, so under the
 * policy `min` the watermark stays where it was recovered until every operator has seen rows again, as in Spark.
 */
export class WatermarkTracker {
  private readonly policy: WatermarkPolicy;
  private readonly operatorsMs: number[] = [];
  private globalMs: number;

  constructor(policy: WatermarkPolicy, recoveredMs: number) {
    this.policy = policy;
    this.globalMs = recoveredMs;
  }

  get currentMs(): number {
    return this.globalMs;
  }

  /** Takes in what the watermark operators saw in a batch, in plan order. */
  update(eventTimes: readonly EventTimeStats[]): void {
    if (eventTimes.length === 0) return;
    eventTimes.forEach(({ delayMs, seen }, k) => {
      const before = this.operatorsMs[k];
      if (seen === undefined) this.operatorsMs[k] = before ?? 0;
      else this.operatorsMs[k] = Math.max(before ?? Number.NEGATIVE_INFINITY, seen.maxMs - delayMs);
    });
    const chosen = this.policy === "min" ? Math.min(...this.operatorsMs) : Math.max(...this.operatorsMs);
    this.globalMs = Math.max(this.globalMs, chosen);
  }
}
