import { sqlText } from "@ss/core";
import { analysisError, quotedName, sqlOf } from "../expression/errors.js";
import { type Alias, type Attribute, type Expression, freshId } from "../expression/expression.js";
import { typeOf } from "../expression/type-of.js";
import { attributeOf, outputOf } from "../logical/output.js";
import type { LogicalPlan, WithWatermark } from "../logical/plan.js";
import { type Analyzer, materialize } from "./analyzer.js";
import type { PlanContext } from "./context.js";
import { intervalOfText } from "./interval-text.js";
import { resolveExpression } from "./resolve-expression.js";
import type { Resolved } from "./scope.js";
import { applyTimeWindows } from "./time-window.js";

/** The event-time column of a stream and how late its rows may be. */
export function resolveWatermark(node: WithWatermark, context: PlanContext, analyzer: Analyzer): Resolved {
  const delayMs = delayMillis(node.delay);
  const child = analyzer.resolve(node.child, context);
  const scope = { scope: child, plan: context };
  const written = node.eventTime.kind === "alias" ? node.eventTime.child : node.eventTime;
  const e = resolveExpression(written, scope, analyzer);
  const windowed = applyTimeWindows(child, [e], scope, analyzer);
  const column = windowed.expressions[0]!;
  const base = materialize(windowed.child);
  const { plan: below, attribute } = eventTimeColumn(column, node.eventTime, base);
  checkType(attribute);
  const plan: LogicalPlan = { ...node, child: below.plan, eventTime: attribute, delayMs };
  const output = outputOf(plan);
  const columns = below.columns.map((one) => {
    const marked = output.find((other) => other.id === one.id);
    return marked ? { ...marked, qualifier: one.qualifier } : one;
  });
  return { plan, columns, hidden: [] };
}

/** The column itself, or a new one where the event time was written as an expression under a name. */
function eventTimeColumn(
  e: Expression,
  written: Expression,
  child: Resolved,
): { readonly plan: Resolved; readonly attribute: Attribute } {
  if (e.kind === "attribute") return { plan: child, attribute: e };
  if (written.kind === "alias") {
    const alias: Alias = { ...written, child: e, id: freshId() };
    const plan: LogicalPlan = {
      kind: "project",
      child: child.plan,
      expressions: [...outputOf(child.plan), alias],
    };
    const attribute = attributeOf(alias);
    return { plan: { plan, columns: [...child.columns, attribute], hidden: [] }, attribute };
  }
  throw analysisError(
    "EVENT_TIME_MUST_BE_TOP_LEVEL_COLUMN",
    "42K09",
    `The event time ${sqlOf(e)} must be a top-level column: make it one with withColumn first.`,
    { eventExpr: sqlOf(e) },
    written.origin,
  );
}

function checkType(attribute: Attribute): void {
  const { type } = attribute;
  const isTime = (kind: string): boolean => kind === "timestamp" || kind === "timestamp_ntz";
  const window =
    type.kind === "struct" && type.fields.some((field) => field.name === "end" && isTime(field.type.kind));
  if (isTime(type.kind) || window) return;
  throw analysisError(
    "EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE",
    "42K09",
    `The event time ${quotedName(attribute.name)} has the type "${sqlText(typeOf(attribute))}", but it has to be a TIMESTAMP.`,
    { eventName: quotedName(attribute.name), eventType: `"${sqlText(type)}"` },
  );
}

const MS_PER_MONTH = 31 * 86_400_000;

/** A delay as milliseconds; a month counts 31 days. */
function delayMillis(delay: string): number {
  const interval = intervalOfText(delay);
  if (!interval) {
    throw analysisError(
      "CANNOT_PARSE_INTERVAL",
      "22006",
      `The watermark delay '${delay}' is no interval: write a number and a unit, as in '10 minutes'.`,
      { intervalString: `'${delay}'` },
    );
  }
  const ms =
    interval.months * MS_PER_MONTH + interval.days * 86_400_000 + Math.floor(Number(interval.micros) / 1000);
  if (ms >= 0) return ms;
  throw analysisError(
    "SS_NEGATIVE_WATERMARK_DELAY",
    undefined,
    `The watermark delay '${delay}' should not be negative.`,
    { delayThreshold: delay },
  );
}
