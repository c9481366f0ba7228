import { type DataType, DoubleType, IntegerType, LongType, StringType, type Value } from "@ss/core";
import { describe, expect, test } from "vitest";
import { plainOrder } from "../../src/execution/plain-order.js";
import { compareValues } from "../../src/expression/cell-order.js";
import { columnOf } from "../functions/evaluate.js";

const cases: readonly (readonly [string, DataType, readonly Value[]])[] = [
  ["INT", IntegerType, [0, -1, 2147483647, -2147483648, 7, 7]],
  ["BIGINT", LongType, [0n, -1n, 1n << 32n, (1n << 32n) - 1n, -(1n << 63n), (1n << 63n) - 1n, 5n]],
  ["DOUBLE", DoubleType, [0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
];

describe("the quick order of rows", () => {
  test.each(cases)("is that of %s values, both ways", (_, type, values) => {
    const column = columnOf(type, values);
    const up = plainOrder(column, true)!;
    const down = plainOrder(column, false)!;
    values.forEach((a, i) => {
      values.forEach((b, j) => {
        expect(Math.sign(up(i, j))).toBe(Math.sign(compareValues(a, b)));
        expect(Math.sign(down(i, j))).toBe(Math.sign(compareValues(b, a)));
      });
    });
  });

  test("is not for columns with nulls, nor for texts", () => {
    expect(plainOrder(columnOf(IntegerType, [1, null]), true)).toBeUndefined();
    expect(plainOrder(columnOf(StringType, ["a"]), true)).toBeUndefined();
  });
});
