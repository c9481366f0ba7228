// Twin of parseIsoSecond in src/datetime/parse-timestamp.ts.

const DOT: u8 = 0x2e;
const COLON: u8 = 0x3a;

/** What `readIsoTimestamp` found: microseconds since 1970, taken as UTC, and whether the text ends in Z. */
export let isoMicros: i64 = 0;
export let isoEndsInZ: bool = false;

/** The 16 bytes of the minute that was read last, and its microseconds. Rows that follow one another are often of the same minute. */
const MINUTE: usize = memory.data<u8>([49, 57, 55, 48, 45, 48, 49, 45, 48, 49, 84, 48, 48, 58, 48, 48], 16);
let minuteMicros: i64 = 0;

/**
 * Reads `yyyy-MM-dd( |T)HH:mm:ss[.f{1,6}][Z]` of at least 19 bytes. False for every other text, right or wrong. Loads 24 bytes.
 */
export function readIsoTimestamp(p: usize, length: i32): bool {
  const minute = v128.load(p);
  if (v128.any_true(v128.xor(minute, v128.load(MINUTE))) && !readMinute(p, minute)) return false;
  const tens = <u32>load<u8>(p, 17) - 48;
  const ones = <u32>load<u8>(p, 18) - 48;
  if (load<u8>(p, 16) != COLON || tens > 5 || ones > 9) return false;
  isoEndsInZ = false;
  let micros = (tens * 10 + ones) * 1000000;
  if (length > 19) {
    const fraction = length == 24 ? readMillisZ(p) : -1;
    if (fraction >= 0) micros += fraction;
    else {
      const other = readFraction(p + 19, p + <usize>length);
      if (other < 0) return false;
      micros += other;
    }
  }
  isoMicros = minuteMicros + <i64>micros;
  return true;
}

/** Reads `yyyy-MM-dd( |T)HH:mm` and remembers it. */
function readMinute(p: usize, text: v128): bool {
  const marks = i8x16.bitmask(i8x16.eq(text, i8x16(0, 0, 0, 0, 45, 0, 0, 45, 0, 0, 84, 0, 0, 58, 0, 0)));
  if ((marks & 0x2090) != 0x2090) return false;
  // the T may be a space
  if ((marks & 0x0400) == 0 && load<u8>(p, 10) != 0x20) return false;
  const order = i8x16(0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 0, 0, 0, 0);
  const digits = i8x16.sub(v128.swizzle(text, order), i8x16.splat(48));
  if (v128.any_true(i8x16.gt_u(digits, i8x16.splat(9)))) return false;
  const weights = i16x8(10, 1, 10, 1, 10, 1, 10, 1);
  const date = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(digits), weights);
  const time = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(digits), weights);
  const year = i32x4.extract_lane(date, 0) * 100 + i32x4.extract_lane(date, 1);
  const month = i32x4.extract_lane(date, 2);
  const day = i32x4.extract_lane(date, 3);
  const hour = i32x4.extract_lane(time, 0);
  const minute = i32x4.extract_lane(time, 1);
  if (hour > 23 || minute > 59 || year == 0 || !isDate(year, month, day)) return false;
  minuteMicros = (<i64>daysOf(year, month, day) * 1440 + <i64>(hour * 60 + minute)) * 60000000;
  v128.store(MINUTE, text);
  return true;
}

/** The microseconds of `.fffZ`, the tail of a text of 24 bytes, after which `isoEndsInZ` is set; -1 for another tail. */
// @ts-ignore: decorator
@inline
function readMillisZ(p: usize): i32 {
  const tail = load<u32>(p, 20);
  if (load<u8>(p, 19) != DOT || tail >> 24 != 0x5a) return -1;
  const digits = (tail & 0xffffff) ^ 0x303030;
  if ((((digits & 0x7f7f7f) + 0x767676) | digits) & 0x808080) return -1;
  isoEndsInZ = true;
  return <i32>((digits & 0xff) * 100 + ((digits >> 8) & 0xff) * 10 + (digits >> 16)) * 1000;
}

/** Reads `[.f{1,6}][Z]`, which is not empty, as microseconds, and sets `isoEndsInZ`; -1 for other text. */
function readFraction(start: usize, end: usize): i32 {
  let last = end;
  if (load<u8>(end - 1) == 0x5a) {
    isoEndsInZ = true;
    last--;
    if (last == start) return 0;
  }
  const count = <i32>(last - start) - 1;
  if (load<u8>(start) != DOT || count < 1 || count > 6) return -1;
  let micros: u32 = 0;
  for (let p = start + 1; p < last; p++) {
    const digit = <u32>load<u8>(p) - 48;
    if (digit > 9) return -1;
    micros = micros * 10 + digit;
  }
  for (let i = count; i < 6; i++) micros *= 10;
  return <i32>micros;
}

// @ts-ignore: decorator
@inline
export function isDate(year: i32, month: i32, day: i32): bool {
  if (month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  if (month == 2) return day == 29 && (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
  // April, June, September and November
  return day <= 30 || (day == 31 && ((0x0a50 >> month) & 1) == 0);
}

/** The days from 1970-01-01 to a date that is known to exist, after year 0. */
// @ts-ignore: decorator
@inline
export function daysOf(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const century = y / 100;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return y * 365 + (y >> 2) - century + (century >> 2) + dayOfYear - 719468;
}
