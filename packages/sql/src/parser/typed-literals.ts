import { BinaryType, DateType, type StreamError, TimestampNTZType, TimestampType, TimeType } from "@ss/core";
import {
  formatDate,
  formatTime,
  formatTimestamp,
  formatTimestampNtz,
  hasZoneText,
  parseDateText,
  parseTimestampNtzText,
  parseTimestampText,
  parseTimeText,
  type TimeZone,
  timeZone,
  UTC,
} from "@ss/kernels";
import type { Literal } from "../expression/expression.js";
import { intervalOfText } from "./interval-literals.js";
import { literalFrom } from "./literals.js";
import { parseError } from "./parse-error.js";
import { stringValue } from "./string-literal.js";
import type { TokenCursor } from "./token-cursor.js";

type Reader = (cursor: TokenCursor, start: number, value: string) => Literal | undefined;

/** Readers of typed literals by their word; undefined for a text that is none. */
const READERS: ReadonlyMap<string, Reader> = new Map([
  ["DATE", dateLiteral],
  ["TIMESTAMP_NTZ", timestampNtzLiteral],
  ["TIMESTAMP_LTZ", timestampLtzLiteral],
  ["TIMESTAMP", timestampLiteral],
  ["INTERVAL", intervalOfText],
  ["X", binaryLiteral],
  ["TIME", timeLiteral],
]);

/** `DATE '2020-01-01'`: a word and a string. */
export function parseTypedLiteral(cursor: TokenCursor): Literal {
  const start = cursor.index;
  const word = cursor.next();
  const value = stringValue(cursor, cursor.next());
  const read = READERS.get(word.word);
  if (read === undefined) throw unsupported(cursor, start, word.word);
  const literal = read(cursor, start, value);
  if (literal === undefined) throw invalid(cursor, start, word.word, value);
  return literal;
}

function unsupported(cursor: TokenCursor, start: number, word: string): StreamError {
  const supportedTypes = [...READERS.keys()].map((name) => `"${name}"`).join(", ");
  return parseError(
    "UNSUPPORTED_TYPED_LITERAL",
    "0A000",
    { unsupportedType: `"${word}"`, supportedTypes },
    cursor.originFrom(start),
    `There are no literals of type "${word}", only of ${supportedTypes}.`,
  );
}

function invalid(cursor: TokenCursor, start: number, word: string, value: string): StreamError {
  return parseError(
    "INVALID_TYPED_LITERAL",
    "42604",
    { value: `'${value}'`, valueType: `"${word}"` },
    cursor.originFrom(start),
    `'${value}' is no value of type "${word}".`,
  );
}

function sessionZone(cursor: TokenCursor): TimeZone {
  return timeZone(cursor.conf.timeZone ?? "UTC") ?? UTC;
}

function nowMs(cursor: TokenCursor): number {
  return cursor.conf.now?.() ?? Date.now();
}

/** Days from today of the words that stand for a day. */
const SPECIAL_DAYS: ReadonlyMap<string, number> = new Map([
  ["yesterday", -1],
  ["today", 0],
  ["tomorrow", 1],
]);

function today(cursor: TokenCursor): number {
  const second = Math.floor(nowMs(cursor) / 1000);
  return Math.floor((second + sessionZone(cursor).offsetAt(second)) / 86400);
}

function dateLiteral(cursor: TokenCursor, start: number, value: string): Literal | undefined {
  const days = specialDate(cursor, value) ?? parseDateText(value);
  if (Number.isNaN(days)) return undefined;
  return literalFrom(cursor, start, days, DateType, `DATE '${formatDate(days)}'`);
}

/** A word that stands for a time, in small letters. A zone behind it must exist, and changes nothing. */
function specialWord(value: string): string {
  const [word = "", zone] = value.trim().split(/[ \t]+(.*)/);
  if (zone === undefined || zone === "") return word.toLowerCase();
  return word.toLowerCase() !== "now" && timeZone(zone) !== undefined ? word.toLowerCase() : "";
}

function specialDate(cursor: TokenCursor, value: string): number | undefined {
  const word = specialWord(value);
  if (word === "epoch") return 0;
  const days = word === "now" ? 0 : SPECIAL_DAYS.get(word);
  return days === undefined ? undefined : today(cursor) + days;
}

/** Spark's TIMESTAMP follows a setting; as TIMESTAMP_NTZ it still gives an instant for a text with a zone. */
function timestampLiteral(cursor: TokenCursor, start: number, value: string): Literal | undefined {
  if (cursor.conf.timestampType !== "timestamp_ntz") return timestampLtzLiteral(cursor, start, value);
  if (hasZoneText(value)) return timestampLtzLiteral(cursor, start, value);
  return timestampNtzLiteral(cursor, start, value);
}

function timestampLtzLiteral(cursor: TokenCursor, start: number, value: string): Literal | undefined {
  const zone = sessionZone(cursor);
  const local = specialTimestamp(cursor, value);
  const nowSecond = Math.floor(nowMs(cursor) / 1000);
  let micros: bigint | undefined;
  if (local === undefined) micros = parseTimestampText(value, zone, nowSecond);
  else if (local === "now") micros = BigInt(nowMs(cursor)) * 1000n;
  else if (local === "epoch") micros = 0n;
  else micros = BigInt(zone.secondOfLocal(local * 86400)) * 1000000n;
  if (micros === undefined) return undefined;
  return literalFrom(cursor, start, micros, TimestampType, `TIMESTAMP '${formatTimestamp(micros, zone)}'`);
}

function timestampNtzLiteral(cursor: TokenCursor, start: number, value: string): Literal | undefined {
  const local = specialTimestamp(cursor, value);
  let micros: bigint | undefined;
  if (local === undefined) micros = parseTimestampNtzText(value, true);
  else if (local === "now") micros = localNow(cursor);
  else if (local === "epoch") micros = 0n;
  else micros = BigInt(local * 86400) * 1000000n;
  if (micros === undefined) return undefined;
  const text = `TIMESTAMP_NTZ '${formatTimestampNtz(micros)}'`;
  return literalFrom(cursor, start, micros, TimestampNTZType, text);
}

function localNow(cursor: TokenCursor): bigint {
  const ms = nowMs(cursor);
  return BigInt(ms) * 1000n + BigInt(sessionZone(cursor).offsetAt(Math.floor(ms / 1000))) * 1000000n;
}

/** `now`, `epoch`, or the day at whose start one of the other words falls. */
function specialTimestamp(cursor: TokenCursor, value: string): "now" | "epoch" | number | undefined {
  const word = specialWord(value);
  if (word === "now" || word === "epoch") return word;
  const days = SPECIAL_DAYS.get(word);
  return days === undefined ? undefined : today(cursor) + days;
}

function timeLiteral(cursor: TokenCursor, start: number, value: string): Literal | undefined {
  const micros = parseTimeText(value);
  if (Number.isNaN(micros)) return undefined;
  return literalFrom(cursor, start, BigInt(micros) * 1000n, TimeType(), `TIME '${formatTime(micros)}'`);
}

function binaryLiteral(cursor: TokenCursor, start: number, value: string): Literal | undefined {
  const digits = value.length % 2 === 1 ? `0${value}` : value;
  if (!/^[0-9A-Fa-f]*$/.test(digits)) return undefined;
  const bytes = Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
  return literalFrom(cursor, start, bytes, BinaryType, `X'${digits.toUpperCase()}'`);
}
