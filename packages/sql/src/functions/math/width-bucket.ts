import { DoubleType, LongType, type Value } from "@ss/core";
import type { ScalarFunction } from "../../expression/function.js";
import { boxed } from "../define.js";

const INPUT = [DoubleType, "yearMonthInterval", "dayTimeInterval"] as const;

/** `width_bucket(value, min, max, count)`. */
export const widthBucketFunctions: readonly ScalarFunction[] = [
  boxed(
    ["width_bucket"],
    [INPUT, INPUT, INPUT, LongType],
    LongType,
    () => (value, min, max, count) => widthBucket(Number(value), Number(min), Number(max), count as bigint),
    { nullable: true },
  ),
];

function widthBucket(value: number, min: number, max: number, count: bigint): Value {
  if (
    count <= 0n ||
    count === 9223372036854775807n ||
    min === max ||
    !Number.isFinite(min) ||
    !Number.isFinite(max)
  ) {
    return null;
  }
  if (value !== value) return null;
  const lower = Math.min(min, max);
  const upper = Math.max(min, max);
  const ascending = min < max;
  if (value < lower) return ascending ? 0n : count + 1n;
  if (value >= upper && (ascending || value > upper)) return ascending ? count + 1n : 0n;
  const width = upper - lower;
  const distance = ascending ? value - lower : upper - value;
  if (!ascending && value === lower) return count + 1n;
  return BigInt(Math.trunc((Number(count) * distance) / width)) + 1n;
}
