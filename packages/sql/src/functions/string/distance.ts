import { codePoints } from "./code-points.js";

/** The fewest insertions, deletions and replacements from one text to another. */
export function levenshtein(a: string, b: string): number {
  const [s, t] = [pointNumbers(a), pointNumbers(b)];
  if (costs.length <= t.length) costs = new Int32Array(2 * t.length + 2);
  // what it costs to come from the characters of `a` so far to the first ones of `b`
  const row = costs;
  for (let j = 0; j <= t.length; j++) row[j] = j;
  for (let i = 0; i < s.length; i++) {
    const character = s[i]!;
    let replaced = row[0]!;
    let left = i + 1;
    row[0] = left;
    for (let j = 1; j <= t.length; j++) {
      const above = row[j]!;
      const same = character === t[j - 1]! ? replaced : replaced + 1;
      left = Math.min(left + 1, above + 1, same);
      row[j] = left;
      replaced = above;
    }
  }
  return row[t.length]!;
}

let costs = new Int32Array(64);

/** The characters of a text as numbers. */
function pointNumbers(text: string): Int32Array {
  const points = new Int32Array(text.length);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at)!;
    points[count++] = point;
    if (point > 0xffff) at++;
  }
  return points.subarray(0, count);
}

/** {@link levenshtein}, or -1 where it exceeds a threshold. */
export function levenshteinWithin(a: string, b: string, threshold: number): number {
  const distance = levenshtein(a, b);
  return distance <= threshold ? distance : -1;
}

/** The Jaro-Winkler similarity of two texts, from 0 to 1. */
export function jaroWinkler(a: string, b: string): number {
  const [s, t] = [codePoints(a), codePoints(b)];
  if (s.length === 0 && t.length === 0) return 1;
  const reach = Math.max(0, Math.floor(Math.max(s.length, t.length) / 2) - 1);
  const taken = new Array<boolean>(t.length).fill(false);
  const matched: string[] = [];
  s.forEach((character, i) => {
    for (let j = Math.max(0, i - reach); j <= Math.min(t.length - 1, i + reach); j++) {
      if (taken[j] || t[j] !== character) continue;
      taken[j] = true;
      matched.push(character);
      return;
    }
  });
  if (matched.length === 0) return 0;
  const others = t.filter((_, j) => taken[j]);
  const transpositions = matched.filter((character, k) => character !== others[k]).length / 2;
  const m = matched.length;
  const jaro = (m / s.length + m / t.length + (m - transpositions) / m) / 3;
  let prefix = 0;
  while (prefix < 4 && prefix < Math.min(s.length, t.length) && s[prefix] === t[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}
