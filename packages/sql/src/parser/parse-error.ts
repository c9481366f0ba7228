import { type QueryContext, StreamError } from "@ss/core";
import type { Origin } from "../expression/expression.js";

/** The origin of an expression in the form that errors carry. */
export function queryContext(origin: Origin): QueryContext {
  return { startIndex: origin.start, stopIndex: origin.stop, fragment: origin.text };
}

/** `line L, position P` of a character, both from 1. */
export function placeOf(sql: string, at: number): string {
  let line = 1;
  let lineStart = 0;
  for (let next = sql.indexOf("\n"); next >= 0 && next < at; next = sql.indexOf("\n", next + 1)) {
    line++;
    lineStart = next + 1;
  }
  return `line ${line}, position ${at - lineStart + 1}`;
}

/** PARSE_SYNTAX_ERROR at a token; `hint` as Spark has it, `: extra input 'x'`. */
export function syntaxError(sql: string, at: number, text: string | undefined, hint = ""): StreamError {
  const error = text === undefined ? "end of input" : `'${text}'`;
  return new StreamError({
    condition: "PARSE_SYNTAX_ERROR",
    sqlState: "42601",
    parameters: { error, hint },
    message: `Syntax error at or near ${error}${hint} (${placeOf(sql, at)}).`,
  });
}

/** Any other error about a part of the text. */
export function parseError(
  condition: string,
  sqlState: string | undefined,
  parameters: Readonly<Record<string, string>>,
  origin: Origin | undefined,
  message: string,
): StreamError {
  return new StreamError({
    condition,
    sqlState,
    parameters,
    message,
    ...(origin === undefined ? {} : { queryContext: queryContext(origin) }),
  });
}
