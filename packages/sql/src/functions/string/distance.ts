import { codePoints } from "./code-points.js";

/** The fewest insertions, deletions and replacements from one text to another. */
export function levenshtein(a: string, b: string): number {
  const [s, t] = [codePoints(a), codePoints(b)];
  let row = Array.from({ length: t.length + 1 }, (_, k) => k);
  for (let i = 1; i <= s.length; i++) {
    const next = [i];
    for (let j = 1; j <= t.length; j++) {
      const same = s[i - 1] === t[j - 1] ? 0 : 1;
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + same);
    }
    row = next;
  }
  return row[t.length]!;
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
