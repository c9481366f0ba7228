import { createHash } from "node:crypto";
import {
  BinaryType,
  BooleanType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  parseTypeText,
  StringType,
  TimestampType,
  type Value,
} from "@ss/core";
import { describe, expect, it } from "vitest";
import { type Attribute, call, type Expression, literal } from "../../src/expression/expression.js";
import { evaluate, evaluateRows, input } from "./evaluate.js";
import { xxhash64 } from "./slow-xxhash64.js";

const encoder = new TextEncoder();

/** Numbers from 0 to `below` that a seed decides. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const SEED = 20261121;
const random = randomOf(SEED);
const texts = Array.from({ length: 200 }, () => {
  const letters = Array.from({ length: random(70) }, () =>
    String.fromCodePoint(32 + random(random(4) === 0 ? 800 : 90)),
  );
  return letters.join("");
});
const longs = [
  0n,
  -1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  ...texts.map(() => BigInt.asIntN(64, BigInt(random(2 ** 32)) * BigInt(random(2 ** 32)))),
];

function column(
  name: string,
  type: Attribute["type"],
  values: readonly Value[],
  of: (e: Attribute) => Expression,
): Value[] {
  const attribute = input(name, type);
  return evaluateRows(
    of(attribute),
    [attribute],
    values.map((value) => [value]),
  );
}

describe("hash and xxhash64", () => {
  it(`give for columns what a bigint for every step gives (seed ${SEED})`, () => {
    const of = (e: Attribute): Expression => call("xxhash64", e);
    expect(column("s", StringType, texts, of)).toEqual(
      texts.map((one) => xxhash64.bytes(encoder.encode(one), 42n)),
    );
    expect(column("l", LongType, longs, of)).toEqual(longs.map((one) => xxhash64.long(one, 42n)));
    const ints = longs.map((one) => Number(BigInt.asIntN(32, one)));
    expect(column("i", IntegerType, ints, of)).toEqual(ints.map((one) => xxhash64.int(one, 42n)));
    const view = new DataView(new ArrayBuffer(8));
    const doubles = [0, -0, Number.NaN, 1.5, -1e300, Infinity];
    const bits = doubles.map((one) => {
      view.setFloat64(0, one === 0 ? 0 : one);
      return view.getBigInt64(0);
    });
    expect(column("d", DoubleType, doubles, of)).toEqual(bits.map((one) => xxhash64.long(one, 42n)));
    expect(column("b", BooleanType, [true, false], of)).toEqual([1, 0].map((one) => xxhash64.int(one, 42n)));
  });

  it("take values one after the other, and pass over nulls", () => {
    const two = (name: string, a: Expression, b: Expression): Value => evaluate(call(name, a, b));
    for (const name of ["hash", "xxhash64"]) {
      const array = literal([7, null, -3] as unknown as Value, parseTypeText("array<int>", TimestampType));
      const struct = literal(
        [7, -3] as unknown as Value,
        parseTypeText("struct<a:int,b:int>", TimestampType),
      );
      const pair = two(name, literal(7, IntegerType), literal(-3, IntegerType));
      expect(evaluate(call(name, array))).toBe(pair);
      expect(evaluate(call(name, struct))).toBe(pair);
      const seed = evaluate(call(name, literal(null, StringType)));
      expect(seed === 42 || seed === 42n).toBe(true);
      expect(column("s", StringType, ["x", null], (e) => call(name, e))[1]).toBe(seed);
      expect(two(name, literal(null, FloatType), literal(7, IntegerType))).toBe(
        evaluate(call(name, literal(7, IntegerType))),
      );
    }
  });
});

describe("digests", () => {
  it("are those of the bytes in a column", () => {
    const bytes = texts.map((one) => encoder.encode(one));
    const hex = (algorithm: string): string[] =>
      bytes.map((one) => createHash(algorithm).update(one).digest("hex"));
    expect(column("b", BinaryType, bytes, (e) => call("md5", e))).toEqual(hex("md5"));
    expect(column("b", StringType, texts, (e) => call("sha1", e))).toEqual(hex("sha1"));
    for (const bits of [0, 224, 256, 384, 512]) {
      const of = (e: Attribute): Expression => call("sha2", e, literal(bits, IntegerType));
      expect(column("b", BinaryType, bytes, of)).toEqual(hex(`sha${bits === 0 ? 256 : bits}`));
    }
    expect(
      column("b", BinaryType, [null, bytes[0]!], (e) => call("sha2", e, literal(1, IntegerType))),
    ).toEqual([null, null]);
    expect(evaluate(call("crc32", literal(encoder.encode("Spark"), BinaryType)))).toBe(1557323817n);
  });
});

describe("bit_count", () => {
  it("counts the bits of numbers of every size", () => {
    const count = (value: bigint): number => BigInt.asUintN(64, value).toString(2).replaceAll("0", "").length;
    expect(column("l", LongType, longs, (e) => call("bit_count", e))).toEqual(longs.map(count));
    const ints = longs.map((one) => Number(BigInt.asIntN(32, one)));
    expect(column("i", IntegerType, ints, (e) => call("bit_count", e))).toEqual(
      ints.map((one) => count(BigInt(one))),
    );
    expect(column("b", BooleanType, [true, false, null], (e) => call("bit_count", e))).toEqual([1, 0, null]);
  });
});

describe("levenshtein", () => {
  it("is the length of the shortest way, in characters", () => {
    const slow = (a: readonly string[], b: readonly string[]): number => {
      let row = Array.from({ length: b.length + 1 }, (_, k) => k);
      for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++) {
          next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
        }
        row = next;
      }
      return row[b.length]!;
    };
    for (let k = 1; k < 100; k++) {
      const [a, b] = [`${texts[k]!}😀`, texts[k - 1]!];
      expect(evaluate(call("levenshtein", literal(a, StringType), literal(b, StringType)))).toBe(
        slow([...a], [...b]),
      );
    }
  });
});

describe("regexp_replace", () => {
  it("takes signs that stand for nothing as they are, and groups where it names them", () => {
    const replace = (text: string, pattern: string, by: string): Value =>
      evaluate(
        call(
          "regexp_replace",
          literal(text, StringType),
          literal(pattern, StringType),
          literal(by, StringType),
        ),
      );
    expect(replace("a1b2", "[0-9]", "\\$&")).toBe("a$&b$&");
    expect(replace("a1b2", "([a-z])([0-9])", "$2$1")).toBe("1a2b");
    expect(replace("a1b2", "[0-9]", "$0$0")).toBe("a11b22");
    expect(replace("a1b2", "[0-9]", "")).toBe("ab");
  });
});
