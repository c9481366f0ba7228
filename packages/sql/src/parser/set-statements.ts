import type { Statement } from "../logical/command.js";
import { parseInterval } from "./interval-literals.js";
import { parseError } from "./parse-error.js";
import { parseString } from "./string-literal.js";
import type { TokenCursor } from "./token-cursor.js";

const VARIABLES: readonly string[] = ["VARIABLE", "VAR"];

/** `SET key = value`. Key and value are taken as they are written, whatever characters they have. */
export function parseSet(cursor: TokenCursor): Statement {
  cursor.expect("SET");
  if (cursor.at("TIME", "ZONE")) return parseTimeZone(cursor);
  const next = cursor.peek().word;
  for (const word of ["ROLE", "CATALOG"]) {
    if (cursor.at(word) && next !== "=" && next !== ".") return skip(cursor, `SET ${word}`);
  }
  if (cursor.atAny(...VARIABLES) && next !== "." && next !== "=") return skip(cursor, "SET VARIABLE");
  if (cursor.at("PATH", "=")) return skip(cursor, "SET PATH");
  const text = restOf(cursor);
  const equals = equalsIn(text);
  if (equals < 0)
    return text === "" || text === "-v" ? { kind: "set" } : { kind: "set", key: unquoted(text) };
  return {
    kind: "set",
    key: unquoted(text.slice(0, equals).trim()),
    value: unquoted(text.slice(equals + 1).trim()),
  };
}

/** `RESET [key]`. */
export function parseReset(cursor: TokenCursor): Statement {
  cursor.expect("RESET");
  const key = unquoted(restOf(cursor));
  return key === "" ? { kind: "reset" } : { kind: "reset", key };
}

function skip(cursor: TokenCursor, name: string): Statement {
  cursor.index = cursor.tokens.length - 1;
  return { kind: "unsupported", name };
}

/** The rest of the text but for semicolons at its end. */
function restOf(cursor: TokenCursor): string {
  const text = cursor.sql.slice(cursor.current.start);
  cursor.index = cursor.tokens.length - 1;
  return text.replace(/[;\s]+$/, "").trim();
}

/** The first equals sign outside backquotes. */
function equalsIn(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "`") quoted = !quoted;
    else if (char === "=" && !quoted) return at;
  }
  return -1;
}

function unquoted(text: string): string {
  return /^`(?:[^`]|``)*`$/.test(text) ? text.slice(1, -1).replaceAll("``", "`") : text;
}

const KEY = "spark.sql.session.timeZone";

function parseTimeZone(cursor: TokenCursor): Statement {
  const start = cursor.index - 1;
  cursor.expect("TIME", "ZONE");
  if (cursor.accept("LOCAL")) {
    return { kind: "set", key: KEY, value: Intl.DateTimeFormat().resolvedOptions().timeZone };
  }
  if (cursor.isString()) return { kind: "set", key: KEY, value: parseString(cursor) };
  const interval = cursor.at("INTERVAL") ? parseInterval(cursor) : undefined;
  if (interval?.type.kind !== "dayTimeInterval") throw invalidZone(cursor, start);
  const seconds = Number((interval.value as bigint) / 1000000n);
  if (Math.abs(seconds) > 18 * 3600) throw invalidZone(cursor, start);
  return { kind: "set", key: KEY, value: offsetText(seconds) };
}

function invalidZone(cursor: TokenCursor, start: number): Error {
  const origin = cursor.originFrom(start);
  const message = "SET TIME ZONE takes a string, LOCAL, or an interval of at most 18 hours.";
  return parseError("INVALID_SET_SYNTAX", "42000", {}, origin, message);
}

function offsetText(seconds: number): string {
  const absolute = Math.abs(seconds);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const rest = absolute % 60 === 0 ? "" : `:${two(absolute % 60)}`;
  return `${seconds < 0 ? "-" : "+"}${two(absolute / 3600)}:${two((absolute % 3600) / 60)}${rest}`;
}
