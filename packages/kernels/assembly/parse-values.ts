// Values of many fields at once, in the plain forms that nearly all data has. Each function reads the rows whose kind is in the
// bit set `direct`, and notes the numbers of all other rows, nulls and texts of other forms among them, in `left`; it returns how many
// those are. Up to 32 bytes behind a field may be loaded.
import { isoMicros, readIsoTimestamp, isoEndsInZ } from "./parse-timestamp";

const MINUS: u8 = 0x2d;

// @ts-ignore: decorator
@inline
export function rowLength(lengths: usize, kinds: usize, direct: u32, row: usize): i32 {
  return ((direct >> load<u8>(kinds + row)) & 1) != 0 ? load<i32>(lengths + (row << 2)) : -1;
}

// @ts-ignore: decorator
@inline
export function leave(left: usize, count: i32, row: usize): i32 {
  store<i32>(left + (<usize>count << 2), <i32>row);
  return count + 1;
}

/**
 * Timestamps as microseconds since 1970. `localOffset` is how many seconds the zone of texts without one is ahead; those are left
 * unless `readsLocal`, and texts that end in Z unless `readsZ`. Twin of parseTimestampInto and parseTimestampNtzInto.
 */
export function parseTimestamps(
  base: usize,
  starts: usize,
  lengths: usize,
  kinds: usize,
  direct: u32,
  count: usize,
  out: usize,
  left: usize,
  readsLocal: bool,
  localOffset: i32,
  readsZ: bool,
): i32 {
  const offset = <i64>localOffset * 1000000;
  let leftCount = 0;
  for (let row: usize = 0; row < count; row++) {
    const length = rowLength(lengths, kinds, direct, row);
    if (length >= 19 && readIsoTimestamp(base + load<u32>(starts + (row << 2)), length)) {
      if (isoEndsInZ ? readsZ : readsLocal) {
        store<i64>(out + (row << 3), isoEndsInZ ? isoMicros : isoMicros - offset);
        continue;
      }
    }
    leftCount = leave(left, leftCount, row);
  }
  return leftCount;
}

/** The number that `[-]digits`, at most 18 of them, stand for. */
let wholeNumber: i64 = 0;

// @ts-ignore: decorator
@inline
function readWholeNumber(start: usize, length: i32): bool {
  let p = start;
  const end = start + <usize>length;
  const isNegative = length > 0 && load<u8>(p) == MINUS;
  if (isNegative) p++;
  if (length < 1 || p == end || end - p > 18) return false;
  let value: i64 = 0;
  for (; p < end; p++) {
    const digit = <u32>load<u8>(p) - 48;
    if (digit > 9) return false;
    value = value * 10 + digit;
  }
  wholeNumber = isNegative ? -value : value;
  return true;
}

/** 64-bit integers. Twin of parseInt64Into. */
export function parseInt64s(
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
    if (readWholeNumber(base + load<u32>(starts + (row << 2)), length)) store<i64>(out + (row << 3), wholeNumber);
    else leftCount = leave(left, leftCount, row);
  }
  return leftCount;
}

/** 32-bit integers. Twin of parseInt32. */
export function parseInt32s(
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
    if (readWholeNumber(base + load<u32>(starts + (row << 2)), length) && wholeNumber == <i64>(<i32>wholeNumber)) {
      store<i32>(out + (row << 2), <i32>wholeNumber);
    } else leftCount = leave(left, leftCount, row);
  }
  return leftCount;
}

const POWERS: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
  1e22,
]);
const EXACT_MAX: i64 = 1 << 53;

let decimalNumber: f64 = 0;

/**
 * Reads `[-]digits[.digits][e[sign]digits]` whose digits and power of ten are both exact doubles, so that one multiplication or
 * division rounds correctly.
 */
function readDecimal(start: usize, length: i32): bool {
  let p = start;
  const end = start + <usize>length;
  const isNegative = length > 0 && load<u8>(p) == MINUS;
  if (isNegative) p++;
  // with leading zeros there may be fewer digits that count; such texts are rare
  if (length < 1 || end - p > 24) return false;
  let mantissa: i64 = 0;
  const first = p;
  let digits: usize = 0;
  for (; p < end; p++) {
    const digit = <u32>load<u8>(p) - 48;
    if (digit > 9) break;
    mantissa = mantissa * 10 + digit;
  }
  digits = p - first;
  if (digits == 0) return false;
  let exponent: i32 = 0;
  if (p < end && load<u8>(p) == 0x2e) {
    const fraction = ++p;
    for (; p < end; p++) {
      const digit = <u32>load<u8>(p) - 48;
      if (digit > 9) break;
      mantissa = mantissa * 10 + digit;
    }
    if (p == fraction) return false;
    digits += p - fraction;
    exponent = -(<i32>(p - fraction));
  }
  // eighteen digits cannot overflow
  if (digits > 18 || mantissa > EXACT_MAX) return false;
  if (p < end) {
    if ((load<u8>(p) | 0x20) != 0x65) return false;
    p++;
    const isBelow = p < end && load<u8>(p) == MINUS;
    if (isBelow || (p < end && load<u8>(p) == 0x2b)) p++;
    if (p == end || end - p > 3) return false;
    let explicit: i32 = 0;
    for (; p < end; p++) {
      const digit = <u32>load<u8>(p) - 48;
      if (digit > 9) return false;
      explicit = explicit * 10 + digit;
    }
    exponent += isBelow ? -explicit : explicit;
  }
  if (exponent < -22 || exponent > 22) return false;
  const exact = <f64>mantissa;
  const value =
    exponent < 0 ? exact / load<f64>(POWERS + (<usize>-exponent << 3)) : exact * load<f64>(POWERS + (<usize>exponent << 3));
  decimalNumber = isNegative ? -value : value;
  return true;
}

/** Doubles, exact to the last bit. Twin of parseDoubleInto. */
export function parseDoubles(
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
    if (readDecimal(base + load<u32>(starts + (row << 2)), length)) store<f64>(out + (row << 3), decimalNumber);
    else leftCount = leave(left, leftCount, row);
  }
  return leftCount;
}

/** The first row whose field is of another kind, or `count`. */
export function firstOtherKind(kinds: usize, count: usize, kind: u8): usize {
  const wanted = i8x16.splat(kind);
  let row: usize = 0;
  for (; row + 16 <= count; row += 16) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(kinds + row), wanted));
    if (same != 0xffff) return row + <usize>ctz(~same);
  }
  for (; row < count; row++) if (load<u8>(kinds + row) != kind) return row;
  return count;
}
