import { trimText } from "../number/ascii-text.js";
import { IntervalFormatError } from "./interval-error.js";

/** Fields of ANSI intervals, as Spark numbers them. */
export const INTERVAL_YEAR = 0;
export const INTERVAL_MONTH = 1;
export const INTERVAL_DAY = 0;
export const INTERVAL_HOUR = 1;
export const INTERVAL_MINUTE = 2;
export const INTERVAL_SECOND = 3;

const YEAR_MONTH_NAMES = ["year", "month"];
const DAY_TIME_NAMES = ["day", "hour", "minute", "second"];
const MICROS_PER_FIELD = [86400000000n, 3600000000n, 60000000n, 1000000n];
const INT64_MAX = 9223372036854775807n;

/** `interval year to month`, `interval day`. */
function typeName(names: readonly string[], from: number, to: number): string {
  return from === to ? `interval ${names[from]}` : `interval ${names[from]} to ${names[to]}`;
}

/** The unquoted bodies that each pair of fields accepts. */
const DAY_TIME_FORMS: ReadonlyMap<number, RegExp> = new Map([
  [1, /^(\d{1,9}) (\d{1,2})$/],
  [2, /^(\d{1,9}) (\d{1,2}):(\d{1,2})$/],
  [3, /^(\d{1,9}) (\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)$/],
  [6, /^(\d{1,10}):(\d{1,2})$/],
  [7, /^(\d{1,10}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)$/],
  [11, /^(\d{1,12}):(\d{1,2}(?:\.\d{1,9})?)$/],
  [0, /^(\d{1,9})$/],
  [5, /^(\d{1,10})$/],
  [10, /^(\d{1,12})$/],
  [15, /^(\d{1,13}(?:\.\d{1,9})?)$/],
]);

/**
 * Parses a year-month interval and returns its months: `[+|-]y-m`, or a single number when both fields are the
 * same; also as a whole literal, `INTERVAL '1-2' YEAR TO MONTH`. `negated` stands for a minus before the text.
 *
 * @throws IntervalFormatError When the text does not fit the fields or the months overflow.
 */
export function parseYearMonthInterval(text: string, from: number, to: number, negated = false): number {
  const { body, negative } = unwrap(text, YEAR_MONTH_NAMES, from, to);
  const match = (from === to ? /^(\d+)$/ : /^(\d+)-(\d+)$/).exec(body);
  if (match === null) return refuseYearMonth(text, from, to);
  const first = BigInt(match[1] as string);
  const months = BigInt(match[2] ?? 0);
  const total = from === INTERVAL_YEAR ? first * 12n + months : first;
  const signed = negative !== negated ? -total : total;
  if (months > 11n || BigInt.asIntN(32, signed) !== signed) {
    throw new IntervalFormatError("INVALID_INTERVAL_FORMAT.INTERVAL_PARSING", {
      input: text,
      interval: "year-month",
    });
  }
  return Number(signed);
}

function refuseYearMonth(text: string, from: number, to: number): never {
  const letters = ["y", "m"];
  const form = from === to ? (letters[from] as string) : "y-m";
  throw new IntervalFormatError("INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING", {
    intervalStr: "year-month",
    supportedFormat: supportedFormat(form, YEAR_MONTH_NAMES, from, to),
    typeName: typeName(YEAR_MONTH_NAMES, from, to),
    input: text,
  });
}

/**
 * Parses a day-time interval and returns its microseconds: `[+|-]d h:m:s.n` or the part of it from one field to
 * another; also as a whole literal, `INTERVAL '1 02:03:04' DAY TO SECOND`. `negated` stands for a minus before
 * the text. (A SQL literal of single units, `INTERVAL '1' DAY '2' HOUR`, is calendar text instead.)
 *
 * @throws IntervalFormatError When the text does not fit the fields or a field is out of its range.
 */
export function parseDayTimeInterval(text: string, from: number, to: number, negated = false): bigint {
  const { body, negative } = unwrap(text, DAY_TIME_NAMES, from, to);
  const match = DAY_TIME_FORMS.get(from * 4 + to)?.exec(body);
  if (match === null || match === undefined) return refuseDayTime(text, from, to);
  let micros = 0n;
  for (let field = from; field <= to; field++) {
    const part = match[field - from + 1] as string;
    if (field === INTERVAL_SECOND) micros += secondsToMicros(part);
    else micros += BigInt(part) * (MICROS_PER_FIELD[field] as bigint);
    checkRange(part, field, field === from, from === to);
  }
  const signed = negative !== negated ? -micros : micros;
  if (BigInt.asIntN(64, signed) !== signed) {
    throw new IntervalFormatError("INVALID_INTERVAL_FORMAT.DAY_TIME_PARSING", {
      input: text,
      msg: "long overflow",
    });
  }
  return signed;
}

/** The leading field may be as large as 64 bits of microseconds allow, the others as on a clock. */
function checkRange(part: string, field: number, isLeading: boolean, isSingle: boolean): void {
  const value = BigInt(part.split(".")[0] as string);
  const clockMax = field === INTERVAL_HOUR ? 23n : 59n;
  // Seconds that follow other fields are limited by their two digits alone.
  if (field === INTERVAL_SECOND && !isSingle) return;
  const max = isLeading ? INT64_MAX / (MICROS_PER_FIELD[field] as bigint) : clockMax;
  if (value <= max) return;
  throw new IntervalFormatError("_LEGACY_ERROR_TEMP_0063", {
    msg: `requirement failed: ${DAY_TIME_NAMES[field]} ${value} outside range [0, ${max}]`,
  });
}

function secondsToMicros(text: string): bigint {
  const [whole, fraction] = text.split(".") as [string, string | undefined];
  return BigInt(whole) * 1000000n + BigInt((fraction ?? "").padEnd(6, "0").slice(0, 6));
}

function refuseDayTime(text: string, from: number, to: number): never {
  const letters = ["d", "h", "m", "s.n"].slice(from, to + 1);
  const form = from === INTERVAL_DAY && to > from ? `d ${letters.slice(1).join(":")}` : letters.join(":");
  throw new IntervalFormatError("INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE", {
    intervalStr: "day-time",
    supportedFormat: supportedFormat(form, DAY_TIME_NAMES, from, to),
    typeName: typeName(DAY_TIME_NAMES, from, to),
    input: text,
  });
}

function fieldsText(names: readonly string[], from: number, to: number): string {
  const first = (names[from] as string).toUpperCase();
  return from === to ? first : `${first} TO ${(names[to] as string).toUpperCase()}`;
}

function supportedFormat(form: string, names: readonly string[], from: number, to: number): string {
  return `\`[+|-]${form}\`, \`INTERVAL [+|-]'[+|-]${form}' ${fieldsText(names, from, to)}\``;
}

/** Takes the signs off, and the words around a whole literal. */
function unwrap(
  text: string,
  names: readonly string[],
  from: number,
  to: number,
): { body: string; negative: boolean } {
  const trimmed = trimText(text);
  const fields = fieldsText(names, from, to).replace(/ /g, "\\s+");
  const literal = new RegExp(`^INTERVAL\\s+([+-]?)'(.*)'\\s+${fields}$`, "i").exec(trimmed);
  const inner = literal === null ? trimmed : (literal[2] as string);
  const signed = /^[+-]/.test(inner);
  const negative = (literal?.[1] === "-") !== inner.startsWith("-");
  return { body: signed ? inner.slice(1) : inner, negative };
}

/** The literal of a year-month interval: `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL '3' MONTH`. */
export function formatYearMonthInterval(months: number, from: number, to: number): string {
  const fields = fieldsText(YEAR_MONTH_NAMES, from, to);
  if (from === to && from === INTERVAL_MONTH) return `INTERVAL '${months}' ${fields}`;
  const text = formatYearMonthHive(months);
  return `INTERVAL '${from === to ? text.slice(0, text.lastIndexOf("-")) : text}' ${fields}`;
}

/** A year-month interval in Hive's style, `1-2`, as results show it. */
export function formatYearMonthHive(months: number): string {
  const absolute = Math.abs(months);
  return `${months < 0 ? "-" : ""}${Math.trunc(absolute / 12)}-${absolute % 12}`;
}

/** The literal of a day-time interval: `INTERVAL '1 02:03:04.5' DAY TO SECOND`, `INTERVAL '02' SECOND`. */
export function formatDayTimeInterval(micros: bigint, from: number, to: number): string {
  let rest = micros < 0n ? -micros : micros;
  let text = micros < 0n ? "-" : "";
  for (let field = from; field <= to; field++) {
    const size = MICROS_PER_FIELD[field] as bigint;
    if (field > from) text += field === INTERVAL_HOUR ? " " : ":";
    text += field === INTERVAL_DAY ? rest / size : String(rest / size).padStart(2, "0");
    rest %= size;
  }
  if (to === INTERVAL_SECOND && rest > 0n) text += `.${String(rest).padStart(6, "0").replace(/0+$/, "")}`;
  return `INTERVAL '${text}' ${fieldsText(DAY_TIME_NAMES, from, to)}`;
}

/** A day-time interval in Hive's style, `1 02:03:04.500000000`, as results show it. */
export function formatDayTimeHive(micros: bigint): string {
  let rest = micros < 0n ? -micros : micros;
  const parts: bigint[] = [];
  for (const size of MICROS_PER_FIELD) {
    parts.push(rest / size);
    rest %= size;
  }
  const two = (value: bigint | undefined): string => String(value).padStart(2, "0");
  const clock = `${two(parts[1])}:${two(parts[2])}:${two(parts[3])}.${String(rest).padStart(6, "0")}000`;
  return `${micros < 0n ? "-" : ""}${parts[0]} ${clock}`;
}
