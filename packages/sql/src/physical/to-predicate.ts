import { type Predicate, sameType, type Value } from "@ss/core";
import type { Attribute, Expression } from "../expression/expression.js";

const MIRRORED: Readonly<Record<string, "=" | "<" | "<=" | ">" | ">=">> = {
  "=": "=",
  "==": "=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};
const STRAIGHT: Readonly<Record<string, "=" | "<" | "<=" | ">" | ">=">> = {
  "=": "=",
  "==": "=",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

/** A condition in the form that sources and formats know: a column against constants of its own type; undefined if it has none. */
export function toPredicate(condition: Expression, columns: readonly Attribute[]): Predicate | undefined {
  if (condition.kind !== "scalar") return undefined;
  const name = condition.fn.names[0]!;
  const [a, b] = condition.args;
  const column = (e: Expression | undefined): Attribute | undefined =>
    e?.kind === "attribute" ? columns.find((one) => one.id === e.id) : undefined;
  if (name === "isnull" || name === "isnotnull") {
    const attribute = column(a);
    if (!attribute) return undefined;
    return { op: name === "isnull" ? "isNull" : "isNotNull", column: attribute.name, type: attribute.type };
  }
  if (name === "in") return inPredicate(column(a), condition.args.slice(1));
  const left = column(a);
  if (left && STRAIGHT[name]) return comparison(STRAIGHT[name], left, b!);
  const right = column(b);
  if (right && MIRRORED[name]) return comparison(MIRRORED[name], right, a!);
  return undefined;
}

function comparison(
  op: "=" | "<" | "<=" | ">" | ">=",
  column: Attribute,
  other: Expression,
): Predicate | undefined {
  const value = constant(column, other);
  return value === null ? undefined : { op, column: column.name, type: column.type, value };
}

function inPredicate(column: Attribute | undefined, list: readonly Expression[]): Predicate | undefined {
  if (!column) return undefined;
  const values = list.map((item) => constant(column, item));
  if (values.some((value) => value === null)) return undefined;
  return { op: "in", column: column.name, type: column.type, values };
}

function constant(column: Attribute, e: Expression): Value {
  return e.kind === "literal" && sameType(e.type, column.type, true) ? e.value : null;
}
