import { daysOf, isDate } from "./parse-timestamp";
import { leave, rowLength } from "./parse-values";

/** Dates `yyyy-MM-dd` as days since 1970-01-01. Twin of parseIsoDate in src/datetime/parse-date.ts. */
export function parseDates(
  base: usize,
  starts: usize,
  lengths: usize,
  kinds: usize,
  direct: u32,
  count: usize,
  out: usize,
  left: usize,
): i32 {
  let leftCount = 0;
  for (let row: usize = 0; row < count; row++) {
    const length = rowLength(lengths, kinds, direct, row);
    if (length == 10 && readDate(base + load<u32>(starts + (row << 2)))) store<i32>(out + (row << 2), days);
    else leftCount = leave(left, leftCount, row);
  }
  return leftCount;
}

let days: i32 = 0;

// @ts-ignore: decorator
@inline
function readDate(p: usize): bool {
  const text = v128.load(p);
  if ((i8x16.bitmask(i8x16.eq(text, i8x16.splat(45))) & 0x3ff) != 0x90) return false;
  const digits = i8x16.sub(v128.swizzle(text, i8x16(0, 1, 2, 3, 5, 6, 8, 9, 0, 0, 0, 0, 0, 0, 0, 0)), i8x16.splat(48));
  if (v128.any_true(i8x16.gt_u(digits, i8x16.splat(9)))) return false;
  const pairs = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(digits), i16x8(10, 1, 10, 1, 10, 1, 10, 1));
  const year = i32x4.extract_lane(pairs, 0) * 100 + i32x4.extract_lane(pairs, 1);
  const month = i32x4.extract_lane(pairs, 2);
  const day = i32x4.extract_lane(pairs, 3);
  if (year == 0 || !isDate(year, month, day)) return false;
  days = daysOf(year, month, day);
  return true;
}
