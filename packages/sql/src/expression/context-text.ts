import type { Origin } from "./expression.js";

/** How much of a line is shown before and behind the part that an error is about. */
const EXTRA_CHARACTERS = 32;

/** The lines of a SQL text around a part of it, with a row of `^` below the part, as Spark prints them. */
export function contextText({ sql, start, stop }: Origin): string {
  const lineStart = sql.lastIndexOf("\n", start - 1) + 1;
  const from = Math.max(lineStart, start - EXTRA_CHARACTERS);
  const lineEnd = endOfLine(sql, stop);
  const to = Math.min(lineEnd, stop + 1 + EXTRA_CHARACTERS);
  const before = from > lineStart ? "..." : "";
  const behind = to < lineEnd ? "..." : "";
  const line = sql.slice(0, lineStart).split("\n").length;
  const rows = [`== SQL (line ${line}, position ${start - lineStart + 1}) ==`];
  let at = from - before.length;
  for (const text of `${before}${sql.slice(from, to)}${behind}`.split("\n")) {
    rows.push(text, marks(at, text.length, start, stop));
    at += text.length + 1;
  }
  return rows.join("\n");
}

function endOfLine(sql: string, from: number): number {
  const end = sql.indexOf("\n", from);
  return end < 0 ? sql.length : end;
}

/** `^` below the characters from `start` to `stop`, blanks before them. */
function marks(at: number, length: number, start: number, stop: number): string {
  const blanks = Math.min(Math.max(start - at, 0), length);
  const marked = Math.max(0, Math.min(stop + 1, at + length) - Math.max(start, at));
  return marked === 0 ? "" : " ".repeat(blanks) + "^".repeat(marked);
}
