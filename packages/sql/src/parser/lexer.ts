import { StreamError } from "@ss/core";
import { KEYWORDS } from "./keywords.js";
import { lexNumber } from "./lex-number.js";
import type { Token, TokenType } from "./token.js";

const LETTER = /^\p{L}$/u;
const WHITE_SPACE = /[\u00a0\u1680\u2000-\u200a\u2028\u202f\u205f\u3000]/;
const URI = /[A-Za-z]+:\/\/[\p{L}0-9_/.?=&#%-]+/uy;

/** Classes of ASCII characters: 1 white space, 2 word, 3 digit, 4 mark of one or more characters. */
const CLASS = new Uint8Array(128);
for (const char of " \t\n\f\r\v") CLASS[char.charCodeAt(0)] = 1;
for (let code = 65; code <= 90; code++) CLASS[code] = CLASS[code + 32] = 2;
CLASS[95] = 2;
for (let code = 48; code <= 57; code++) CLASS[code] = 3;
for (const char of ";(),.[]!=<>+-*/%~&|^:?") CLASS[char.charCodeAt(0)] = 4;

/** Marks of several characters, longest first. `>>` and `>>>` are left to the parser, which knows `ARRAY<ARRAY<INT>>`. */
const LONG_MARKS: ReadonlyMap<string, readonly string[]> = new Map([
  ["=", ["==", "=>"]],
  ["<", ["<=>", "<<", "<=", "<>"]],
  [">", [">="]],
  ["!", ["!=", "!<", "!>"]],
  ["|", ["||", "|>"]],
  [":", ["::"]],
  ["-", ["->"]],
  ["*", ["*/"]],
  ["/", ["/*+"]],
]);

/** Cuts a SQL text into tokens; the last one is the end. Characters that begin no token come as `unknown`. */
export function tokenize(sql: string, consecutiveStringLiterals = false): Token[] {
  const tokens: Token[] = [];
  const length = sql.length;
  let at = 0;
  while (at < length) {
    const code = sql.charCodeAt(at);
    const kind = code < 128 ? CLASS[code] : 0;
    if (kind === 1) at++;
    else if (kind === 2) {
      const rawEnd = (code | 32) === 114 ? rawStringEnd(sql, at) : -1;
      at = rawEnd >= 0 ? push(tokens, "string", "", at, rawEnd) : lexWord(sql, at, tokens);
    } else if (kind === 3 || (code === 46 && isDigit(sql.charCodeAt(at + 1)))) {
      const number = lexNumber(sql, at);
      if (number.type === undefined)
        at = kind === 3 ? lexWord(sql, at, tokens) : push(tokens, "mark", ".", at, at + 1);
      else at = push(tokens, number.type, "", at, number.end);
    } else if (kind === 4) {
      const skipped = skipComment(sql, at);
      at = skipped > at ? skipped : lexMark(sql, at, tokens);
    } else if (code === 39 || code === 34) at = lexString(sql, at, code, consecutiveStringLiterals, tokens);
    else if (code === 96) at = lexQuoted(sql, at, tokens);
    else if (code >= 128 && WHITE_SPACE.test(sql.charAt(at))) at++;
    else if (code >= 128 && wordCharEnd(sql, at) > at) at = lexWord(sql, at, tokens);
    else at = push(tokens, "unknown", "", at, at + 1);
  }
  push(tokens, "end", "", length, length);
  return tokens;
}

function push(tokens: Token[], type: TokenType, word: string, start: number, end: number): number {
  tokens.push({ type, word, start, end });
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The position after the letter, digit or underscore at `at`; `at` itself if there is none. */
function wordCharEnd(sql: string, at: number): number {
  const code = sql.charCodeAt(at);
  if (code < 128) return CLASS[code] === 2 || CLASS[code] === 3 ? at + 1 : at;
  const char = String.fromCodePoint(sql.codePointAt(at) as number);
  return LETTER.test(char) ? at + char.length : at;
}

function lexWord(sql: string, start: number, tokens: Token[]): number {
  let end = start;
  while (end < sql.length) {
    const next = wordCharEnd(sql, end);
    if (next === end) break;
    end = next;
  }
  if (sql.startsWith("://", end)) {
    URI.lastIndex = start;
    const match = URI.exec(sql);
    if (match !== null) end = start + match[0].length;
  }
  const upper = sql.slice(start, end).toUpperCase();
  return push(tokens, "word", KEYWORDS.get(upper) ?? upper, start, end);
}

function lexMark(sql: string, at: number, tokens: Token[]): number {
  const char = sql.charAt(at);
  const longer = LONG_MARKS.get(char);
  if (longer !== undefined) {
    for (const mark of longer)
      if (sql.startsWith(mark, at)) return push(tokens, "mark", mark, at, at + mark.length);
  }
  return push(tokens, "mark", char, at, at + 1);
}

/** The end of `r'...'` or `r"..."` at `at`, whose backslashes mean nothing; -1 if there is none. */
function rawStringEnd(sql: string, at: number): number {
  const quote = sql.charAt(at + 1);
  if (quote !== "'" && quote !== '"') return -1;
  return sql.indexOf(quote, at + 2) + 1 || -1;
}

/** A string without its end is no token: its quote comes as `unknown`, where the parser stops. */
function lexString(sql: string, start: number, quote: number, consecutive: boolean, tokens: Token[]): number {
  const type = quote === 39 ? "string" : "doubleQuoted";
  for (let at = start + 1; at < sql.length; at++) {
    const code = sql.charCodeAt(at);
    if (code === 92) at++;
    else if (code === quote) {
      if (consecutive || sql.charCodeAt(at + 1) !== quote) return push(tokens, type, "", start, at + 1);
      at++;
    }
  }
  return push(tokens, "unknown", "", start, start + 1);
}

function lexQuoted(sql: string, start: number, tokens: Token[]): number {
  for (let at = start + 1; at < sql.length; at++) {
    if (sql.charCodeAt(at) !== 96) continue;
    if (sql.charCodeAt(at + 1) !== 96) return push(tokens, "quoted", "", start, at + 1);
    at++;
  }
  return push(tokens, "unknown", "", start, start + 1);
}

function skipComment(sql: string, at: number): number {
  if (sql.startsWith("--", at)) return lineCommentEnd(sql, at);
  if (sql.startsWith("/*", at) && sql.charAt(at + 2) !== "+") return bracketedCommentEnd(sql, at);
  return at;
}

/** A backslash before the line feed carries the comment on to the next line. */
function lineCommentEnd(sql: string, at: number): number {
  for (let end = at + 2; end < sql.length; end++) {
    const code = sql.charCodeAt(end);
    if (code === 13 || (code === 10 && sql.charCodeAt(end - 1) !== 92)) return end + 1;
  }
  return sql.length;
}

function bracketedCommentEnd(sql: string, start: number): number {
  let depth = 1;
  for (let at = start + 2; at < sql.length; at++) {
    if (sql.startsWith("*/", at)) {
      if (--depth === 0) return at + 2;
      at++;
    } else if (sql.startsWith("/*", at) && sql.charAt(at + 2) !== "+") {
      depth++;
      at++;
    }
  }
  throw new StreamError({
    condition: "UNCLOSED_BRACKETED_COMMENT",
    sqlState: "42601",
    message: "A bracketed comment has no end: close it with */.",
  });
}
