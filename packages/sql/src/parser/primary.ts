import { NullType, StringType } from "@ss/core";
import type {
  Expression,
  Lambda,
  LambdaVariable,
  Star,
  UnresolvedAttribute,
} from "../expression/expression.js";
import { literal } from "../expression/expression.js";
import { callFrom, parseExpr, parseNamed, parseValue } from "./expressions.js";
import { parseFunctionCall } from "./function-calls.js";
import {
  atIdentifierClause,
  identifierParts,
  nameOf,
  parseFieldName,
  parseIdentifierClause,
  parseMultipart,
} from "./identifiers.js";
import { atUnitInterval, parseInterval } from "./interval-literals.js";
import { parseNumber, parseStringLiteral } from "./literals.js";
import { parseQuery } from "./query.js";
import { atQuery } from "./query-start.js";
import { rowConstructor } from "./row-constructors.js";
import { parseSemiStructuredPath } from "./semi-structured.js";
import { SPECIAL_FORMS } from "./special-forms.js";
import type { TokenCursor } from "./token-cursor.js";
import { parseTypedLiteral } from "./typed-literals.js";
import { parseDataType } from "./types.js";

/** A value and what is taken out of it: `a.b[0]::int`. */
export function parsePrimary(cursor: TokenCursor): Expression {
  const start = cursor.index;
  let value = parseHead(cursor);
  while (true) {
    const next = parsePostfix(cursor, start, value);
    if (next === undefined) return value;
    value = next;
  }
}

/** One step further into a value, or undefined where none follows. */
function parsePostfix(cursor: TokenCursor, start: number, value: Expression): Expression | undefined {
  switch (cursor.current.word) {
    case ".":
      if (!cursor.isName(cursor.peek())) return undefined;
      cursor.next();
      return fieldOf(cursor, start, value);
    case "[":
      cursor.next();
      return subscript(cursor, start, value);
    case "::": {
      cursor.next();
      const type = parseDataType(cursor);
      return { kind: "cast", child: value, type, mode: "cast", origin: cursor.originFrom(start) };
    }
    case ":": {
      cursor.next();
      const { path, name } = parseSemiStructuredPath(cursor);
      const part = callFrom(cursor, start, "$variant_extract", value, path);
      return name === undefined
        ? part
        : { kind: "alias", child: part, names: [name], id: 0, origin: part.origin };
    }
    case "COLLATE": {
      if (!cursor.isName(cursor.peek())) return undefined;
      cursor.next();
      const name = parseMultipart(cursor).join(".");
      return callFrom(cursor, start, "collate", value, literal(name, StringType));
    }
    default:
      return undefined;
  }
}

function fieldOf(cursor: TokenCursor, start: number, value: Expression): Expression {
  if (value.kind === "unresolvedAttribute") {
    const parts = [...value.parts, ...identifierParts(cursor)];
    return { kind: "unresolvedAttribute", parts, origin: cursor.originFrom(start) };
  }
  const name = literal(parseFieldName(cursor), StringType);
  return callFrom(cursor, start, "getItem", value, name);
}

function subscript(cursor: TokenCursor, start: number, value: Expression): Expression {
  const index = parseValue(cursor);
  cursor.expect("]");
  return callFrom(cursor, start, "getItem", value, index);
}

function parseHead(cursor: TokenCursor): Expression {
  const token = cursor.current;
  switch (token.type) {
    case "word":
      return parseWord(cursor);
    case "quoted":
      return parsePath(cursor);
    case "string":
      return parseStringLiteral(cursor);
    case "doubleQuoted":
      return cursor.conf.doubleQuotedIdentifiers === true ? parsePath(cursor) : parseStringLiteral(cursor);
    case "mark":
      return parseMark(cursor);
    case "unknown":
    case "end":
      throw cursor.error();
    default:
      return parseNumber(cursor);
  }
}

function parseMark(cursor: TokenCursor): Expression {
  const start = cursor.index;
  switch (cursor.current.word) {
    case "(":
      return parseParenthesized(cursor);
    case "*":
      cursor.next();
      return parseStar(cursor, start, undefined);
    case "-":
      return parseNumber(cursor);
    case "?":
      cursor.next();
      return {
        kind: "parameter",
        position: cursor.parametersBefore(start),
        origin: cursor.originFrom(start),
      };
    case ":": {
      cursor.next();
      const name = parseFieldName(cursor);
      return { kind: "parameter", name, origin: cursor.originFrom(start) };
    }
    default:
      throw cursor.error();
  }
}

function parseWord(cursor: TokenCursor): Expression {
  const token = cursor.current;
  const next = cursor.peek();
  const special = SPECIAL_FORMS.get(token.word);
  if (special !== undefined) {
    const start = cursor.index;
    const form = special(cursor);
    if (form !== undefined) return form;
    cursor.index = start;
  }
  if (atUnitInterval(cursor)) return parseInterval(cursor);
  if (cursor.isString(next)) return parseTypedLiteral(cursor);
  if (next.word === "->" && cursor.isName(token)) return parseLambda(cursor);
  return parsePath(cursor);
}

/** A column, `t.*`, or a call of a function: names with dots between them. */
function parsePath(cursor: TokenCursor): Expression {
  const start = cursor.index;
  const parts = [...namePart(cursor)];
  while (cursor.current.word === ".") {
    if (cursor.peek().word === "*") {
      cursor.index += 2;
      return parseStar(cursor, start, parts);
    }
    if (!cursor.isName(cursor.peek())) break;
    cursor.next();
    parts.push(...namePart(cursor));
  }
  if (cursor.current.word === "(") return parseFunctionCall(cursor, start, parts);
  return column(cursor, start, parts);
}

function namePart(cursor: TokenCursor): readonly string[] {
  const token = cursor.current;
  if (!cursor.isName(token)) {
    // Reserved words still name functions: LEFT(a, 1), FILTER(a, x -> x).
    const isFunction =
      cursor.atAny("LEFT", "RIGHT", "FILTER", "ANY", "SOME", "USER") && cursor.peek().word === "(";
    if (
      !isFunction &&
      !cursor.atAny("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "SESSION_USER")
    ) {
      throw cursor.error();
    }
    cursor.next();
    return [cursor.textOf(token)];
  }
  if (atIdentifierClause(cursor)) return parseIdentifierClause(cursor);
  cursor.next();
  return [nameOf(cursor, token)];
}

function column(cursor: TokenCursor, start: number, parts: readonly string[]): UnresolvedAttribute {
  return { kind: "unresolvedAttribute", parts, origin: cursor.originFrom(start) };
}

function parseStar(cursor: TokenCursor, start: number, target: readonly string[] | undefined): Star {
  let except: readonly (readonly string[])[] | undefined;
  if (cursor.at("EXCEPT", "(") && !atQuery(cursor, 2)) {
    cursor.next();
    except = cursor.parenthesized(parseMultipart);
  }
  return {
    kind: "star",
    ...(target === undefined ? {} : { target }),
    ...(except === undefined ? {} : { except }),
    origin: cursor.originFrom(start),
  };
}

/** A subquery, a lambda of several parameters, a row, or an expression in parentheses. */
function parseParenthesized(cursor: TokenCursor): Expression {
  const start = cursor.index;
  if (atLambdaParameters(cursor)) return parseLambda(cursor);
  if (atQuery(cursor, 1)) {
    cursor.next();
    const plan = parseQuery(cursor);
    cursor.expect(")");
    return { kind: "subquery", form: "scalar", plan, origin: cursor.originFrom(start) };
  }
  cursor.expect("(");
  const first = parseNamed(cursor);
  if (cursor.at(",")) {
    const items = [first];
    while (cursor.accept(",")) items.push(parseNamed(cursor));
    cursor.expect(")");
    return rowConstructor(cursor, start, items);
  }
  if (first.kind === "alias") throw cursor.error();
  cursor.expect(")");
  return first;
}

/** `(a, b) ->` */
function atLambdaParameters(cursor: TokenCursor): boolean {
  let at = 1;
  while (cursor.isName(cursor.peek(at)) && cursor.peek(at + 1).word === ",") at += 2;
  return (
    at > 1 &&
    cursor.isName(cursor.peek(at)) &&
    cursor.peek(at + 1).word === ")" &&
    cursor.peek(at + 2).word === "->"
  );
}

/** The body names its parameters like columns; the analyzer tells them apart. */
function parseLambda(cursor: TokenCursor): Lambda {
  const start = cursor.index;
  const names = cursor.at("(") ? cursor.parenthesized(parseFieldName) : [parseFieldName(cursor)];
  const parameters = names.map(
    (name): LambdaVariable => ({ kind: "lambdaVariable", name, id: 0, type: NullType, nullable: true }),
  );
  cursor.expect("->");
  return { kind: "lambda", parameters, body: parseExpr(cursor), origin: cursor.originFrom(start) };
}
