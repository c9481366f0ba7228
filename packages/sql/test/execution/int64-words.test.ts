import { describe, expect, test } from "vitest";
import { countedFrom, plus, wordsOf } from "../../src/execution/int64-words.js";

const edges = [0n, 1n, -1n, 0xffff_ffffn, 1n << 32n, -(1n << 32n), (1n << 63n) - 1n, -(1n << 63n)];

describe("numbers of 64 bits as words", () => {
  test("have the bits of the number", () => {
    for (const value of edges) {
      const { low, high } = wordsOf(value);
      expect((BigInt(high) << 32n) + BigInt(low)).toBe(value);
    }
  });

  test("add as such numbers do, which go round at their ends", () => {
    const values = BigInt64Array.from(edges);
    for (const addend of edges) {
      const sums = plus(new Int32Array(values.buffer), values.length, addend);
      expect([...sums]).toEqual(edges.map((value) => BigInt.asIntN(64, value + addend)));
    }
  });

  test("count on over the end of a word", () => {
    for (const first of [0n, 0xffff_fffen, -2n, 5n << 32n]) {
      expect([...countedFrom(first, 4)]).toEqual([first, first + 1n, first + 2n, first + 3n]);
    }
  });
});
