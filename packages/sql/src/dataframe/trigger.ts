import { type Trigger as CoreTrigger, parseDurationMs, StreamError } from "@ss/core";

/** When a query runs its batches, as in Spark: `Trigger.ProcessingTime("1 minute")`. */
export const Trigger = {
  /** A batch each interval, at its multiples; `0` is as fast as it can. The interval in milliseconds or as text. */
  ProcessingTime(interval: number | string): CoreTrigger {
    const intervalMs = typeof interval === "number" ? interval : parseDurationMs(interval);
    if (intervalMs === undefined || !Number.isFinite(intervalMs) || intervalMs < 0)
      throw badInterval(String(interval));
    return intervalMs === 0 ? { kind: "default" } : { kind: "processingTime", intervalMs };
  },
  /** One batch of all there is. */
  Once(): CoreTrigger {
    return { kind: "once" };
  },
  /** All there is now, in as many batches as the limits ask for. */
  AvailableNow(): CoreTrigger {
    return { kind: "availableNow" };
  },
} as const;

/** A trigger in the form of PySpark: `{ processingTime: "10 seconds" }`. */
export type TriggerOptions =
  | { readonly processingTime: string | number }
  | { readonly once: true }
  | { readonly availableNow: true };

/** The trigger that some options mean. */
export function triggerOf(trigger: CoreTrigger | TriggerOptions): CoreTrigger {
  if ("kind" in trigger) return trigger;
  if ("processingTime" in trigger) return Trigger.ProcessingTime(trigger.processingTime);
  if ("once" in trigger) return Trigger.Once();
  if ("availableNow" in trigger) return Trigger.AvailableNow();
  throw new StreamError({
    condition: "SS_UNKNOWN_TRIGGER",
    sqlState: "22023",
    parameters: { trigger: Object.keys(trigger).join() },
    message: `There is no trigger '${Object.keys(trigger).join()}'; there are processingTime, once and availableNow.`,
  });
}

function badInterval(text: string): StreamError {
  return new StreamError({
    condition: "CANNOT_PARSE_INTERVAL",
    sqlState: "22006",
    parameters: { intervalString: `'${text}'` },
    message: `'${text}' is not an interval that a trigger can have: give milliseconds or a text such as '10 seconds'.`,
  });
}
