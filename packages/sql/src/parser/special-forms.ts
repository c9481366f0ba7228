import { type DataType, StringType } from "@ss/core";
import { type Expression, literal } from "../expression/expression.js";
import { parseDateArithmetic, parseDateDifference } from "./date-arithmetic.js";
import { callFrom, parseExpr, parseNamed, parseValue } from "./expressions.js";
import { finishFunctionCall } from "./function-calls.js";
import { parseConstantWord } from "./literals.js";
import { structConstructor } from "./row-constructors.js";
import type { Token } from "./token.js";
import type { TokenCursor } from "./token-cursor.js";
import { parseDataType } from "./types.js";

/**
 * A form with a grammar of its own. The cursor is at its word; undefined when the word is but a name here, and then
 * the caller goes back to it.
 */
type SpecialForm = (cursor: TokenCursor) => Expression | undefined;

/** Special forms by their first word. */
export const SPECIAL_FORMS: ReadonlyMap<string, SpecialForm> = new Map<string, SpecialForm>([
  ["NULL", constantWord],
  ["TRUE", constantWord],
  ["FALSE", constantWord],
  ["CASE", parseCase],
  ["CAST", parseCast],
  ["TRY_CAST", parseCast],
  ["STRUCT", parseStruct],
  ["POSITION", parsePosition],
  ["EXTRACT", parseExtract],
  ["SUBSTRING", parseSubstring],
  ["SUBSTR", parseSubstring],
  ["TRIM", parseTrim],
  ["OVERLAY", parseOverlay],
  ["TIMESTAMPADD", parseDateArithmetic],
  ["DATEADD", parseDateArithmetic],
  ["DATE_ADD", parseDateArithmetic],
  ["TIMESTAMPDIFF", parseDateDifference],
  ["DATEDIFF", parseDateDifference],
  ["DATE_DIFF", parseDateDifference],
  ["TIMEDIFF", parseDateDifference],
]);

function constantWord(cursor: TokenCursor): Expression | undefined {
  return cursor.peek().word === "(" || cursor.peek().word === "." ? undefined : parseConstantWord(cursor);
}

/** Goes on with a call that turned out to be one like any other once its first argument was read. */
function ordinaryCall(
  cursor: TokenCursor,
  start: number,
  first: Expression | undefined,
): Expression | undefined {
  if (first === undefined || !cursor.atAny(",", ")")) return undefined;
  return finishFunctionCall(cursor, start, [cursor.textOf(cursor.tokens[start] as Token)], false, first);
}

/** CASE is `when(condition, value, ..., otherwise)`; with an operand every condition compares with it. */
function parseCase(cursor: TokenCursor): Expression | undefined {
  const start = cursor.index;
  cursor.next();
  if (cursor.atAny(",", ")", ".", "FROM") || cursor.current.type === "end") return undefined;
  const operand = cursor.at("WHEN") ? undefined : parseExpr(cursor);
  const args: Expression[] = [];
  do {
    const branch = cursor.index;
    cursor.expect("WHEN");
    const condition = parseExpr(cursor);
    const test = operand === undefined ? condition : callFrom(cursor, branch + 1, "=", operand, condition);
    cursor.expect("THEN");
    args.push(test, parseExpr(cursor));
  } while (cursor.at("WHEN"));
  if (cursor.accept("ELSE")) args.push(parseExpr(cursor));
  cursor.expect("END");
  return callFrom(cursor, start, "when", ...args);
}

function parseCast(cursor: TokenCursor): Expression | undefined {
  const start = cursor.index;
  const mode = cursor.next().word === "TRY_CAST" ? "try" : "cast";
  if (!cursor.accept("(")) return undefined;
  const child = parseExpr(cursor);
  cursor.expect("AS");
  const type: DataType = parseDataType(cursor);
  cursor.expect(")");
  return { kind: "cast", child, type, mode, origin: cursor.originFrom(start) };
}

function parseStruct(cursor: TokenCursor): Expression | undefined {
  const start = cursor.index;
  cursor.next();
  if (!cursor.accept("(")) return undefined;
  const items = cursor.at(")") ? [] : cursor.list(parseNamed);
  cursor.expect(")");
  return structConstructor(cursor, start, items);
}

/** `POSITION(part IN text)`; with a comma it is a function like any other. */
function parsePosition(cursor: TokenCursor): Expression | undefined {
  const start = cursor.index;
  cursor.next();
  if (!cursor.accept("(") || cursor.at(")")) return undefined;
  const part = parseValue(cursor);
  if (!cursor.accept("IN")) return ordinaryCall(cursor, start, part);
  const text = parseValue(cursor);
  cursor.expect(")");
  return callFrom(cursor, start, "locate", part, text);
}

function parseExtract(cursor: TokenCursor): Expression | undefined {
  const start = cursor.index;
  cursor.next();
  const field = cursor.peek();
  if (!cursor.at("(") || cursor.peek(2).word !== "FROM" || !cursor.isName(field)) return undefined;
  cursor.index += 3;
  const source = parseValue(cursor);
  cursor.expect(")");
  const name = cursor.textOf(field).replaceAll("`", "");
  return callFrom(cursor, start, "extract", literal(name, StringType), source);
}

/** `SUBSTRING(text FROM position FOR length)`; commas may stand for the words. */
function parseSubstring(cursor: TokenCursor): Expression | undefined {
  const start = cursor.index;
  const name = cursor.textOf(cursor.next());
  if (!cursor.accept("(") || cursor.at(")")) return undefined;
  const args = [parseValue(cursor)];
  if (!cursor.accept("FROM")) return ordinaryCall(cursor, start, args[0]);
  args.push(parseValue(cursor));
  if (cursor.accept("FOR") || cursor.accept(",")) args.push(parseValue(cursor));
  cursor.expect(")");
  return callFrom(cursor, start, name, ...args);
}

const TRIM_FUNCTIONS: Readonly<Record<string, string>> = {
  BOTH: "trim",
  LEADING: "ltrim",
  TRAILING: "rtrim",
};

/** `TRIM([BOTH | LEADING | TRAILING] [characters] FROM text)` is `trim(characters, text)` and its like. */
function parseTrim(cursor: TokenCursor): Expression | undefined {
  const start = cursor.index;
  cursor.next();
  if (!cursor.accept("(")) return undefined;
  const side = cursor.peek().word === "," || cursor.peek().word === ")" ? undefined : trimSide(cursor);
  const args: Expression[] = [];
  if (!cursor.at("FROM")) {
    if (cursor.at(")")) return undefined;
    args.push(parseValue(cursor));
  }
  if (!cursor.accept("FROM")) return side === undefined ? ordinaryCall(cursor, start, args[0]) : undefined;
  args.push(parseValue(cursor));
  cursor.expect(")");
  return callFrom(cursor, start, TRIM_FUNCTIONS[side ?? "BOTH"] as string, ...args);
}

function trimSide(cursor: TokenCursor): string | undefined {
  return cursor.acceptAny("BOTH", "LEADING", "TRAILING");
}

/** `OVERLAY(text PLACING other FROM position [FOR length])`. */
function parseOverlay(cursor: TokenCursor): Expression | undefined {
  const start = cursor.index;
  cursor.next();
  if (!cursor.accept("(") || cursor.at(")")) return undefined;
  const args = [parseValue(cursor)];
  if (!cursor.accept("PLACING")) return ordinaryCall(cursor, start, args[0]);
  args.push(parseValue(cursor));
  cursor.expect("FROM");
  args.push(parseValue(cursor));
  if (cursor.accept("FOR")) args.push(parseValue(cursor));
  cursor.expect(")");
  return callFrom(cursor, start, "overlay", ...args);
}
