import type { AsyncProgress, Options, Trigger } from "@ss/core";

const ENABLED = "asyncProgressTrackingEnabled";
const INTERVAL = "asyncProgressTrackingCheckpointIntervalMs";
const OVERRIDE = "_asyncProgressTrackingOverrideSinkSupportCheck";
const REAL_TIME_DEFAULT = "spark.sql.streaming.realTimeMode.asyncProgressTrackingByDefault.enabled";

/**
 * How a query tracks its progress, by the options of its writer; undefined: with each batch. In real-time mode it is beside the batches by
 * default, where that `isPossible`.
 */
export function asyncProgress(
  options: Options,
  trigger: Trigger,
  conf: (key: string) => string | undefined,
  isPossible: boolean,
): AsyncProgress | undefined {
  // Spark does not look at the options there
  if (trigger.kind === "continuous") return undefined;
  const realTime = trigger.kind === "realTime";
  const byDefault = realTime && isPossible && conf(REAL_TIME_DEFAULT) !== "false";
  if (!options.boolean(ENABLED, byDefault)) return undefined;
  return {
    intervalMs: options.integer(INTERVAL, realTime ? 0 : 1000, 0),
    overrideSinkCheck: options.boolean(OVERRIDE, false),
  };
}
