import { ByteType, IntegerType, LongType } from "@ss/core";
import { mapChildren } from "../expression/children.js";
import { analysisError } from "../expression/errors.js";
import { type Attribute, call, type Expression, freshId, literal } from "../expression/expression.js";
import { plainSql, prettyName } from "../expression/expression-text.js";
import { sameExpression } from "../expression/same-expression.js";
import { typeOf } from "../expression/type-of.js";
import { outputOf } from "../logical/output.js";
import type { LogicalPlan } from "../logical/plan.js";
import { expressionText } from "../logical/tree-text.js";
import type { AggregateParts } from "./aggregate.js";
import type { Analyzer } from "./analyzer.js";
import { GROUPING, GROUPING_ID, markerCall } from "./marker-functions.js";
import { resolveCall } from "./resolve-call.js";
import type { Item } from "./select-list.js";
import { replaceOuter } from "./subquery.js";

/** An aggregate over grouping sets, as one over rows that stand once per set. */
export interface GroupingSets {
  readonly original: AggregateParts;
  readonly parts: AggregateParts;
  /** An expression over the original keys, over the new ones: null where a set leaves them out. */
  rewrite(e: Expression): Expression;
}

/** Puts the rows of all grouping sets one after the other, with the keys that a set leaves out as null. */
export function groupingSets(original: AggregateParts, analyzer: Analyzer): GroupingSets {
  const { keys: written } = original;
  const keys = written.filter((key, i) => written.findIndex((other) => sameExpression(other, key)) === i);
  const index = written.map((key) => keys.findIndex((other) => sameExpression(other, key)));
  const sets = original.sets!.map((set) => [...new Set(set.map((i) => index[i]!))]);
  const attributes = keys.map(keyAttribute);
  const id: Attribute = plainAttribute("spark_grouping_id", LongType, false);
  const repeated = new Set(sets.map((set) => [...set].sort().join(","))).size < sets.length;
  const position = repeated ? [plainAttribute("_gen_grouping_pos", IntegerType, false)] : [];
  const input = outputOf(original.child.plan);
  const projections = sets.map((set, s): Expression[] => [
    ...input,
    ...keys.map((key, k): Expression => (set.includes(k) ? key : literal(null, typeOf(key)))),
    literal(setId(set, keys.length), LongType),
    ...position.map(() => literal(s, IntegerType)),
  ]);
  const output = [...input, ...attributes, id, ...position];
  const expand: LogicalPlan = { kind: "expand", child: original.child.plan, projections, output };
  const single = sets.length === 1;
  const rewrite = (e: Expression): Expression =>
    rewriteOver(e, keys, attributes, id, original, single, analyzer);
  const parts: AggregateParts = {
    ...original,
    child: { plan: expand, columns: output, hidden: [] },
    keys: [...attributes, id, ...position],
    sets: undefined,
    items: original.items.map((item) => named(rewrite(item), item)),
  };
  return { original, parts, rewrite };
}

/** An item keeps its name; a key that was a column stays one. */
function named(e: Expression, item: Item): Item {
  if (e.kind === "alias" || e.kind === "attribute") return e;
  return {
    kind: "alias",
    child: e,
    names: [item.kind === "alias" ? item.names[0]! : item.name],
    id: freshId(),
  };
}

function keyAttribute(key: Expression): Attribute {
  if (key.kind === "attribute") return { ...key, id: freshId(), nullable: true };
  return plainAttribute(prettyName(key), typeOf(key), true);
}

function plainAttribute(name: string, type: Attribute["type"], nullable: boolean): Attribute {
  return { kind: "attribute", id: freshId(), name, type, nullable, qualifier: [] };
}

/** A bit per key, the first one highest: 1 where the set leaves it out. */
function setId(set: readonly number[], keyCount: number): bigint {
  let id = 0n;
  for (let k = 0; k < keyCount; k++) id = (id << 1n) | (set.includes(k) ? 0n : 1n);
  return id;
}

function rewriteOver(
  e: Expression,
  keys: readonly Expression[],
  attributes: readonly Attribute[],
  id: Attribute,
  original: AggregateParts,
  single: boolean,
  analyzer: Analyzer,
): Expression {
  // above the groups a name means the new key
  const ofKey = (arg: Expression): Expression =>
    keys[attributes.findIndex((one) => arg.kind === "attribute" && arg.id === one.id)] ?? arg;
  const replace = (part: Expression): Expression => {
    if (part.kind === "aggregate") return part;
    const marker = markerCall(part, GROUPING, GROUPING_ID);
    if (marker && (keys.length > 0 || single || marker.fn === GROUPING)) {
      return marker.fn === GROUPING
        ? groupingOf(ofKey(marker.args[0]!), keys, id, original, analyzer, prettyName(marker))
        : groupingId(marker.args.map(ofKey), keys, id, prettyName(marker));
    }
    const key =
      part.kind === "alias" || part.kind === "literal"
        ? -1
        : keys.findIndex((one) => sameExpression(one, part));
    if (key >= 0) return attributes[key]!;
    const inner = part.kind === "window" ? windowPart(part, replace) : mapChildren(part, replace);
    return inner.kind === "subquery"
      ? replaceOuter(inner, (column) => newKey(column, keys, attributes))
      : inner;
  };
  return replace(e);
}

/** The arguments of a function over a window are over the groups; the function itself is no aggregate of them. */
function windowPart(
  e: Extract<Expression, { kind: "window" }>,
  replace: (e: Expression) => Expression,
): Expression {
  return mapChildren(e, (part) => (part === e.call ? mapChildren(part, replace) : replace(part)));
}

function newKey(
  column: Attribute,
  keys: readonly Expression[],
  attributes: readonly Attribute[],
): Attribute | undefined {
  return attributes[keys.findIndex((key) => key.kind === "attribute" && key.id === column.id)];
}

function groupingOf(
  key: Expression,
  keys: readonly Expression[],
  id: Attribute,
  original: AggregateParts,
  analyzer: Analyzer,
  shown: string,
): Expression {
  const index = keys.findIndex((one) => sameExpression(one, key));
  if (index < 0) {
    throw analysisError(
      "GROUPING_COLUMN_MISMATCH",
      "42803",
      `${plainSql(key)} of grouping() is none of the grouping columns ${keys.map(plainSql).join(", ")}.`,
      { grouping: expressionText(key), groupingColumns: keys.map(expressionText).join(",") },
    );
  }
  const shift = literal(keys.length - 1 - index, IntegerType);
  const bit = call("&", call("shiftright", id, shift), literal(1n, LongType));
  const context = { scope: original.child, plan: original.context };
  const resolved = resolveCall(bit, context, analyzer);
  return {
    kind: "cast",
    child: resolved,
    type: ByteType,
    mode: "implicit",
    ansi: analyzer.environment.ansi,
    shown,
  };
}

function groupingId(
  args: readonly Expression[],
  keys: readonly Expression[],
  id: Attribute,
  shown: string,
): Expression {
  const fits =
    args.length === 0 ||
    (args.length === keys.length && args.every((arg, i) => sameExpression(arg, keys[i]!)));
  if (!fits) {
    throw analysisError(
      "GROUPING_ID_COLUMN_MISMATCH",
      "42803",
      "The arguments of grouping_id() have to be all grouping columns, in their order.",
      { groupingIdColumn: args.map(plainSql).join(","), groupByColumns: keys.map(plainSql).join(",") },
    );
  }
  return { ...id, shown };
}
