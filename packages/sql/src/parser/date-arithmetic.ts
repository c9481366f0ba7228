import { StringType } from "@ss/core";
import { type Expression, literal } from "../expression/expression.js";
import { callFrom, parseValue } from "./expressions.js";
import { parseError } from "./parse-error.js";
import { stringValue } from "./string-literal.js";
import type { TokenCursor } from "./token-cursor.js";

const UNITS: ReadonlySet<string> = new Set(
  "YEAR QUARTER MONTH WEEK DAY DAYOFYEAR HOUR MINUTE SECOND MILLISECOND MICROSECOND".split(" "),
);

/** `TIMESTAMPADD(unit, amount, time)` under any of its names; without a unit those are functions like others. */
export function parseDateArithmetic(cursor: TokenCursor): Expression | undefined {
  return parseWithUnit(cursor, "timestampadd");
}

/** `TIMESTAMPDIFF(unit, from, to)` under any of its names. */
export function parseDateDifference(cursor: TokenCursor): Expression | undefined {
  return parseWithUnit(cursor, "timestampdiff");
}

function parseWithUnit(cursor: TokenCursor, name: string): Expression | undefined {
  const start = cursor.index;
  const written = cursor.textOf(cursor.next());
  const unit = cursor.peek();
  const quoted = cursor.isString(unit);
  if (!cursor.at("(") || cursor.peek(2).word !== "," || !(quoted || UNITS.has(unit.word))) return undefined;
  cursor.index += 3;
  const first = parseValue(cursor);
  if (!cursor.accept(",")) return undefined;
  const second = parseValue(cursor);
  if (!cursor.accept(")")) return undefined;
  if (quoted) throw quotedUnit(cursor, start, written, stringValue(cursor, unit));
  return callFrom(cursor, start, name, literal(cursor.textOf(unit), StringType), first, second);
}

function quotedUnit(cursor: TokenCursor, start: number, written: string, unit: string): Error {
  const parameters = { functionName: `\`${written}\``, parameter: "`unit`", invalidValue: `'${unit}'` };
  const message = `The unit of ${written} is a word without quotes: write ${unit.toUpperCase()}, not '${unit}'.`;
  const origin = cursor.originFrom(start);
  return parseError("INVALID_PARAMETER_VALUE.DATETIME_UNIT", "22023", parameters, origin, message);
}
