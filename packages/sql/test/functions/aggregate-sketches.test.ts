import { LongType } from "@ss/core";
import { describe, expect, test } from "vitest";
import { HyperLogLog } from "../../src/functions/aggregate/hyper-log-log.js";
import { QuantileSummary } from "../../src/functions/aggregate/quantile-summary.js";
import { HASH_SEED, hashCell } from "../../src/functions/hash/hash-cell.js";
import { XxHash64 } from "../../src/functions/hash/xxhash64.js";
import { columnOf } from "./evaluate.js";
import { xxhash64 } from "./slow-xxhash64.js";

describe("XXH64 by halves", () => {
  test("hashes a row as Spark's xxhash64 does", () => {
    const hash = new XxHash64();
    const bytes = new TextEncoder().encode("Spark");
    hash.seed(0, HASH_SEED);
    hash.bytes(bytes, 0, bytes.length);
    hash.int(123);
    hash.int(2);
    expect(hash.value).toBe(5602566077635097486n);
  });

  test("agrees with the hash by bigints, for bytes of every length", () => {
    const hash = new XxHash64();
    for (let length = 0; length < 100; length++) {
      const bytes = Uint8Array.from({ length: length + 3 }, (_, k) => (k * 89 + length * 7) & 0xff);
      hash.seed(0, HASH_SEED);
      hash.bytes(bytes, 3, length);
      expect(hash.value).toBe(xxhash64.bytes(bytes.subarray(3), 42n));
    }
    for (const value of [0n, -1n, 123456789012345n, -(2n ** 63n), 2n ** 63n - 1n]) {
      hash.seed(0, HASH_SEED);
      hashCell(hash, columnOf(LongType, [value]), 0);
      expect(hash.value).toBe(xxhash64.long(value, 42n));
    }
  });
});

describe("HyperLogLog++", () => {
  test.each([0.05, 0.01, 0.2, 0.005])(
    "stays within four deviations of %s for counts of every size",
    (deviation) => {
      const sketch = new HyperLogLog(deviation);
      const registers = new Uint8Array(sketch.registerCount);
      const hash = new XxHash64();
      const checked = new Set([10, 100, 500, 1000, 2000, 5000, 20000]);
      for (let k = 1; k <= 20000; k++) {
        hash.seed(0, HASH_SEED);
        hash.long(0, k);
        sketch.add(registers, 0, hash.high, hash.low);
        if (!checked.has(k)) continue;
        const error = Math.abs(sketch.estimate(registers, 0) - k) / k;
        expect(error, `${k} values`).toBeLessThan(4 * deviation);
      }
    },
  );
});

describe("quantile summaries", () => {
  /** A permutation of 0 .. count. */
  const values = (count: number): number[] => Array.from({ length: count }, (_, k) => (k * 7919) % count);

  test.each([0.01, 0.001])("ranks are wrong by %s of the count at most, merged or not", (relativeError) => {
    const count = 120001;
    const whole = new QuantileSummary(relativeError);
    const merged = new QuantileSummary(relativeError);
    const parts = Array.from({ length: 4 }, () => new QuantileSummary(relativeError));
    values(count).forEach((value, k) => {
      whole.add(value);
      parts[k & 3]!.add(value);
    });
    for (const part of parts) merged.merge(part.toNumbers());
    for (const p of [0, 0.1, 0.25, 0.5, 0.9, 0.99, 1]) {
      const exact = p * (count - 1);
      expect(Math.abs(whole.query([p])![0]! - exact) / count).toBeLessThanOrEqual(relativeError);
      expect(Math.abs(merged.query([p])![0]! - exact) / count).toBeLessThanOrEqual(2 * relativeError);
    }
  });

  test("without values there is no answer", () => {
    expect(new QuantileSummary(0.01).query([0.5])).toBeUndefined();
  });
});
