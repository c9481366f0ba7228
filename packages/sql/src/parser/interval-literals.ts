import {
  CalendarIntervalType,
  DayTimeIntervalType,
  type DayTimeUnit,
  type StreamError,
  YearMonthIntervalType,
  type YearMonthUnit,
} from "@ss/core";
import {
  type CalendarInterval,
  calendarIntervalMicros,
  formatCalendarInterval,
  formatDayTimeInterval,
  formatYearMonthInterval,
  IntervalFormatError,
  parseCalendarInterval,
  parseDayTimeInterval,
  parseYearMonthInterval,
  tryParseCalendarInterval,
} from "@ss/kernels";
import type { Literal, Origin } from "../expression/expression.js";
import { literalFrom } from "./literals.js";
import { parseError } from "./parse-error.js";
import { parseString } from "./string-literal.js";
import type { Token } from "./token.js";
import type { TokenCursor } from "./token-cursor.js";

const YEAR_MONTH: readonly string[] = ["year", "month"];
const DAY_TIME: readonly string[] = ["day", "hour", "minute", "second"];
const PLURAL_UNITS: ReadonlySet<string> = new Set(
  [...YEAR_MONTH, ...DAY_TIME, "week", "millisecond", "microsecond", "nanosecond"].flatMap((unit) => [
    unit.toUpperCase(),
    `${unit.toUpperCase()}S`,
  ]),
);

/** Whether an interval literal with units begins here: `INTERVAL` and a value, not `INTERVAL 'text'` alone. */
export function atUnitInterval(cursor: TokenCursor): boolean {
  if (!cursor.at("INTERVAL")) return false;
  const signed = cursor.peek().word === "-" || cursor.peek().word === "+";
  const value = cursor.peek(signed ? 2 : 1);
  const isNumber = value.type === "integer" || value.type === "decimal";
  // A column of that name may stand before a sign, but not before a number.
  if (isNumber) return !signed || isUnit(cursor.peek(3));
  return cursor.isString(value) && isUnit(behindStrings(cursor, cursor.index + (signed ? 2 : 1)));
}

/** The first token behind the strings at an index. */
function behindStrings(cursor: TokenCursor, index: number): Token {
  let at = index;
  while (cursor.isString(cursor.tokens[at] as Token)) at++;
  return cursor.tokens[at] as Token;
}

function isUnit(token: Token): boolean {
  return PLURAL_UNITS.has(token.word);
}

/** `INTERVAL 1 DAY 2 HOURS`, `INTERVAL '1-2' YEAR TO MONTH`. */
export function parseInterval(cursor: TokenCursor): Literal {
  const start = cursor.index;
  cursor.expect("INTERVAL");
  const body = cursor.index;
  const parts: string[] = [];
  const units: string[] = [];
  let ranged: Literal | undefined;
  while (atValue(cursor)) {
    if (ranged !== undefined) throw manyRanges(cursor, start);
    const part = parseValueAndUnit(cursor);
    if (cursor.at("TO")) {
      ranged = parseRange(cursor, start, body, part);
      if (units.length > 0) throw manyRanges(cursor, start);
    } else {
      parts.push(` ${plainValue(part)} ${part.unit}`);
      units.push(part.unit.toLowerCase().replace(/s$/, ""));
    }
  }
  if (ranged !== undefined) return ranged;
  return ofUnits(cursor, start, parseCalendar(parts.join("")), units);
}

interface ValueAndUnit {
  readonly sign: string;
  readonly text: string;
  readonly quoted: boolean;
  readonly unit: string;
  readonly origin: Origin;
}

function atValue(cursor: TokenCursor): boolean {
  const signed = cursor.atAny("-", "+");
  const value = signed ? cursor.peek() : cursor.current;
  if (value.type !== "integer" && value.type !== "decimal" && !cursor.isString(value)) return false;
  const next = cursor.isString(value)
    ? behindStrings(cursor, cursor.index + (signed ? 1 : 0))
    : cursor.peek(signed ? 2 : 1);
  // A number without a unit belongs to what follows: INTERVAL 1 DAY - 2. The first value must have one.
  return isUnit(next) || cursor.tokens[cursor.index - 1]?.word === "INTERVAL";
}

function parseValueAndUnit(cursor: TokenCursor): ValueAndUnit {
  const start = cursor.index;
  const sign = cursor.acceptAny("-", "+") ?? "";
  const quoted = cursor.isString();
  const text = quoted ? parseString(cursor) : cursor.textOf(cursor.next());
  if (!isUnit(cursor.current)) throw cursor.error();
  const unit = cursor.textOf(cursor.next());
  return { sign, text, quoted, unit, origin: cursor.originFrom(start) };
}

/** The value with its sign; a minus before a quoted one turns it round. Units within the quotes are refused. */
function plainValue(part: ValueAndUnit): string {
  if (!part.quoted) return part.sign + part.text;
  if (/\p{L}/u.test(part.text)) {
    const message = `The value ${part.text} of an interval must be a number.`;
    throw parseError("_LEGACY_ERROR_TEMP_0026", undefined, { value: part.text }, part.origin, message);
  }
  return signed(part);
}

function signed(part: ValueAndUnit): string {
  if (part.sign !== "-") return part.text;
  return part.text.startsWith("-") ? part.text.slice(1) : `-${part.text}`;
}

/** The rest of `'1-2' YEAR TO MONTH`; the cursor is at TO. */
function parseRange(cursor: TokenCursor, start: number, body: number, part: ValueAndUnit): Literal {
  cursor.expect("TO");
  if (!isUnit(cursor.current)) throw cursor.error();
  const from = part.unit.toLowerCase();
  const to = cursor.textOf(cursor.next()).toLowerCase();
  const origin = cursor.originFrom(body);
  if (!part.quoted) {
    const message = `The value of an interval from ${from} to ${to} must be a string.`;
    throw parseError("_LEGACY_ERROR_TEMP_0027", undefined, {}, origin, message);
  }
  const text = signed(part);
  try {
    if (from === "year" && to === "month")
      return yearMonth(cursor, start, parseYearMonthInterval(text, 0, 1), 0, 1);
    const first = DAY_TIME.indexOf(from);
    const last = DAY_TIME.indexOf(to);
    if (first >= 0 && last > first) {
      return dayTime(cursor, start, parseDayTimeInterval(text, first, last), first, last);
    }
  } catch (error) {
    throw asParseError(error, origin);
  }
  throw parseError(
    "INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION",
    "22006",
    { input: part.text, from, to },
    origin,
    `There are no intervals from ${from} to ${to}.`,
  );
}

function manyRanges(cursor: TokenCursor, start: number): StreamError {
  while (atValue(cursor)) {
    parseValueAndUnit(cursor);
    if (cursor.accept("TO")) cursor.next();
  }
  const message = "An interval with TO has no further parts.";
  return parseError("_LEGACY_ERROR_TEMP_0024", undefined, {}, cursor.originFrom(start), message);
}

function parseCalendar(text: string): CalendarInterval {
  try {
    return parseCalendarInterval(text);
  } catch (error) {
    throw asParseError(error, undefined);
  }
}

function asParseError(error: unknown, origin: Origin | undefined): unknown {
  if (!(error instanceof IntervalFormatError)) return error;
  const state = error.condition.startsWith("_LEGACY") ? undefined : "22006";
  return parseError(error.condition, state, error.parameters, origin, `${error.message}.`);
}

/** `INTERVAL 'text'` with units in the text; undefined when it is no interval. */
export function intervalOfText(cursor: TokenCursor, start: number, text: string): Literal | undefined {
  const interval = tryParseCalendarInterval(text);
  if (interval === undefined) return undefined;
  const words = text.toLowerCase().split(/\s+/);
  const units = words
    .filter((word) => /^[a-z]+$/.test(word) && word !== "interval")
    .map((word) => word.replace(/s$/, ""));
  return ofUnits(cursor, start, interval, units);
}

/** Units of years and months make one kind of interval, those of days to seconds the other, and no interval has both. */
function ofUnits(
  cursor: TokenCursor,
  start: number,
  interval: CalendarInterval,
  units: readonly string[],
): Literal {
  if (cursor.conf.legacyInterval === true) return calendar(cursor, start, interval);
  const months = units.map((unit) => YEAR_MONTH.indexOf(unit)).filter((field) => field >= 0);
  const days = units.filter((unit) => !YEAR_MONTH.includes(unit)).map(dayTimeField);
  if (months.length === 0) {
    const micros = calendarIntervalMicros(interval);
    return dayTime(cursor, start, micros, Math.min(...days), Math.max(...days));
  }
  if (days.length > 0) {
    const origin = cursor.originFrom(start);
    const message = `An interval has years and months, or days and less, but not both: ${origin.text}.`;
    throw parseError("_LEGACY_ERROR_TEMP_0029", undefined, { literal: origin.text }, origin, message);
  }
  return yearMonth(cursor, start, interval.months, Math.min(...months), Math.max(...months));
}

function dayTimeField(unit: string): number {
  if (unit === "week") return 0;
  const field = DAY_TIME.indexOf(unit);
  return field < 0 ? 3 : field;
}

function yearMonth(cursor: TokenCursor, start: number, months: number, from: number, to: number): Literal {
  if (cursor.conf.legacyInterval === true) return calendar(cursor, start, { months, days: 0, micros: 0n });
  const type = YearMonthIntervalType(YEAR_MONTH[from] as YearMonthUnit, YEAR_MONTH[to] as YearMonthUnit);
  return literalFrom(cursor, start, months, type, formatYearMonthInterval(months, from, to));
}

function dayTime(cursor: TokenCursor, start: number, micros: bigint, from: number, to: number): Literal {
  if (BigInt.asIntN(64, micros) !== micros) {
    const message = `The interval ${cursor.originFrom(start).text} is longer than 64 bits of microseconds.`;
    throw parseError("INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", "22015", {}, undefined, message);
  }
  if (cursor.conf.legacyInterval === true) {
    const days = micros / 86400000000n;
    return calendar(cursor, start, { months: 0, days: Number(days), micros: micros - days * 86400000000n });
  }
  const type = DayTimeIntervalType(DAY_TIME[from] as DayTimeUnit, DAY_TIME[to] as DayTimeUnit);
  return literalFrom(cursor, start, micros, type, formatDayTimeInterval(micros, from, to));
}

function calendar(cursor: TokenCursor, start: number, interval: CalendarInterval): Literal {
  const text = `INTERVAL '${formatCalendarInterval(interval)}'`;
  return literalFrom(cursor, start, interval, CalendarIntervalType, text);
}
