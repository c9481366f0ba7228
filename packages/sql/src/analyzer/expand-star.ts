import { StringType } from "@ss/core";
import { analysisError } from "../expression/errors.js";
import {
  type Attribute,
  call,
  type Expression,
  freshId,
  literal,
  type Star,
} from "../expression/expression.js";
import { typeOf } from "../expression/type-of.js";
import { outputOf, toAttribute } from "../logical/output.js";
import type { LogicalPlan } from "../logical/plan.js";
import type { Analyzer } from "./analyzer.js";
import type { ExpressionContext } from "./context.js";
import { ambiguousReference, cannotExpandStar, unresolvedColumn } from "./errors.js";
import { resolveCall } from "./resolve-call.js";
import { ofMatch } from "./resolve-expression.js";
import { matchColumns, type OuterScope, sameName } from "./scope.js";

/** The columns (or fields) that a star stands for. */
export function expandStar(
  star: Star,
  context: ExpressionContext,
  analyzer: Analyzer,
): readonly Expression[] {
  const found = star.target ? targetColumns(star, star.target, context, analyzer) : context.scope.columns;
  return star.except ? without(found, star.except, star, context, analyzer) : found;
}

function targetColumns(
  star: Star,
  target: readonly string[],
  context: ExpressionContext,
  analyzer: Analyzer,
): readonly Expression[] {
  const { caseSensitive } = analyzer.environment;
  const ofTable = [...context.scope.columns, ...context.scope.hidden].filter((column) => {
    const { qualifier } = column;
    return (
      qualifier.length >= target.length &&
      target.every((part, i) =>
        sameName(qualifier[qualifier.length - target.length + i]!, part, caseSensitive),
      )
    );
  });
  if (ofTable.length > 0) return inTableOrder(ofTable, context.scope.plan);
  const match = matchColumns(context.scope, target, caseSensitive);
  if (!match) {
    const outer = context.plan.outer && outerStar(target, context.plan.outer, caseSensitive);
    if (outer) return outer;
    throw cannotExpandStar(target, context.scope, star.origin);
  }
  const base = ofMatch(
    match,
    { kind: "unresolvedAttribute", parts: target, origin: star.origin },
    context,
    analyzer,
  );
  const type = typeOf(base);
  if (type.kind !== "struct") throw cannotExpandStar(target, context.scope, star.origin);
  return type.fields.map((field) => ({
    kind: "alias" as const,
    child: resolveCall(
      { ...call("getItem", base, literal(field.name, StringType)), origin: star.origin },
      context,
      analyzer,
    ),
    names: [field.name],
    id: freshId(),
  }));
}

/** A join by USING moves the keys to the front; the columns of one side still stand in their own order. */
function inTableOrder(columns: readonly Attribute[], plan: LogicalPlan | undefined): readonly Attribute[] {
  if (!plan) return columns;
  const places = new Map(outputOf(plan).map((column, i) => [column.id, i]));
  const place = (column: Attribute): number => places.get(column.id) ?? columns.length;
  return [...columns].sort((a, b) => place(a) - place(b));
}

function outerStar(
  target: readonly string[],
  outer: OuterScope,
  caseSensitive: boolean,
): readonly Expression[] | undefined {
  const columns = outer.scope.columns.filter((column) => {
    const { qualifier } = column;
    return (
      qualifier.length >= target.length &&
      target.every((part, i) =>
        sameName(qualifier[qualifier.length - target.length + i]!, part, caseSensitive),
      )
    );
  });
  if (columns.length === 0) return undefined;
  return columns.map((attribute) => {
    outer.used.set(attribute.id, attribute);
    const child: Expression = { kind: "outerReference", attribute };
    return { kind: "alias" as const, child, names: [attribute.name], id: freshId() };
  });
}

function without(
  found: readonly Expression[],
  except: readonly (readonly string[])[],
  star: Star,
  context: ExpressionContext,
  analyzer: Analyzer,
): readonly Expression[] {
  const { caseSensitive } = analyzer.environment;
  const overlaps = except.some((one, i) =>
    except.some(
      (other, j) =>
        i !== j &&
        one.length <= other.length &&
        one.every((part, k) => sameName(part, other[k]!, caseSensitive)),
    ),
  );
  if (overlaps) {
    const columns = except.map((parts) => parts.join(".")).join(", ");
    throw analysisError(
      "EXCEPT_OVERLAPPING_COLUMNS",
      "42702",
      `EXCEPT names columns twice: ${columns}.`,
      { columns },
      star.origin,
    );
  }
  let result = found;
  for (const parts of except) result = withoutOne(result, parts, star, context, analyzer);
  return result;
}

function withoutOne(
  found: readonly Expression[],
  parts: readonly string[],
  star: Star,
  context: ExpressionContext,
  analyzer: Analyzer,
): readonly Expression[] {
  const { caseSensitive } = analyzer.environment;
  const attributes = found.map((e) => (e.kind === "alias" ? withQualifierOf(e, context) : toAttribute(e)));
  const match = matchColumns({ columns: attributes, hidden: [] }, parts, caseSensitive);
  if (!match) throw unresolvedColumn(parts, context.scope, star.origin);
  if (match.columns.length > 1) throw ambiguousReference(parts, match.columns, star.origin);
  const index = attributes.findIndex((column) => column.id === match.columns[0]!.id);
  const path = parts.slice(match.partCount);
  return found.flatMap((e, i) => {
    if (i !== index) return [e];
    if (path.length === 0) return [];
    const child = withoutField(e.kind === "alias" ? e.child : e, path, star, context, analyzer);
    return [{ kind: "alias" as const, child, names: [attributes[i]!.name], id: freshId() }];
  });
}

/** A column that lost a field is still known under the name of its table. */
function withQualifierOf(e: Extract<Expression, { kind: "alias" }>, context: ExpressionContext): Attribute {
  const column = toAttribute(e);
  const original = context.scope.columns.find((one) => one.name === column.name);
  return original ? { ...column, qualifier: original.qualifier } : column;
}

/** A struct without a field of it, possibly a deeper one. */
function withoutField(
  base: Expression,
  path: readonly string[],
  star: Star,
  context: ExpressionContext,
  analyzer: Analyzer,
): Expression {
  const type = typeOf(base);
  const { caseSensitive } = analyzer.environment;
  const index =
    type.kind === "struct" ? type.fields.findIndex((f) => sameName(f.name, path[0]!, caseSensitive)) : -1;
  if (type.kind !== "struct" || index < 0) {
    throw unresolvedColumn(path, { columns: [], hidden: [] }, star.origin);
  }
  const args = type.fields.flatMap((field, i) => {
    if (i === index && path.length === 1) return [];
    const value = call("getItem", base, literal(field.name, StringType));
    const resolved = resolveCall(value, context, analyzer);
    const kept = i === index ? withoutField(resolved, path.slice(1), star, context, analyzer) : resolved;
    return [literal(field.name, StringType), kept];
  });
  return resolveCall(call("named_struct", ...args), context, analyzer);
}
