import { BooleanType, StringType } from "@ss/core";
import { type Expression, literal, type UnresolvedCall } from "../expression/expression.js";
import { callFrom, parseExpr, parseValue } from "./expressions.js";
import { parseError } from "./parse-error.js";
import { parseQuery } from "./query.js";
import { atQuery } from "./query-start.js";
import { parseString } from "./string-literal.js";
import type { TokenCursor } from "./token-cursor.js";

const PREDICATES: ReadonlySet<string> = new Set(["BETWEEN", "IN", "LIKE", "ILIKE", "RLIKE", "REGEXP"]);

/**
 * The predicate behind a value, if there is one: BETWEEN, IN, LIKE, IS and their like. As in Spark its origin is the
 * text of the predicate alone, without the value.
 */
export function parsePredicate(cursor: TokenCursor, value: Expression): Expression {
  const at = cursor.index;
  if (cursor.current.word === "IS") return parseIs(cursor, value);
  const negated = (cursor.at("NOT") || cursor.at("!")) && PREDICATES.has(cursor.peek().word);
  if (negated && cursor.at("!") && cursor.conf.bangEqualsNot !== true) refuseBang(cursor);
  if (negated) cursor.next();
  const word = cursor.current.word;
  // A predicate's word that ends the text, or an IN without its list, is an alias.
  if (
    !PREDICATES.has(word) ||
    (word === "IN" && cursor.peek().word !== "(") ||
    cursor.peek().type === "end"
  ) {
    cursor.index = at;
    return value;
  }
  cursor.next();
  return parseWord(cursor, at, word, value, negated);
}

function refuseBang(cursor: TokenCursor): void {
  const message = "Write NOT instead of ! before BETWEEN, IN and LIKE.";
  throw parseError(
    "SYNTAX_DISCONTINUED.BANG_EQUALS_NOT",
    "42601",
    { clause: "!" },
    cursor.originFrom(cursor.index),
    message,
  );
}

function parseWord(
  cursor: TokenCursor,
  start: number,
  word: string,
  value: Expression,
  negated: boolean,
): Expression {
  switch (word) {
    case "BETWEEN":
      return inverted(cursor, start, negated, parseBetween(cursor, start, value));
    case "IN":
      return inverted(cursor, start, negated, parseIn(cursor, start, value));
    case "LIKE":
    case "ILIKE":
      return parseLike(cursor, start, word.toLowerCase(), value, negated);
    default:
      return inverted(cursor, start, negated, callFrom(cursor, start, "rlike", value, parseValue(cursor)));
  }
}

function inverted(cursor: TokenCursor, start: number, negated: boolean, test: Expression): Expression {
  return negated ? callFrom(cursor, start, "not", test) : test;
}

/** SYMMETRIC takes the bounds in either order. */
function parseBetween(cursor: TokenCursor, start: number, value: Expression): Expression {
  const symmetric = cursor.accept("SYMMETRIC");
  const lower = parseValue(cursor);
  cursor.expect("AND");
  const upper = parseValue(cursor);
  const between = callFrom(cursor, start, "between", value, lower, upper);
  if (!symmetric) return between;
  return callFrom(cursor, start, "or", between, callFrom(cursor, start, "between", value, upper, lower));
}

function parseIn(cursor: TokenCursor, start: number, value: Expression): Expression {
  if (atQuery(cursor, 1)) {
    cursor.expect("(");
    const plan = parseQuery(cursor);
    cursor.expect(")");
    const values = cursor.rows.get(value) ?? [value];
    return { kind: "subquery", form: "in", plan, values, origin: cursor.originFrom(start) };
  }
  cursor.expect("(");
  if (cursor.accept(")")) {
    const message = "IN needs at least one value in its list.";
    const origin = cursor.originFrom(start);
    throw parseError("INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE", "42000", {}, origin, message);
  }
  const values = cursor.list(parseExpr);
  cursor.expect(")");
  return callFrom(cursor, start, "in", value, ...values);
}

function parseLike(
  cursor: TokenCursor,
  start: number,
  name: string,
  value: Expression,
  negated: boolean,
): Expression {
  const quantifier = cursor.peek().word === "(" ? cursor.acceptAny("ANY", "SOME", "ALL") : undefined;
  if (quantifier !== undefined) {
    const patterns = parsePatterns(cursor, start);
    const tests = patterns.map((p) =>
      inverted(cursor, start, negated, callFrom(cursor, start, name, value, p)),
    );
    const joined = quantifier === "ALL" ? "and" : "or";
    return tests.reduce((left, right) => callFrom(cursor, start, joined, left, right));
  }
  const args = [value, parseValue(cursor)];
  if (cursor.accept("ESCAPE")) args.push(literal(parseEscape(cursor, start), StringType));
  return inverted(cursor, start, negated, callFrom(cursor, start, name, ...args));
}

function parsePatterns(cursor: TokenCursor, start: number): Expression[] {
  cursor.expect("(");
  if (cursor.accept(")")) {
    const msg = "Expected something between '(' and ')'.";
    throw parseError("_LEGACY_ERROR_TEMP_0064", undefined, { msg }, cursor.originFrom(start), msg);
  }
  const patterns = cursor.list(parseExpr);
  cursor.expect(")");
  return patterns;
}

function parseEscape(cursor: TokenCursor, start: number): string {
  const escape = parseString(cursor);
  if (escape.length === 1) return escape;
  const message = `The escape of a pattern is one character, not '${escape}'.`;
  const origin = cursor.originFrom(start);
  throw parseError("INVALID_ESC", "42604", { invalidEscape: `'${escape}'` }, origin, message);
}

/** IS [NOT] NULL, TRUE, FALSE, UNKNOWN and DISTINCT FROM. */
function parseIs(cursor: TokenCursor, value: Expression): Expression {
  const start = cursor.index;
  cursor.next();
  const negated = cursor.accept("NOT") || cursor.accept("!");
  const word = cursor.acceptAny("NULL", "UNKNOWN", "TRUE", "FALSE", "DISTINCT");
  switch (word) {
    case "NULL":
      return callFrom(cursor, start, negated ? "isnotnull" : "isnull", value);
    case "UNKNOWN":
      return callFrom(cursor, start, negated ? "isnotunknown" : "isunknown", value);
    case "TRUE":
    case "FALSE":
      return inverted(cursor, start, negated, isBoolean(cursor, start, value, word === "TRUE"));
    case "DISTINCT": {
      cursor.expect("FROM");
      const same = callFrom(cursor, start, "<=>", value, parseValue(cursor));
      return inverted(cursor, start, !negated, same);
    }
    default:
      // IS may still be an alias.
      if (cursor.current.type !== "end" && !cursor.atAny(",", ")")) throw cursor.error();
      cursor.index = start;
      return value;
  }
}

function isBoolean(cursor: TokenCursor, start: number, value: Expression, wanted: boolean): UnresolvedCall {
  return callFrom(cursor, start, "<=>", value, literal(wanted, BooleanType));
}
