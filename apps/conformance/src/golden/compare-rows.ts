import { matchesText, withoutIds } from "./wildcard-text.js";

/**
 * Compares rows as text, one string per row, with a golden output. Returns undefined if they are equal, else what differs.
 * Rows without an order are compared as sorted lines, since one cell may hold several lines.
 */
export function compareRows(expected: string, rows: readonly string[], ordered: boolean): string | undefined {
  const actual = rows.join("\n").trimEnd();
  const wanted = ordered ? expected : sortedLines(expected);
  const got = ordered ? actual : sortedLines(actual);
  if (matchesText(wanted, got)) return undefined;
  return difference(wanted.split("\n"), got.split("\n"));
}

function sortedLines(text: string): string {
  return withoutIds(text)
    .split("\n")
    .map((line) => line.trimEnd())
    .sort()
    .join("\n");
}

const LINES_SHOWN = 6;

function difference(expected: readonly string[], actual: readonly string[]): string {
  const at = expected.findIndex((line, i) => line !== actual[i]);
  const first = at < 0 ? expected.length : at;
  const part = (lines: readonly string[]): string =>
    lines.slice(first, first + LINES_SHOWN).join("\n") || "(no more lines)";
  return `rows differ from line ${first + 1} on\nexpected (${expected.length} lines):\n${part(expected)}\nactual (${actual.length} lines):\n${part(actual)}`;
}
