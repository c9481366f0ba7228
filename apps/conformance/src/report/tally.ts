import type { Status } from "../golden/run-golden-file.js";

/** How many passed, failed and were skipped. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return { passed: 0, failed: 0, skipped: 0 };
}

/** Tallies by a key, in the order in which the keys come. */
export function tallyBy<T>(
  items: readonly T[],
  key: (item: T) => string,
  of: (item: T) => Tally,
): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const item of items) {
    const tally = tallies.get(key(item)) ?? emptyTally();
    tallies.set(key(item), sumOf([tally, of(item)]));
  }
  return tallies;
}

/** The sum of tallies. */
export function sumOf(tallies: Iterable<Tally>): Tally {
  const sum = emptyTally();
  for (const { passed, failed, skipped } of tallies) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/** A tally of a few statuses. */
export function tallyOf(statuses: readonly Status[]): Tally {
  const tally = emptyTally();
  for (const status of statuses) tally[status]++;
  return tally;
}

/** The table that people read: a line for each tally. */
export function tallyTable(title: string, tallies: ReadonlyMap<string, Tally>): string {
  const width = Math.max(title.length, ...[...tallies.keys()].map((name) => name.length));
  const line = (name: string, cells: readonly (string | number)[]): string =>
    `${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(9)).join("")}`;
  const rows = [...tallies].map(([name, { passed, failed, skipped }]) =>
    line(name, [passed, failed, skipped]),
  );
  return [line(title, ["passed", "failed", "skipped"]), ...rows].join("\n");
}
