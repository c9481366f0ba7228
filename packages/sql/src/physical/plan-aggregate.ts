import { StreamError } from "@ss/core";
import { mapChildren } from "../expression/children.js";
import { references } from "../expression/conjuncts.js";
import type { AggregateCall, Alias, Attribute, Expression } from "../expression/expression.js";
import { freshId } from "../expression/expression.js";
import { isRepeatable } from "../expression/repeatable.js";
import { sameExpression } from "../expression/same-expression.js";
import { firstOf } from "../functions/aggregate/first-last.js";
import { eventTimeColumn } from "../logical/event-time-column.js";
import { outputOf } from "../logical/output.js";
import type { Aggregate, Deduplicate, LogicalPlan } from "../logical/plan.js";
import { isSessionWindow } from "../logical/session-window.js";
import {
  AGGREGATE_OPERATOR,
  DEDUPE_OPERATOR,
  DEDUPE_WITHIN_OPERATOR,
  SESSION_OPERATOR,
} from "./operator-names.js";
import type { AggregatePart, AggregatePlan, GroupKey, PhysicalPlan } from "./plan.js";
import { lateRowsOf } from "./plan-late-rows.js";
import { aliasOf, attributeOf, isStream, type Planner } from "./planner.js";
import { windowLength } from "./window-length.js";

/** Splits `SELECT keys, f(agg(x))` into a stage that computes keys and arguments, the aggregation, and a stage on top. */
export function planAggregate(planner: Planner, node: Aggregate): PhysicalPlan {
  const stateful = planner.context.streaming && isStream(node.child);
  if (stateful) checkSessionKeys(node);
  const input = planner.plan(node.child);
  const operatorId = stateful ? planner.nextOperatorId() : -1;
  const operatorName = node.keys.some(isSessionWindow) ? SESSION_OPERATOR : AGGREGATE_OPERATOR;
  const child = lateRowsOf(input, operatorId, operatorName);
  const keyAliases = node.keys.map((key) => keyColumn(key, node.expressions));
  const parts = collectCalls(node.expressions);
  const aggregate = aggregation(child, node.child, keyAliases, parts);
  const plan = stateful ? { ...aggregate, stateful: { operatorId } } : aggregate;
  const outputs = node.expressions.map((expression) => overGroups(expression, node.keys, plan.output, parts));
  return {
    kind: "stage",
    child: plan,
    output: outputOf(node),
    definitions: [],
    conditions: [],
    laterConditions: [],
    outputs,
  };
}

/** A key that is selected as it is keeps its name and marks, so that the state's schema reads well. */
function keyColumn(key: Expression, expressions: readonly Expression[]): Alias | Attribute {
  if (key.kind === "attribute") return key;
  if (key.kind === "alias") return key;
  const named = expressions.find((e): e is Alias => e.kind === "alias" && sameExpression(e.child, key));
  return { ...aliasOf(key, named?.names[0] ?? "key"), metadata: named?.metadata };
}

function aggregation(
  child: PhysicalPlan,
  logicalChild: LogicalPlan,
  keys: readonly (Alias | Attribute)[],
  parts: readonly AggregatePart[],
): AggregatePlan {
  const keyAttributes = keys.map((key) => (key.kind === "alias" ? attributeOf(key) : key));
  const inputs = [...keys, ...argumentColumns(parts)];
  const stage: PhysicalPlan = {
    kind: "stage",
    child,
    output: inputs.map((input) => (input.kind === "alias" ? attributeOf(input) : input)),
    definitions: inputs.filter((input): input is Alias => input.kind === "alias"),
    conditions: [],
    laterConditions: [],
    outputs: inputs.map((input) => (input.kind === "alias" ? attributeOf(input) : input)),
  };
  const output = [...keyAttributes, ...parts.map((part) => part.attribute)];
  // of several columns with sessions only the first has its sessions joined, as in Spark
  const session = keyAttributes.findIndex(isSessionWindow);
  const groupKeys = keyAttributes.map((key, k): GroupKey => {
    if (k === session) return { ...key, isSession: true };
    const windowMicros = windowLength(keys[k]!, logicalChild);
    return windowMicros === undefined ? key : { ...key, windowMicros };
  });
  if (session >= 0 && keyAttributes[session]!.nullable) throw nullableSessions();
  return { kind: "aggregate", child: fuse(stage), keys: groupKeys, parts, output };
}

/** State is kept by the keys beside the session, so there has to be one that tells rows apart. */
function checkSessionKeys(node: Aggregate): void {
  if (!node.keys.some(isSessionWindow)) return;
  if (node.keys.some((key) => !isSessionWindow(key) && references(key).size > 0)) return;
  const message = "Global aggregation with session window in streaming query is not supported.";
  throw new StreamError({
    condition: "_LEGACY_ERROR_TEMP_3068",
    message: `${message} Group by a further column beside session_window(...).`,
  });
}

function nullableSessions(): StreamError {
  return new StreamError({
    condition: "SS_NULLABLE_SESSION_WINDOW",
    message:
      "A column of session windows cannot be grouped by where it may be null: as a key of ROLLUP, CUBE or GROUPING SETS, or from the outer side of a join. Write one query for each grouping set, or group before the join.",
  });
}

/** The columns that calls read: arguments (but constants), then the filter, then the ordering. */
export function argumentColumns(parts: readonly AggregatePart[]): (Alias | Attribute)[] {
  return parts.flatMap(({ call }) =>
    [
      ...call.args,
      ...(call.filter ? [call.filter] : []),
      ...(call.orderBy ?? []).map((one) => one.child),
    ].map((e) => (e.kind === "attribute" ? e : aliasOf(e, "argument"))),
  );
}

/** A stage over a stage without conditions between them is one stage. */
function fuse(stage: Extract<PhysicalPlan, { kind: "stage" }>): PhysicalPlan {
  const below = stage.child;
  if (below.kind !== "stage" || !below.definitions.every(isRepeatable)) return stage;
  if (below.outputs.some((output) => output.kind !== "attribute")) return stage;
  return {
    ...below,
    output: stage.output,
    definitions: [...below.definitions, ...stage.definitions],
    outputs: stage.outputs,
  };
}

/** Every different aggregate call in some expressions, with an attribute for its result. */
export function collectCalls(expressions: readonly Expression[]): AggregatePart[] {
  const parts: AggregatePart[] = [];
  const visitCall = (e: Expression): void => {
    if (e.kind === "aggregate") {
      if (!parts.some((part) => sameExpression(part.call, e)))
        parts.push({ call: e, attribute: resultAttribute(e) });
      return;
    }
    mapChildren(e, (child) => {
      visitCall(child);
      return child;
    });
  };
  expressions.forEach(visitCall);
  return parts;
}

function resultAttribute(call: AggregateCall): Attribute {
  const { type, nullable, name } = call;
  return { kind: "attribute", id: freshId(), name, type, nullable, qualifier: [] };
}

/** An expression over groups: keys and aggregate calls become the columns that hold them. */
export function overGroups(
  expression: Expression,
  keys: readonly Expression[],
  keyAttributes: readonly Attribute[],
  parts: readonly AggregatePart[],
): Expression {
  const replace = (e: Expression): Expression => {
    const key = keys.findIndex((one) => sameExpression(one.kind === "alias" ? one.child : one, e));
    if (key >= 0) return keyAttributes[key]!;
    if (e.kind === "aggregate") return parts.find((part) => sameExpression(part.call, e))!.attribute;
    return mapChildren(e, replace);
  };
  return expression.kind === "alias"
    ? { ...expression, child: replace(expression.child) }
    : replace(expression);
}

/** Rows that differ in the given columns; of equal ones the first is kept. */
export function planDistinct(planner: Planner, node: Deduplicate): PhysicalPlan {
  const child = planner.plan(node.child);
  const output = outputOf(node);
  const keys = (node.columns ?? output) as readonly Attribute[];
  const others = output.filter((column) => !keys.some((key) => key.id === column.id));
  const parts = others.map((column) => ({ call: firstOf(column), attribute: { ...column } }));
  const plan = aggregation(child, node.child, keys, parts);
  const outputs = output.map((column) => plan.output.find((one) => one.id === column.id)!);
  return {
    kind: "stage",
    child: plan,
    output,
    definitions: [],
    conditions: [],
    laterConditions: [],
    outputs,
  };
}

/** Over a stream: rows pass whose keys have not come before. */
export function planStreamingDistinct(planner: Planner, node: Deduplicate): PhysicalPlan {
  const input = planner.plan(node.child);
  const operatorId = planner.nextOperatorId();
  const child = lateRowsOf(
    input,
    operatorId,
    node.withinWatermark ? DEDUPE_WITHIN_OPERATOR : DEDUPE_OPERATOR,
  );
  const keys = (node.columns ?? child.output) as readonly Attribute[];
  const time = child.output[eventTimeColumn(child.output)];
  const within = node.withinWatermark
    ? { delayMs: Number(time!.metadata!["spark.watermarkDelayMs"]) }
    : undefined;
  return {
    kind: "deduplicate",
    child,
    keys,
    ...(within ? { within } : {}),
    output: child.output,
    operatorId,
  };
}
