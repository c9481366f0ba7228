// Twin of src/text/line-splitter.ts.

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const BLOCK: usize = 64;

/** A bit for each of the 64 bytes at `at` that is one of two. */
// @ts-ignore: decorator
@inline
function hitsOf(at: usize, one: v128, other: v128): u64 {
  const first = hitsOf16(v128.load(at), one, other);
  const second = hitsOf16(v128.load(at, 16), one, other);
  const third = hitsOf16(v128.load(at, 32), one, other);
  const fourth = hitsOf16(v128.load(at, 48), one, other);
  return (<u64>(first | (second << 16))) | ((<u64>(third | (fourth << 16))) << 32);
}

// @ts-ignore: decorator
@inline
function hitsOf16(bytes: v128, one: v128, other: v128): u32 {
  return <u32>i8x16.bitmask(v128.or(i8x16.eq(bytes, one), i8x16.eq(bytes, other)));
}

/**
 * Writes where up to `rowLimit` lines from `position` on start and end, and returns how many there are. Lines end at `separator`, or
 * at `\n`, `\r\n` and `\r` where that is 256; the last one ends at `until` at the latest.
 */
export function splitLines(
  data: usize,
  position: usize,
  until: usize,
  separator: u32,
  starts: usize,
  ends: usize,
  rowLimit: u32,
): u32 {
  const takesAny = separator > 255;
  const one = i8x16.splat(<i8>(takesAny ? LF : separator));
  const other = i8x16.splat(<i8>(takesAny ? CR : separator));
  const limit = data + until;
  let at = data + position;
  if (at >= limit) return 0;
  let base = at;
  let hits = hitsOf(base, one, other);
  let row: u32 = 0;
  while (at < limit && row < rowLimit) {
    while (hits == 0) {
      base += BLOCK;
      if (base >= limit) break;
      hits = hitsOf(base, one, other);
    }
    let end = hits == 0 ? limit : base + <usize>ctz(hits);
    if (end > limit) end = limit;
    store<u32>(starts + (row << 2), <u32>(at - data));
    store<u32>(ends + (row << 2), <u32>(end - data));
    row++;
    at = end + 1;
    hits &= hits - 1;
    if (takesAny && at < limit && load<u8>(end) == CR && load<u8>(at) == LF) {
      at++;
      while (hits == 0) {
        base += BLOCK;
        hits = hitsOf(base, one, other);
      }
      hits &= hits - 1;
    }
  }
  return row;
}

