import { StreamError } from "@ss/core";
import type { Name } from "../logical/plan.js";
import { parseError } from "./parse-error.js";
import { parseString } from "./string-literal.js";
import type { Token } from "./token.js";
import { TokenCursor } from "./token-cursor.js";

/** A name of one part, where a hyphen in it is a mistake that can be told as such. */
export function parseIdentifier(cursor: TokenCursor): string {
  const name = parseFieldName(cursor);
  refuseHyphen(cursor);
  return name;
}

/** A name within an expression, where a hyphen is a minus. */
export function parseFieldName(cursor: TokenCursor): string {
  const start = cursor.index;
  const parts = identifierParts(cursor);
  if (parts.length === 1) return parts[0] as string;
  const identifier = parts.map((part) => `\`${part.replaceAll("`", "``")}\``).join(".");
  const message = `A name of one part is wanted here, not ${identifier}.`;
  const parameters = { identifier, limit: "1" };
  throw parseError("IDENTIFIER_TOO_MANY_NAME_PARTS", "42601", parameters, cursor.originFrom(start), message);
}

/** `a.b.c`. */
export function parseMultipart(cursor: TokenCursor): Name {
  const parts = [...identifierParts(cursor)];
  refuseHyphen(cursor);
  while (cursor.at(".") && cursor.isName(cursor.peek())) {
    cursor.next();
    parts.push(...identifierParts(cursor));
    refuseHyphen(cursor);
  }
  return parts;
}

/** `(a, b, c)`. */
export function parseIdentifierList(cursor: TokenCursor): string[] {
  return cursor.parenthesized(parseIdentifier);
}

/** One identifier: a word, a quoted one, or `IDENTIFIER('a.b')`, which may make several parts. */
export function identifierParts(cursor: TokenCursor): readonly string[] {
  const token = cursor.current;
  if (!cursor.isName(token)) throw cursor.error();
  if (atIdentifierClause(cursor)) return parseIdentifierClause(cursor);
  cursor.next();
  return [nameOf(cursor, token)];
}

/** The name that a token stands for. */
export function nameOf(cursor: TokenCursor, token: Token): string {
  const text = cursor.textOf(token);
  if (token.type === "quoted") return text.slice(1, -1).replaceAll("``", "`");
  if (token.type === "doubleQuoted") return text.slice(1, -1).replaceAll('""', '"');
  if (!/^\w+$/.test(text)) throw invalidIdentifier(text);
  return text;
}

/** Whether `IDENTIFIER(` stands here with a string in it. */
export function atIdentifierClause(cursor: TokenCursor): boolean {
  return cursor.at("IDENTIFIER", "(") && cursor.isString(cursor.peek(2));
}

/** `IDENTIFIER('a' || '.b')`: a name out of constant strings. */
export function parseIdentifierClause(cursor: TokenCursor): readonly string[] {
  const start = cursor.index;
  cursor.expect("IDENTIFIER", "(");
  let text = parseString(cursor);
  while (cursor.accept("||")) text += parseString(cursor);
  cursor.expect(")");
  const inner = new TokenCursor(text, cursor.conf);
  try {
    const parts = parseMultipart(inner);
    inner.expectEnd();
    return parts;
  } catch (cause) {
    if (!StreamError.is(cause)) throw cause;
    const message = `'${text}' is no name.`;
    throw parseError("PARSE_SYNTAX_ERROR", "42601", cause.parameters, cursor.originFrom(start), message);
  }
}

function refuseHyphen(cursor: TokenCursor): void {
  if (!cursor.at("-") || !cursor.isName(cursor.peek())) return;
  const start = cursor.index - 1;
  while (cursor.at("-") && cursor.isName(cursor.peek())) cursor.index += 2;
  throw invalidIdentifier(cursor.originFrom(start).text);
}

function invalidIdentifier(text: string): StreamError {
  return new StreamError({
    condition: "INVALID_IDENTIFIER",
    sqlState: "42602",
    parameters: { ident: text },
    message: `${text} is no plain name: write it in backquotes, \`${text}\`.`,
  });
}
