import { leave, rowLength } from "./parse-values";

const MINUS: u8 = 0x2d;
const DOT: u32 = 0x2e;
const DIGITS_MAX: i32 = 18;

const POWERS: usize = memory.data<i64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
]);

// @ts-ignore: decorator
@inline
function power(exponent: i32): i64 {
  return load<i64>(POWERS + (<usize>exponent << 3));
}

let unscaled: i64 = 0;

/** Reads `[-]digits[.digits]` of at most 18 digits at the scale, rounded half up, into `unscaled`; false for all else. */
function readDecimal(start: usize, length: i32, limit: i64, scale: i32): bool {
  let p = start;
  const end = start + <usize>length;
  const isNegative = length > 0 && load<u8>(p) == MINUS;
  if (isNegative) p++;
  const first = p;
  let point: usize = 0;
  let value: i64 = 0;
  if (length < 1 || end - p > <usize>DIGITS_MAX + 1) return false;
  for (; p < end; p++) {
    const byte: u32 = load<u8>(p);
    if (byte - 48 <= 9) value = value * 10 + <i64>(byte - 48);
    else if (byte == DOT && point == 0) point = p;
    else return false;
  }
  const digits = <i32>(end - first) - (point == 0 ? 0 : 1);
  if (digits == 0 || digits > DIGITS_MAX) return false;
  const shift = scale - (point == 0 ? 0 : <i32>(end - point) - 1);
  if (shift > 0) {
    if (digits + shift > DIGITS_MAX) return false;
    value *= power(shift);
  } else if (shift < 0) {
    const divisor = power(-shift);
    const whole = value / divisor;
    value = value - whole * divisor >= divisor >> 1 ? whole + 1 : whole;
  }
  if (value >= limit) return false;
  unscaled = isNegative ? -value : value;
  return true;
}

/** Decimals of at most 18 digits as unscaled 64-bit integers. Twin of parseDecimal64Into. */
export function parseDecimals(
  base: usize,
  starts: usize,
  lengths: usize,
  kinds: usize,
  direct: u32,
  count: usize,
  out: usize,
  left: usize,
  precision: i32,
  scale: i32,
): i32 {
  const limit = power(precision);
  let leftCount = 0;
  for (let row: usize = 0; row < count; row++) {
    const length = rowLength(lengths, kinds, direct, row);
    if (readDecimal(base + load<u32>(starts + (row << 2)), length, limit, scale)) {
      store<i64>(out + (row << 3), unscaled);
    } else leftCount = leave(left, leftCount, row);
  }
  return leftCount;
}
