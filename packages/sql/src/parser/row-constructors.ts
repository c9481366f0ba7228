import { StringType } from "@ss/core";
import { type Expression, literal } from "../expression/expression.js";
import { callFrom } from "./expressions.js";
import type { TokenCursor } from "./token-cursor.js";

/** `(a, b)`: a struct whose fields are named after columns and aliases, and `col1`, `col2` where there is no name. */
export function rowConstructor(cursor: TokenCursor, start: number, items: readonly Expression[]): Expression {
  const row = items.some(isStar)
    ? callFrom(cursor, start, "struct", ...items)
    : namedStruct(cursor, start, items);
  cursor.rows.set(row, items.map(unaliased));
  return row;
}

/** `STRUCT(a AS x, b)`. Without aliases it is the function of that name. */
export function structConstructor(
  cursor: TokenCursor,
  start: number,
  items: readonly Expression[],
): Expression {
  const aliased = items.some((item) => item.kind === "alias") && !items.some(isStar);
  const row = aliased ? namedStruct(cursor, start, items) : callFrom(cursor, start, "struct", ...items);
  cursor.rows.set(row, items.map(unaliased));
  return row;
}

function namedStruct(cursor: TokenCursor, start: number, items: readonly Expression[]): Expression {
  const args = items.flatMap((item, i) => [literal(fieldName(item, i), StringType), unaliased(item)]);
  return callFrom(cursor, start, "named_struct", ...args);
}

function fieldName(item: Expression, index: number): string {
  if (item.kind === "alias") return item.names[0] as string;
  if (item.kind === "unresolvedAttribute") return item.parts.at(-1) as string;
  if (item.kind === "call" && item.name[0] === "getItem") {
    const key = item.args[1];
    if (key?.kind === "literal" && typeof key.value === "string") return key.value;
  }
  return `col${index + 1}`;
}

function unaliased(item: Expression): Expression {
  return item.kind === "alias" ? item.child : item;
}

function isStar(item: Expression): boolean {
  return item.kind === "star";
}
