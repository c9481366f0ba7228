import { simpleString } from "@ss/core";
import { transformExpression } from "../expression/children.js";
import type { Attribute, Expression } from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import { keyedName } from "./keyed.js";
import type { LogicalPlan } from "./plan.js";
import { childrenOf } from "./transform.js";

/** A plan as the tree that `explain` prints: one node a line, children below with `+-` and `:-` before them. */
export function treeText(plan: LogicalPlan): string {
  const lines: string[] = [];
  append(plan, "", "", lines);
  return `${lines.join("\n")}\n`;
}

function append(plan: LogicalPlan, prefix: string, below: string, lines: string[]): void {
  lines.push(`${prefix}${nodeText(plan)}`);
  const children = childrenOf(plan);
  children.forEach((child, i) => {
    const last = i === children.length - 1;
    append(child, `${below}${last ? "+- " : ":- "}`, `${below}${last ? "   " : ":  "}`, lines);
  });
}

/** A column with its id, `a#1`. */
function column(attribute: Attribute): string {
  return `${attribute.name}#${attribute.id}`;
}

/** An expression with the ids of its columns. */
export function expressionText(e: Expression): string {
  if (e.kind === "alias")
    return `${expressionText(e.child)} AS ${e.names.join(", ")}${e.id ? `#${e.id}` : ""}`;
  return prettyName(
    transformExpression(e, (part) => (part.kind === "attribute" ? { ...part, shown: column(part) } : part)),
  );
}

function list(expressions: readonly Expression[]): string {
  return `[${expressions.map(expressionText).join(", ")}]`;
}

function columns(attributes: readonly Attribute[]): string {
  return `[${attributes.map(column).join(", ")}]`;
}

const JOIN_NAMES: Readonly<Record<string, string>> = {
  inner: "Inner",
  cross: "Cross",
  left: "LeftOuter",
  right: "RightOuter",
  full: "FullOuter",
  leftSemi: "LeftSemi",
  leftAnti: "LeftAnti",
  existence: "ExistenceJoin",
  leftSingle: "LeftSingle",
};

function nodeText(plan: LogicalPlan): string {
  switch (plan.kind) {
    case "read":
      return `${plan.streaming ? "StreamingRelation" : "Relation"} ${plan.format}`;
    case "source":
      return `${plan.read.streaming ? "StreamingRelation" : "Relation"} ${plan.read.format} ${columns(plan.attributes)}`;
    case "localRelation":
      return `LocalRelation ${columns(plan.attributes)}`;
    case "columnar":
      return `ColumnarRelation ${columns(plan.attributes)}`;
    case "oneRow":
      return "OneRowRelation";
    case "range":
      return `Range (${plan.start}, ${plan.end}, step=${plan.step}) ${columns([plan.attribute])}`;
    case "project":
      return `Project ${list(plan.expressions)}`;
    case "filter":
      return `Filter ${expressionText(plan.condition)}`;
    case "aggregate":
      return `Aggregate ${list(plan.keys)}, ${list(plan.expressions)}`;
    case "expand":
      return `Expand [${plan.projections.map(list).join(", ")}], ${columns(plan.output)}`;
    case "join":
      return `Join ${JOIN_NAMES[plan.type]}${plan.condition ? `, ${expressionText(plan.condition)}` : ""}`;
    case "setOperation":
      if (plan.sequential) return "SequentialStreamingUnion";
      return `${plan.type.charAt(0).toUpperCase()}${plan.type.slice(1)}${plan.all && plan.type !== "union" ? " All" : ""}`;
    case "recursion":
      return `UnionLoop ${plan.recursionId}`;
    case "recursionRows":
      return `UnionLoopRef ${plan.recursionId} ${columns(plan.attributes)}`;
    case "sort":
      return `Sort ${list(plan.order)}, ${plan.global}`;
    case "limit":
      return `Limit ${expressionText(plan.count)}`;
    case "offset":
      return `Offset ${expressionText(plan.count)}`;
    case "deduplicate":
      return `${plan.withinWatermark ? "DeduplicateWithinWatermark" : "Deduplicate"}${plan.columns ? ` ${list(plan.columns)}` : ""}`;
    case "keyed":
      return `${keyedName(plan.program)} ${list(plan.keys[0]!)}${plan.output ? `, ${columns(plan.output)}` : ""}`;
    case "mapRows":
      return `MapPartitions ${plan.method}${plan.output ? `, ${columns(plan.output)}` : ""}`;
    case "generate":
      return `Generate ${expressionText(plan.generator)}, ${plan.outer}${plan.output ? `, ${columns(plan.output)}` : ""}`;
    case "window":
      return `Window ${list(plan.expressions)}`;
    case "sample":
      return `Sample ${plan.fraction}, ${plan.withReplacement}`;
    case "withWatermark":
      return `EventTimeWatermark ${expressionText(plan.eventTime)}, ${plan.delay}`;
    case "observe":
      return `CollectMetrics ${plan.name}, ${list(plan.expressions)}`;
    case "lateRows":
      return `LateRows ${plan.time.name}`;
    case "unresolvedRelation":
      return `'UnresolvedRelation [${plan.name.join(", ")}]`;
    case "inlineTable":
      return `'UnresolvedInlineTable [${plan.names.join(", ")}]`;
    case "tableFunction":
      return `'UnresolvedTableValuedFunction ${plan.name.join(".")}`;
    case "subqueryAlias":
      return `SubqueryAlias ${plan.name.join(".")}`;
    case "pivot":
      return `'Pivot ${expressionText(plan.column)}, ${list(plan.values)}, ${list(plan.aggregates)}`;
    case "unpivot":
      return `'Unpivot ${plan.nameColumn}, [${plan.valueColumns.join(", ")}]`;
    case "withColumns":
      return `'WithColumns [${plan.columns.map(({ name, expression }) => `${expressionText(expression)} AS ${name}`).join(", ")}]`;
    case "renameColumns":
      return `'WithColumnsRenamed [${plan.renames.map(([from, to]) => `${from} AS ${to}`).join(", ")}]`;
    case "drop":
      return `'Drop ${list(plan.columns)}`;
    case "toNames":
      return `'ToDF [${plan.names.join(", ")}]`;
    case "with":
      return `CTE [${plan.ctes.map(({ name }) => name).join(", ")}]`;
    case "namedWindows":
      return `'WithWindowDefinition [${Object.keys(plan.windows).join(", ")}]`;
    case "hint":
      return `'UnresolvedHint ${plan.name}`;
  }
}

/** A column's name and type, as analyzed plans are headed: `a: int, b: string`. */
export function schemaText(attributes: readonly Attribute[]): string {
  return attributes.map((attribute) => `${attribute.name}: ${simpleString(attribute.type)}`).join(", ");
}
