import { type Trigger as CoreTrigger, parseDurationMs, StreamError } from "@ss/core";
import { valueText } from "../expression/value-text.js";

/** When a query runs its batches, as in Spark: `Trigger.ProcessingTime("1 minute")`. */
export const Trigger = {
  /** A batch each interval, at its multiples; `0` is as fast as it can. The interval in milliseconds or as text. */
  ProcessingTime(interval: number | string): CoreTrigger {
    const intervalMs = milliseconds(interval, 0);
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
  /** Rows flow as they come, at least once; what has come is committed at the multiples of the interval. */
  Continuous(interval: number | string): CoreTrigger {
    return { kind: "continuous", intervalMs: milliseconds(interval, 1) };
  },
  /** Rows flow as they come within batches that last so long, and each batch is committed at its end. */
  RealTime(batchDuration: number | string = "5 minutes"): CoreTrigger {
    return { kind: "realTime", durationMs: milliseconds(batchDuration, 1) };
  },
} as const;

/** A trigger in the form of PySpark: `{ processingTime: "10 seconds" }`. */
export type TriggerOptions =
  | { readonly processingTime: string | number }
  | { readonly once: true }
  | { readonly availableNow: true }
  | { readonly continuous: string | number }
  | { readonly realTime: string | number };

/** The trigger that some options mean. */
export function triggerOf(trigger: CoreTrigger | TriggerOptions): CoreTrigger {
  if (typeof trigger !== "object" || trigger === null) throw unknownTrigger(valueText(trigger));
  if ("kind" in trigger) return trigger;
  const names = Object.keys(trigger);
  if (names.length > 1) throw severalTriggers(names);
  for (const name of ["once", "availableNow"] as const) {
    const value = (trigger as Readonly<Record<string, unknown>>)[name];
    if (name in trigger && value !== true) throw notTrue(name, value);
  }
  if ("processingTime" in trigger) return Trigger.ProcessingTime(trigger.processingTime);
  if ("once" in trigger) return Trigger.Once();
  if ("availableNow" in trigger) return Trigger.AvailableNow();
  if ("continuous" in trigger) return Trigger.Continuous(trigger.continuous);
  if ("realTime" in trigger) return Trigger.RealTime(trigger.realTime);
  throw unknownTrigger(names.join());
}

function unknownTrigger(trigger: string): StreamError {
  return new StreamError({
    condition: "SS_UNKNOWN_TRIGGER",
    sqlState: "22023",
    parameters: { trigger },
    message: `There is no trigger '${trigger}'; there are processingTime, once, availableNow, continuous and realTime.`,
  });
}

function severalTriggers(names: readonly string[]): StreamError {
  return new StreamError({
    condition: "ONLY_ALLOW_SINGLE_TRIGGER",
    parameters: { triggers: names.join(", ") },
    message: `A query has one trigger, but ${names.join(" and ")} were given: leave one of them.`,
  });
}

function notTrue(name: string, value: unknown): StreamError {
  const text = valueText(value);
  return new StreamError({
    condition: "VALUE_NOT_TRUE",
    parameters: { arg_name: name, value: text },
    message: `The trigger '${name}' is true where it is given, but it was ${text}: leave it out, or choose another.`,
  });
}

function milliseconds(interval: number | string, min: number): number {
  const ms = typeof interval === "number" ? interval : parseDurationMs(String(interval));
  if (ms === undefined || !Number.isFinite(ms) || ms < min) throw badInterval(String(interval));
  return ms;
}

function badInterval(text: string): StreamError {
  return new StreamError({
    condition: "CANNOT_PARSE_INTERVAL",
    sqlState: "22006",
    parameters: { intervalString: `'${text}'` },
    message: `'${text}' is not an interval that a trigger can have: give milliseconds or a text such as '10 seconds'.`,
  });
}
