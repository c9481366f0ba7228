import { type OutputMode, StreamError } from "@ss/core";
import { exists } from "../expression/children.js";
import type { Alias, Attribute, Expression } from "../expression/expression.js";
import { typeOf } from "../expression/type-of.js";
import { isEventTime } from "../logical/event-time-column.js";
import type { Keyed } from "../logical/keyed.js";
import { outputOf } from "../logical/output.js";
import type { Aggregate, Deduplicate, LogicalPlan } from "../logical/plan.js";
import { isSessionWindow } from "../logical/session-window.js";
import { childrenOf, expressionsOf, isStreaming } from "../logical/transform.js";
import { pruneColumns } from "../optimizer/prune-columns.js";
import { checkJoin } from "./check-join.js";
import { checkEventTime, checkGroupsWithState, checkPrograms } from "./check-keyed.js";
import { checkSequences } from "./check-sequence.js";
import { checkWindows } from "./check-windows.js";
import { refused } from "./refusal.js";

/** Settings that the checks depend on. */
export interface CheckSettings {
  /** `spark.sql.streaming.unsupportedOperationCheck`. */
  readonly enabled: boolean;
  /** `spark.sql.streaming.statefulOperator.allowMultiple`. */
  readonly allowMultiple: boolean;
  /** `spark.sql.streaming.statefulOperator.checkCorrectness.enabled`. */
  readonly checkCorrectness: boolean;
  /** `spark.sql.streaming.stateStore.encodingFormat`. */
  readonly encodingFormat: string;
  /** `spark.sql.streaming.stateStore.providerClass`, where the program has set it. */
  readonly providerClass: string | undefined;
}

/** Spark's provider of stores with one table each. */
const SINGLE_TABLE_PROVIDER = "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider";

/** Refuses a batch query over a stream. */
export function checkBatch(plan: LogicalPlan): void {
  if (isWithinWatermark(plan)) {
    throw refused(
      "dropDuplicatesWithinWatermark is not supported with batch DataFrames/DataSets: use dropDuplicates(...).",
    );
  }
  if (hasStreamingSubquery(plan)) throw streamingSubquery();
  if (!isStreaming(plan)) return;
  throw refused(
    "Queries with streaming sources must be executed with writeStream.start(), or from a streaming table or flow definition within a Spark Declarative Pipeline.",
  );
}

/** Refuses what Structured Streaming does not run in an output mode (rules U3 to U47 of Spark's checker, as far as the operators exist). */
export function checkStreaming(plan: LogicalPlan, mode: OutputMode, settings: CheckSettings): void {
  if (hasStreamingSubquery(plan)) throw streamingSubquery();
  if (!isStreaming(plan)) throw notAStream();
  checkSequences(plan);
  const nodes = streamingNodes(plan);
  // Spark refuses this one whether or not it checks
  if (
    mode === "update" &&
    nodes.some((node) => node.kind === "aggregate" && node.keys.some(isSessionWindow))
  ) {
    throw unsupportedMode(mode, "session window streaming aggregations");
  }
  if (!settings.enabled) return;
  const aggregates = nodes.filter((node) => node.kind === "aggregate" || node.kind === "deduplicate");
  const keyed = nodes.filter((node): node is Keyed => node.kind === "keyed");
  const { providerClass } = settings;
  if (providerClass === SINGLE_TABLE_PROVIDER && keyed.some(({ program }) => program.kind === "processor")) {
    throw singleTableProvider(providerClass);
  }
  checkPrograms(keyed, mode);
  checkEventTime(nodes);
  if (settings.encodingFormat.toLowerCase() === "avro") nodes.forEach(checkAvro);
  checkOutputMode(nodes, mode);
  const aggregated = nodes.some((node) => node.kind === "aggregate");
  for (const node of nodes) checkNode(node, mode, aggregated);
  checkWindows(plan);
  checkExpressions(plan);
  for (const node of streamingNodes(pruneColumns(plan))) {
    for (const columns of keptColumns(node)) checkOneEventTime(columns);
  }
  if (settings.allowMultiple) checkWatermarks(plan);
  else if (aggregates.length + keyed.length > 1) throw severalStatefulOperators();
  if (settings.checkCorrectness) checkChain(plan, mode);
}

/** Whether a subquery in an expression reads a stream. */
function hasStreamingSubquery(plan: LogicalPlan): boolean {
  const reads = (part: Expression): boolean =>
    part.kind === "subquery" && (isStreaming(part.plan) || hasStreamingSubquery(part.plan));
  return expressionsOf(plan).some((e) => exists(e, reads)) || childrenOf(plan).some(hasStreamingSubquery);
}

/** All nodes that rows of a stream pass. */
function streamingNodes(plan: LogicalPlan): LogicalPlan[] {
  if (!isStreaming(plan)) return [];
  return [plan, ...childrenOf(plan).flatMap(streamingNodes)];
}

function checkOutputMode(nodes: readonly LogicalPlan[], mode: OutputMode): void {
  const aggregates = nodes.filter((node): node is Aggregate => node.kind === "aggregate");
  if (mode === "complete" && aggregates.length === 0) {
    throw unsupportedMode(mode, "no streaming aggregations");
  }
  if (mode !== "append") return;
  for (const aggregate of aggregates) {
    if (!aggregate.keys.some(isEventTime)) {
      throw unsupportedMode(mode, "streaming aggregations without watermark");
    }
  }
}

function checkNode(node: LogicalPlan, mode: OutputMode, aggregated: boolean): void {
  switch (node.kind) {
    case "aggregate":
      return checkAggregate(node);
    case "deduplicate":
      return checkDeduplicate(node);
    case "join":
      return checkJoin(node, mode);
    case "keyed":
      return checkGroupsWithState(node, mode, aggregated);
    case "setOperation":
      return checkSet(node);
    case "limit":
      if (mode !== "update") return;
      throw refused("Limits are not supported on streaming DataFrames/Datasets in Update output mode");
    case "offset":
      throw refused("Offset is not supported on streaming DataFrames/Datasets");
    case "sort":
      if (mode === "complete" && containsAggregate(node.child)) return;
      throw refused(
        "Sorting is not supported on streaming DataFrames/Datasets, unless it is on aggregated DataFrame/Dataset in Complete output mode",
      );
    case "sample":
      throw refused("Sampling is not supported on streaming DataFrames/Datasets");
    default:
      return;
  }
}

/** State in Avro is for the variables of processors alone. */
function checkAvro(node: LogicalPlan): void {
  const operator = avroRefused(node);
  if (operator === undefined) return;
  throw refused(
    `State store encoding format as avro is not supported for operator=${operator} used within the query`,
  );
}

function avroRefused(node: LogicalPlan): string | undefined {
  switch (node.kind) {
    case "aggregate":
      return "aggregation";
    case "deduplicate":
      return node.withinWatermark ? "dropDuplicatesWithinWatermark" : "dropDuplicates";
    case "join":
      return isStreaming(node.left) && isStreaming(node.right) ? "join" : undefined;
    case "keyed":
      return node.program.kind === "groups" ? "flatMapGroupsWithState" : undefined;
    default:
      return undefined;
  }
}

function checkDeduplicate(node: Deduplicate): void {
  if (node.withinWatermark && !outputOf(node.child).some(isEventTime)) {
    throw refused(
      "dropDuplicatesWithinWatermark is not supported on streaming DataFrames/DataSets without watermark: call withWatermark(...) first, and keep its column.",
    );
  }
}

function isWithinWatermark(plan: LogicalPlan): boolean {
  if (plan.kind === "deduplicate" && plan.withinWatermark) return true;
  return childrenOf(plan).some(isWithinWatermark);
}

/** Whether rows of a stream are aggregated at or below a node. */
function containsAggregate(plan: LogicalPlan): boolean {
  if (!isStreaming(plan)) return false;
  return plan.kind === "aggregate" || childrenOf(plan).some(containsAggregate);
}

function checkAggregate(node: Aggregate): void {
  const distinct = node.expressions.some((e) =>
    exists(e, (part) => part.kind === "aggregate" && part.distinct),
  );
  if (!distinct) return;
  throw refused(
    "Distinct aggregations are not supported on streaming DataFrames/Datasets. Consider using approx_count_distinct() instead.",
  );
}

/** Expressions that no node of a streaming query may hold, nor one of a table beside the stream. */
function checkExpressions(plan: LogicalPlan): void {
  const name = "monotonically_increasing_id";
  const unsupported = (e: Expression): boolean => e.kind === "scalar" && e.fn.names[0] === name;
  if (expressionsOf(plan).some((e) => exists(e, unsupported))) {
    throw refused(`Expression(s): ${name}() is not supported with streaming DataFrames/Datasets`);
  }
  for (const child of childrenOf(plan)) checkExpressions(child);
}

function checkSet(node: Extract<LogicalPlan, { kind: "setOperation" }>): void {
  const streams = node.children.map(isStreaming);
  if (node.type === "union" && streams.some((one) => one !== streams[0])) {
    throw refused("Union between streaming and batch DataFrames/Datasets is not supported");
  }
  if (node.type === "except" && streams[1]) {
    throw refused("Except on a streaming DataFrame/Dataset on the right is not supported");
  }
  if (node.type === "intersect") throw refused("Intersect of streaming DataFrames/Datasets is not supported");
  if (node.type === "except") throw exceptAll();
}

/** Whether an operator keeps rows of a stream from batch to batch by their event times. */
function isKeeping(plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case "join":
      return isStreaming(plan.left) && isStreaming(plan.right);
    case "deduplicate":
      return plan.withinWatermark === true || (plan.columns ?? []).some(isEventTime);
    case "keyed":
      return plan.program.kind !== "stateless";
    default:
      return plan.kind === "aggregate";
  }
}

/** Whether rows that an operator gives out may be older than the watermark of those that keep rows above it, or are given out once more. */
function mayBeLate(plan: LogicalPlan, mode: OutputMode): boolean {
  if (plan.kind === "keyed") {
    const { program } = plan;
    return isStreaming(plan) && program.kind === "groups" && program.timeout === "EventTimeTimeout";
  }
  return plan.kind === "aggregate" && mode !== "append" && isStreaming(plan);
}

function contains(plan: LogicalPlan, test: (plan: LogicalPlan) => boolean): boolean {
  return test(plan) || childrenOf(plan).some((child) => contains(child, test));
}

/**
 * An operator that keeps the results of an aggregation: outside of append mode those are given out again when they change, and it would
 * take each of their versions for another row. Or those of a group's timeout, whose event times may be any.
 */
function checkChain(plan: LogicalPlan, mode: OutputMode): void {
  if (!isStreaming(plan)) return;
  const late = (below: LogicalPlan): boolean => mayBeLate(below, mode);
  if (isKeeping(plan) && childrenOf(plan).some((child) => contains(child, late))) {
    throw refused(
      "Detected pattern of possible 'correctness' issue due to global watermark. An operator that keeps rows reads the results of an aggregation, which outside of append mode are given out each time they change, or those of flatMapGroupsWithState with event-time timeouts, which may be late. Write in append mode, with a watermark, or set spark.sql.streaming.statefulOperator.checkCorrectness.enabled to false to run it all the same.",
    );
  }
  for (const child of childrenOf(plan)) checkChain(child, mode);
}

/** The columns that decide when the rows end that a stateful operator keeps, one list for each of its inputs. */
function keptColumns(node: LogicalPlan): readonly (readonly (Attribute | Expression)[])[] {
  switch (node.kind) {
    case "aggregate":
      return [node.keys];
    case "deduplicate":
      return [outputOf(node.child)];
    case "keyed":
      return node.program.kind === "stateless" ? [] : [outputOf(node.children[0])];
    case "join":
      return isStreaming(node.left) && isStreaming(node.right)
        ? [outputOf(node.left), outputOf(node.right)]
        : [];
    default:
      return [];
  }
}

function checkOneEventTime(columns: readonly Expression[]): void {
  const marked = columns.filter((column): column is Attribute | Alias => isEventTime(column));
  // a window and a time that was made of it, by window_time, are one
  const times = marked.filter((column) => typeOf(column).kind !== "struct");
  if (times.length < 2) return;
  const names = times.map((column) => (column.kind === "alias" ? column.names[0]! : column.name));
  const eventTimeCols = names.map((name) => `\`${name}\``).join(", ");
  throw new StreamError({
    condition: "MULTIPLE_EVENT_TIME_COLUMNS",
    sqlState: "42K09",
    parameters: { eventTimeCols },
    message: `More than one event time columns are available. Please ensure there is at most one event time column in the stream: ${eventTimeCols} have a watermark where rows are kept. Leave all but one out by select(...) before.`,
  });
}

/** A second watermark over a first. */
function checkWatermarks(plan: LogicalPlan): void {
  if (plan.kind === "withWatermark") {
    const before = outputOf(plan.child).filter((a) => a.metadata?.["spark.watermarkDelayMs"] !== undefined);
    if (before.length > 0) {
      throw refused(
        "Redefining watermark is disallowed. You can set the config 'spark.sql.streaming.statefulOperator.allowMultiple' to 'false' to restore the previous behavior. Note that multiple stateful operators will be disallowed.",
      );
    }
  }
  for (const child of childrenOf(plan)) checkWatermarks(child);
}

function singleTableProvider(stateStoreProvider: string): StreamError {
  return new StreamError({
    condition: "UNSUPPORTED_FEATURE.STORE_BACKEND_NOT_SUPPORTED_FOR_TWS",
    sqlState: "0A000",
    parameters: { stateStoreProvider },
    message: `The feature is not supported: store backend ${stateStoreProvider} does not support the TransformWithState operator, whose state variables are tables of their own. Leave spark.sql.streaming.stateStore.providerClass unset.`,
  });
}

function severalStatefulOperators(): StreamError {
  return refused(
    "Multiple stateful operators are not supported on streaming DataFrames/Datasets where 'spark.sql.streaming.statefulOperator.allowMultiple' is 'false': set it to 'true', its default.",
  );
}

function notAStream(): StreamError {
  return new StreamError({
    condition: "WRITE_STREAM_NOT_ALLOWED",
    sqlState: "42601",
    message: "`writeStream` can be called only on streaming Dataset/DataFrame: read with readStream.",
  });
}

function streamingSubquery(): StreamError {
  return new StreamError({
    condition: "INVALID_SUBQUERY_EXPRESSION.STREAMING_QUERY",
    sqlState: "42823",
    message:
      "Invalid subquery: Streaming query is not allowed in subquery expressions. Join the stream, or read the table behind it.",
  });
}

/** Spark runs it and takes the rows of the table away once more in each batch. */
function exceptAll(): StreamError {
  return new StreamError({
    condition: "SS_UNSUPPORTED_STREAMING_OPERATION",
    sqlState: "0A000",
    parameters: { operation: "EXCEPT ALL" },
    message:
      "EXCEPT ALL of a stream is not supported: each row of the table would take away one of the stream's, once for good. " +
      "Use EXCEPT, or a left anti join.",
  });
}

function unsupportedMode(outputMode: OutputMode, operation: string): StreamError {
  return new StreamError({
    condition: "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION",
    sqlState: "42KDE",
    parameters: { outputMode, operation },
    message: `Invalid streaming output mode: ${outputMode}. This output mode is not supported for ${operation} on streaming DataFrames/DataSets.`,
  });
}
