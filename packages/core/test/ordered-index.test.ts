import { expect, test } from "vitest";
import { columnBuilder, type Int64Column, TimestampType } from "../src/index.js";
import { OrderedIndex } from "../src/state/ordered-index.js";

/** A small generator of numbers, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

function columnOf(values: readonly (bigint | null)[]): Int64Column {
  const builder = columnBuilder(TimestampType);
  for (const value of values) builder.append(value);
  return builder.finish() as Int64Column;
}

test("finds what lies at or below a bound, as a full search does, under random additions and removals", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const next = random(seed);
    const spread = [1, 1000, 10_000_000, 1e12, 1e18][seed % 5]!;
    const values = Array.from({ length: 600 }, () => {
      return next() < 0.05 ? null : BigInt(Math.floor((next() - 0.3) * spread));
    });
    const column = columnOf(values);
    const index = new OrderedIndex();
    const present = new Set<number>();
    for (let step = 0; step < 2000; step++) {
      const slot = Math.floor(next() * values.length);
      if (present.has(slot)) {
        index.remove(slot);
        present.delete(slot);
      } else {
        index.add(slot, column, slot);
        present.add(slot);
      }
      if (step % 50 !== 0) continue;
      const bound = values[Math.floor(next() * values.length)] ?? 0n;
      const expected = [...present]
        .filter((s) => values[s] !== null && values[s]! <= bound)
        .sort((a, b) => a - b);
      const found = [...index.below(bound, column)].sort((a, b) => a - b);
      expect(found, `seed ${seed}, step ${step}, bound ${bound}`).toEqual(expected);
      if (step % 300 !== 0) continue;
      const taken = [...index.takeBelow(bound, column)].sort((a, b) => a - b);
      expect(taken, `seed ${seed}, step ${step}, bound ${bound}`).toEqual(expected);
      for (const slot of taken) present.delete(slot);
    }
  }
});

test("bounds at the ends of the range work", () => {
  const values = [-(2n ** 63n), 2n ** 63n - 1n, 0n];
  const column = columnOf(values);
  const index = new OrderedIndex();
  values.forEach((_, slot) => {
    index.add(slot, column, slot);
  });
  expect([...index.below(-(2n ** 63n), column)]).toEqual([0]);
  expect([...index.below(2n ** 63n - 2n, column)].sort()).toEqual([0, 2]);
  expect([...index.below(2n ** 63n - 1n, column)].sort()).toEqual([0, 1, 2]);
});
