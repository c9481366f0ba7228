import { quotedName } from "../expression/errors.js";
import { quoteIfNeeded } from "../expression/expression-text.js";
import type { Scope } from "./scope.js";

const SUGGESTION_COUNT = 5;

/** Names of columns that look like a name that was not found, the likest first. */
export function suggestColumns(parts: readonly string[], scope: Scope): readonly string[] {
  const unique = [...new Map(scope.columns.map((column) => [column.id, column])).values()];
  unique.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id));
  const names = unique.map((column) => [...column.qualifier, column.name]);
  const wanted = parts.map(quoteIfNeeded).join(".");
  const texts = strip(parts.length, names).map((name) => quotedName(...name));
  const ranked = texts.map((text, i) => ({ text, i, distance: editDistance(text, wanted) }));
  ranked.sort((a, b) => a.distance - b.distance || a.i - b.i);
  return ranked.slice(0, SUGGESTION_COUNT).map(({ text }) => text);
}

/** The names without qualifiers (or without all but the table's) where these are the same for all. */
function strip(partCount: number, names: readonly string[][]): readonly string[][] {
  if (partCount === 1 && samePrefix(names, 1)) return names.map((name) => name.slice(-1));
  if (partCount <= 2 && samePrefix(names, 2)) return names.map((name) => name.slice(-2));
  return names;
}

function samePrefix(names: readonly string[][], suffix: number): boolean {
  return new Set(names.map((name) => JSON.stringify(name.slice(0, -suffix)))).size === 1;
}

/** How many characters have to be put in, left out or changed to make one text of another. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
