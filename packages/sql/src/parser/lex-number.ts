import type { TokenType } from "./token.js";

const NUMBER = /(?:\d+(?<point>\.\d*)?|(?<fraction>\.\d+))(?<exponent>[eE][+-]?\d+)?(?<suffix>bd|[lsyfd])?/iy;
const SUFFIXES: Readonly<Record<string, TokenType>> = {
  l: "bigint",
  s: "smallint",
  y: "tinyint",
  f: "float",
  d: "double",
  bd: "bigdecimal",
};

/** A number found in a text; no type when what begins like one is a name (`1a`) or a dot before a name. */
export interface LexedNumber {
  readonly type: TokenType | undefined;
  readonly end: number;
}

/** The number at `at`. A number ends only where no letter, digit or underscore goes on. */
export function lexNumber(sql: string, at: number): LexedNumber {
  const plain = plainInteger(sql, at);
  if (plain > 0) return { type: "integer", end: plain };
  NUMBER.lastIndex = at;
  const match = NUMBER.exec(sql);
  if (match === null) return { type: undefined, end: at };
  const { point, fraction, exponent, suffix } = match.groups as Record<string, string | undefined>;
  const end = at + match[0].length;
  const isDecimal = point !== undefined || fraction !== undefined;
  const wordSuffix = suffix !== undefined && "lsy".includes(suffix.toLowerCase());
  if (isWordChar(sql.charCodeAt(end)) || (wordSuffix && (isDecimal || exponent !== undefined))) {
    return withoutPoint(sql, at, point !== undefined);
  }
  if (suffix !== undefined) return { type: SUFFIXES[suffix.toLowerCase()], end };
  if (exponent !== undefined) return { type: "exponent", end };
  return { type: isDecimal ? "decimal" : "integer", end };
}

/** The end of digits that nothing but a mark or a space follows, the common case; 0 otherwise. */
function plainInteger(sql: string, at: number): number {
  let end = at;
  while (end < sql.length && isDigit(sql.charCodeAt(end))) end++;
  return end > at && sql.charCodeAt(end) !== 46 && !isWordChar(sql.charCodeAt(end)) ? end : 0;
}

/** `1.x` is the number 1, a dot and a name. */
function withoutPoint(sql: string, at: number, hasPoint: boolean): LexedNumber {
  if (!hasPoint) return { type: undefined, end: at };
  return { type: "integer", end: sql.indexOf(".", at) };
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordChar(code: number): boolean {
  return isDigit(code) || code === 95 || ((code | 32) >= 97 && (code | 32) <= 122);
}
