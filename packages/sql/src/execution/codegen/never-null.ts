import type { Expression } from "../../expression/expression.js";

/** Functions that are null where an argument is, and nothing else. */
const STRICT: ReadonlySet<string> = new Set(["=", "<", "<=", ">", ">="]);

/** The columns (their ids) that are not null wherever a condition is true, as far as its form tells. */
export function neverNullWhere(condition: Expression): readonly number[] {
  if (condition.kind !== "scalar") return [];
  const name = condition.fn.names[0]!;
  if (name === "isnotnull" || STRICT.has(name)) return condition.args.flatMap(columnsOf);
  return name === "and" ? condition.args.flatMap(neverNullWhere) : [];
}

/** A value that is a column, or made of one by a cast, is null where the column is. */
function columnsOf(value: Expression): readonly number[] {
  if (value.kind === "attribute") return [value.id];
  if (value.kind === "cast") return columnsOf(value.child);
  return value.kind === "scalar" && STRICT.has(value.fn.names[0]!) ? value.args.flatMap(columnsOf) : [];
}
