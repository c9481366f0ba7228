import type { Alias, Expression, SortOrder, UnresolvedCall } from "../expression/expression.js";
import { parseIdentifier, parseIdentifierList } from "./identifiers.js";
import { beginsClause } from "./keywords.js";
import { parsePredicate } from "./predicates.js";
import { parsePrimary } from "./primary.js";
import { parseQuery } from "./query.js";
import { atQuery } from "./query-start.js";
import type { TokenCursor } from "./token-cursor.js";

/** A call of an operator or a special form, with the text from a token to the last one taken. */
export function callFrom(
  cursor: TokenCursor,
  start: number,
  name: string,
  ...args: Expression[]
): UnresolvedCall {
  return { kind: "call", name: [name], args, origin: cursor.originFrom(start) };
}

/** Any expression: OR binds loosest, then AND, NOT, a predicate, comparisons and the other operators. */
export function parseExpr(cursor: TokenCursor): Expression {
  const start = cursor.index;
  let left = parseAnd(cursor);
  while (cursor.accept("OR")) left = callFrom(cursor, start, "or", left, parseAnd(cursor));
  return left;
}

function parseAnd(cursor: TokenCursor): Expression {
  const start = cursor.index;
  let left = parseNot(cursor);
  while (cursor.accept("AND")) left = callFrom(cursor, start, "and", left, parseNot(cursor));
  return left;
}

function parseNot(cursor: TokenCursor): Expression {
  const start = cursor.index;
  if (cursor.accept("NOT") || cursor.accept("!")) return callFrom(cursor, start, "not", parseNot(cursor));
  if (cursor.at("EXISTS", "(") && atQuery(cursor, 2)) {
    cursor.expect("EXISTS", "(");
    const plan = parseQuery(cursor);
    cursor.expect(")");
    return { kind: "subquery", form: "exists", plan, origin: cursor.originFrom(start) };
  }
  return parsePredicate(cursor, parseValue(cursor));
}

/** Binding powers of the binary operators. All group to the left. */
const POWERS: ReadonlyMap<string, number> = new Map(
  [
    ["=", "==", "<=>", "<>", "!=", "<", "<=", "!>", ">", ">=", "!<"],
    ["|"],
    ["^"],
    ["&"],
    ["<<"],
    ["+", "-", "||"],
  ]
    .concat([["*", "/", "%", "DIV"]])
    .flatMap((signs, level) => signs.map((sign): [string, number] => [sign, level + 1])),
);
const SHIFT_POWER = 5;

/** Signs that mean another operator. */
const SAME: ReadonlyMap<string, string> = new Map([
  ["==", "="],
  ["!>", "<="],
  ["!<", ">="],
  ["DIV", "div"],
]);

/** Operators and what they bind, without AND, OR, NOT and predicates. */
export function parseValue(cursor: TokenCursor, minPower = 1): Expression {
  const start = cursor.index;
  let left = parseUnary(cursor);
  while (true) {
    const length = shiftLength(cursor);
    const sign = length > 0 ? ">".repeat(length) : cursor.current.word;
    const power = length > 0 ? SHIFT_POWER : POWERS.get(sign);
    if (power === undefined || power < minPower) return left;
    cursor.index += Math.max(length, 1);
    const right = parseValue(cursor, power + 1);
    if (sign === "<>" || sign === "!=") {
      left = callFrom(cursor, start, "not", callFrom(cursor, start, "=", left, right));
    } else left = callFrom(cursor, start, SAME.get(sign) ?? sign, left, right);
  }
}

/** `>>` and `>>>` come as single signs side by side, since they also close `ARRAY<ARRAY<INT>>`. */
function shiftLength(cursor: TokenCursor): number {
  if (cursor.current.word !== ">") return 0;
  let length = 1;
  while (
    length < 3 &&
    cursor.peek(length).word === ">" &&
    cursor.peek(length).start === cursor.peek(length - 1).end
  ) {
    length++;
  }
  return length > 1 ? length : 0;
}

function parseUnary(cursor: TokenCursor): Expression {
  const start = cursor.index;
  switch (cursor.current.word) {
    case "-":
      // A minus before a number belongs to the number.
      if (isNumber(cursor)) return parsePrimary(cursor);
      cursor.next();
      return callFrom(cursor, start, "negative", parseUnary(cursor));
    case "+":
      cursor.next();
      return callFrom(cursor, start, "positive", parseUnary(cursor));
    case "~":
      cursor.next();
      return callFrom(cursor, start, "~", parseUnary(cursor));
    default:
      return parsePrimary(cursor);
  }
}

const NUMBERS: ReadonlySet<string> = new Set([
  "integer",
  "decimal",
  "exponent",
  "bigint",
  "smallint",
  "tinyint",
  "float",
  "double",
  "bigdecimal",
]);

function isNumber(cursor: TokenCursor): boolean {
  return NUMBERS.has(cursor.peek().type);
}

/** `expression [AS] name`, `expression AS (a, b)`. */
export function parseNamed(cursor: TokenCursor): Expression {
  const start = cursor.index;
  const child = parseExpr(cursor);
  if (cursor.accept("AS")) {
    const names = cursor.at("(") ? parseIdentifierList(cursor) : [parseIdentifier(cursor)];
    return alias(cursor, start, child, names);
  }
  if (!atImplicitAlias(cursor)) return child;
  return alias(cursor, start, child, [parseIdentifier(cursor)]);
}

function alias(cursor: TokenCursor, start: number, child: Expression, names: readonly string[]): Alias {
  return { kind: "alias", child, names, id: 0, origin: cursor.originFrom(start) };
}

/** Whether a name without AS stands here: any name, but one that begins a clause only if nothing can follow it. */
export function atImplicitAlias(cursor: TokenCursor): boolean {
  const token = cursor.current;
  if (!cursor.isName(token)) return false;
  if (!beginsClause(token.word)) return true;
  const next = cursor.peek();
  return next.type === "end" || next.word === "," || next.word === ")" || next.word === ";";
}

/** `expression [ASC | DESC] [NULLS FIRST | LAST]`. */
export function parseSortItem(cursor: TokenCursor): SortOrder {
  const start = cursor.index;
  const child = parseExpr(cursor);
  const { ascending, nullsFirst } = parseDirection(cursor);
  return { kind: "sortOrder", child, ascending, nullsFirst, origin: cursor.originFrom(start) };
}

/** What may stand behind an ordering; nulls come first when ascending and last when descending unless told otherwise. */
export function parseDirection(cursor: TokenCursor): {
  readonly ascending: boolean;
  readonly nullsFirst: boolean;
} {
  const ascending = cursor.acceptAny("ASC", "DESC") !== "DESC";
  let nullsFirst = ascending;
  if (cursor.accept("NULLS", "FIRST")) nullsFirst = true;
  else if (cursor.accept("NULLS", "LAST")) nullsFirst = false;
  return { ascending, nullsFirst };
}
