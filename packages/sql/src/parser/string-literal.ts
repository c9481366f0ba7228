import type { Token } from "./token.js";
import type { TokenCursor } from "./token-cursor.js";

const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([01][0-7]{2})|(.))/gs;
const LETTERS: Readonly<Record<string, string>> = {
  "0": "\0",
  b: "\b",
  n: "\n",
  r: "\r",
  t: "\t",
  Z: "\u001a",
  // Kept with their backslash: LIKE reads them as escaped wild cards.
  "%": "\\%",
  _: "\\_",
};

/** One or more string literals side by side, which make one value. */
export function parseString(cursor: TokenCursor): string {
  if (!cursor.isString()) throw cursor.error();
  let value = stringValue(cursor, cursor.next());
  while (cursor.isString()) value += stringValue(cursor, cursor.next());
  return value;
}

/** The value of one string token. */
export function stringValue(cursor: TokenCursor, token: Token): string {
  const first = cursor.sql.charAt(token.start);
  if (first === "r" || first === "R") return cursor.sql.slice(token.start + 2, token.end - 1);
  const body = cursor.sql.slice(token.start + 1, token.end - 1);
  if (cursor.conf.escapedStringLiterals === true) return body;
  return unescapeString(body, first);
}

/** What the text between quotes stands for. */
export function unescapeString(body: string, quote: string): string {
  const single = body.includes(quote) ? undoubled(body, quote) : body;
  if (!single.includes("\\")) return single;
  return single.replace(ESCAPE, (_, short: string, long: string, octal: string, char: string) => {
    if (short !== undefined) return String.fromCharCode(Number.parseInt(short, 16));
    if (long !== undefined) return codePoint(Number.parseInt(long, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    return LETTERS[char] ?? char;
  });
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}

/** Takes one of two quotes away, but not of an escaped one before a quote. */
function undoubled(body: string, quote: string): string {
  let text = "";
  for (let at = 0; at < body.length; at++) {
    const char = body.charAt(at);
    text += char;
    if (char === "\\") text += body.charAt(++at);
    else if (char === quote && body.charAt(at + 1) === quote) at++;
  }
  return text;
}
