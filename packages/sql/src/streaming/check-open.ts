import { type OpenTrigger, type OutputMode, StreamError } from "@ss/core";
import type { StreamTarget } from "../dataframe/executor.js";
import { exists } from "../expression/children.js";
import type { Expression } from "../expression/expression.js";
import { keyedName } from "../logical/keyed.js";
import type { LogicalPlan, Read } from "../logical/plan.js";
import { childrenOf, expressionsOf, isStreaming } from "../logical/transform.js";
import { refused } from "./refusal.js";

/** What the continuous trigger runs. */
const BY_ROW: ReadonlySet<LogicalPlan["kind"]> = new Set(["source", "project", "filter", "mapRows"]);

const CURRENT_TIME = new Set([
  "current_timestamp",
  "current_date",
  "localtimestamp",
  "current_time",
  "$now_seconds",
]);

/** Refuses what the continuous trigger does not run: everything but row by row (rules U49 and U50 of Spark's checker). */
export function checkContinuous(plan: LogicalPlan): void {
  for (const child of childrenOf(plan)) checkContinuous(child);
  if (!BY_ROW.has(plan.kind)) {
    // grouping by a key is an operation of its own there, which comes first
    const name = plan.kind === "keyed" ? "AppendColumns" : nodeName(plan);
    throw refused(`Continuous processing does not support ${name} operations.`);
  }
  const isTime = (e: Expression): boolean => e.kind === "scalar" && CURRENT_TIME.has(e.fn.names[0]!);
  if (expressionsOf(plan).some((e) => exists(e, isTime))) {
    throw refused("Continuous processing does not support current time operations.");
  }
}

/** Settings of the checks for real-time mode. */
export interface RealTimeSettings {
  /** `spark.sql.streaming.unsupportedOperationCheck`. */
  readonly enabled: boolean;
  /** `spark.sql.streaming.realTimeMode.allowlistCheck`. */
  readonly allowlist: boolean;
  /** `spark.sql.streaming.realTimeMode.minBatchDuration`. */
  readonly minDurationMs: number;
  /** What the program has set a key to; undefined where it leaves it as it is. */
  readonly set: (key: string) => string | undefined;
}

/** Refuses what Spark's real-time mode does not run; without the allow-list every operator runs that has a part of its rows at a time. */
export function checkRealTime(
  plan: LogicalPlan,
  trigger: Extract<OpenTrigger, { kind: "realTime" }>,
  mode: OutputMode,
  target: StreamTarget,
  settings: RealTimeSettings,
): void {
  const sink = target.kind === "format" ? target.format.toLowerCase() : target.kind;
  if (settings.allowlist && !LISTED_SINKS.has(sink)) throw notListed("sink", [sink]);
  if (trigger.durationMs < settings.minDurationMs)
    throw shortDuration(trigger.durationMs, settings.minDurationMs);
  checkSettings(settings.set);
  if (mode !== "update") throw wrongMode(mode);
  checkUnions(plan, settings.enabled);
  if (!settings.allowlist) return;
  const operators = [...new Set(unlisted(plan))];
  if (operators.length > 0) throw notListed("operator", operators);
}

const FORMAT_KEY = "spark.sql.streaming.stateStore.checkpointFormatVersion";
const ALLOW_FORMAT_V1_KEY = "spark.sql.streaming.realTimeMode.dangerouslyAllowCheckpointV1.enabled";
const PROVIDER_KEY = "spark.sql.streaming.stateStore.providerClass";
const ROCKSDB = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider";
const SORT_KEY = "spark.sql.execution.sortBeforeRepartition";

/** Refuses what a program has set to values that Spark's real-time mode does not run with. */
function checkSettings(set: RealTimeSettings["set"]): void {
  const reasons: string[] = [];
  const expect = (key: string, value: string): void => {
    reasons.push(`${reasons.length + 1}. ${key} must be ${value}`);
  };
  const format = set(FORMAT_KEY);
  if (set(ALLOW_FORMAT_V1_KEY) !== "true" && format !== undefined && Number(format) < 2) {
    expect(FORMAT_KEY, "2 or above");
  }
  // a store under a name of its own is not one of Spark's
  const provider = set(PROVIDER_KEY);
  if (provider?.startsWith("org.apache.spark.") && provider !== ROCKSDB) expect(PROVIDER_KEY, ROCKSDB);
  if (set(SORT_KEY)?.toLowerCase() === "true") expect(SORT_KEY, "false");
  if (reasons.length > 0) throw settingsRefused(reasons.join("; "));
}

const LISTED_SINKS: ReadonlySet<string> = new Set(["console", "memory", "kafka", "foreach"]);

/** The operators of a plan that are not on Spark's list, by the names of Spark's operators. */
function unlisted(plan: LogicalPlan): string[] {
  const below = childrenOf(plan).flatMap(unlisted);
  // what only tables go through is read before the rows flow
  return isStreaming(plan) && !isListed(plan) ? [...below, operatorName(plan)] : below;
}

function isListed(plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case "source":
    case "project":
    case "filter":
    case "mapRows":
    case "generate":
    case "expand":
    case "observe":
    case "aggregate":
      return true;
    case "setOperation":
      return plan.type === "union";
    case "deduplicate":
      return !plan.withinWatermark;
    case "join":
      return !(isStreaming(plan.left) && isStreaming(plan.right));
    default:
      return false;
  }
}

function operatorName(plan: LogicalPlan): string {
  switch (plan.kind) {
    case "join":
      return "StreamingSymmetricHashJoinExec";
    case "deduplicate":
      return "StreamingDeduplicateWithinWatermarkExec";
    case "limit":
      return "StreamingGlobalLimitExec";
    default:
      return `${nodeName(plan)}Exec`;
  }
}

/** Spark's name of a logical node. */
function nodeName(plan: LogicalPlan): string {
  switch (plan.kind) {
    case "withWatermark":
      return "EventTimeWatermark";
    case "limit":
      return "LocalLimit";
    case "keyed":
      return keyedName(plan.program);
    case "observe":
      return "CollectMetrics";
    case "oneRow":
      return "OneRowRelation";
    case "columnar":
      return "LocalRelation";
    case "setOperation":
      return plan.sequential ? "SequentialStreamingUnion" : capital(plan.type);
    case "deduplicate":
      return plan.withinWatermark ? "DeduplicateWithinWatermark" : "Deduplicate";
    default:
      return capital(plan.kind);
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function checkUnions(plan: LogicalPlan, enabled: boolean): void {
  if (plan.kind === "setOperation" && plan.type === "union" && isStreaming(plan)) {
    const reads = readsOf(plan);
    const texts = reads.map(readText);
    if (new Set(texts).size < texts.length) throw identicalSources(texts);
    if (enabled && plan.children.some(keepsState)) throw statefulBeforeUnion();
  }
  for (const child of childrenOf(plan)) checkUnions(child, enabled);
}

function readsOf(plan: LogicalPlan): Read[] {
  if (plan.kind === "source") return plan.read.streaming ? [plan.read] : [];
  return childrenOf(plan).flatMap(readsOf);
}

function readText({ format, options, paths }: Read): string {
  return `${format}${JSON.stringify([Object.entries(options).sort(), paths])}`;
}

/** Whether something below or at a node remembers rows of a stream. */
export function keepsState(plan: LogicalPlan): boolean {
  if (!isStreaming(plan)) return false;
  switch (plan.kind) {
    case "aggregate":
    case "deduplicate":
    case "limit":
      return true;
    case "keyed":
      if (plan.program.kind !== "stateless") return true;
  }
  if (plan.kind === "join" && isStreaming(plan.left) && isStreaming(plan.right)) return true;
  return childrenOf(plan).some(keepsState);
}

function realTimeError(
  name: string,
  parameters: Readonly<Record<string, string>>,
  message: string,
): StreamError {
  return new StreamError({
    condition: `STREAMING_REAL_TIME_MODE.${name}`,
    sqlState: "0A000",
    parameters,
    message,
  });
}

function wrongMode(mode: OutputMode): StreamError {
  const outputMode = capital(mode);
  return realTimeError(
    "OUTPUT_MODE_NOT_SUPPORTED",
    { outputMode },
    `The output mode ${outputMode} is not supported in real-time mode. Set the output mode to Update.`,
  );
}

function notListed(errorType: "operator" | "sink", names: readonly string[]): StreamError {
  const message = `${names.join(", ")} ${names.length === 1 ? "is" : "are"}`;
  return realTimeError(
    "OPERATOR_OR_SINK_NOT_IN_ALLOWLIST",
    { errorType, message },
    `The ${errorType}(s): ${message} not in the ${errorType} allowlist for Real-Time Mode. ` +
      `With spark.sql.streaming.realTimeMode.allowlistCheck set to false the query runs all the same.`,
  );
}

function settingsRefused(invalidReasons: string): StreamError {
  return realTimeError(
    "SQL_CONFIGURATION_NOT_SUPPORTED",
    { invalidReasons },
    `The configuration of the session does not go with real-time mode: ${invalidReasons}. Set these keys so, or unset them.`,
  );
}

function identicalSources(texts: readonly string[]): StreamError {
  const sources = texts.join(", ");
  return realTimeError(
    "IDENTICAL_SOURCES_IN_UNION_NOT_SUPPORTED",
    { sources },
    `Real-time mode does not support a union of identical sources; the query has ${sources}. Read what they have in common once.`,
  );
}

function statefulBeforeUnion(): StreamError {
  return realTimeError(
    "STATEFUL_OPERATORS_BEFORE_UNION_NOT_SUPPORTED",
    {},
    "In real-time mode there may be no stateful operators before a union: make the union first.",
  );
}

function shortDuration(durationMs: number, minDurationMs: number): StreamError {
  return new StreamError({
    condition: "INVALID_STREAMING_REAL_TIME_MODE_TRIGGER_INTERVAL",
    sqlState: "22023",
    parameters: { interval: String(durationMs), minBatchDuration: String(minDurationMs) },
    message:
      `The real-time trigger interval is set to ${durationMs} ms, which is less than the ${minDurationMs} ms of ` +
      "spark.sql.streaming.realTimeMode.minBatchDuration.",
  });
}
