// Twin of src/text/utf8.ts.

/** The length of the well-formed sequence at `at`, at most `end - at`; 0 when there is none. */
function sequenceLength(at: usize, end: usize): usize {
  const lead: u32 = load<u8>(at);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const size: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + size > end) return 0;
  const second: u32 = load<u8>(at, 1);
  if ((second & 0xc0) != 0x80) return 0;
  if (size == 2) return 2;
  if ((load<u8>(at, 2) & 0xc0) != 0x80) return 0;
  if (size == 3) return (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ? 0 : 3;
  if ((load<u8>(at, 3) & 0xc0) != 0x80) return 0;
  return (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f) ? 0 : 4;
}

/** Where the first byte is that is not part of well-formed UTF-8, or `end`. */
export function invalidUtf8(start: usize, end: usize): usize {
  let at = start;
  while (at < end) {
    const high = <u32>i8x16.bitmask(v128.load(at));
    if (high == 0) {
      at += 16;
      continue;
    }
    at += <usize>ctz(high);
    // Characters beyond ASCII seldom come alone.
    while (at < end && load<u8>(at) >= 0x80) {
      const size = sequenceLength(at, end);
      if (size == 0) return at;
      at += size;
    }
  }
  return end;
}

/** The first of `count` slices that is not well-formed UTF-8, or `count`. */
export function firstInvalidUtf8(data: usize, starts: usize, lengths: usize, count: usize): usize {
  for (let row: usize = 0; row < count; row++) {
    const length = load<i32>(lengths + (row << 2));
    if (length <= 0) continue;
    const start = data + <usize>load<u32>(starts + (row << 2));
    const end = start + <usize>length;
    let at = start;
    let high = v128.load(at);
    for (at += 16; at < end; at += 16) high = v128.or(high, at + 16 <= end ? v128.load(at) : v128.load(end - 16));
    const bits = <u32>i8x16.bitmask(high);
    if (bits == 0 || (length < 16 && (bits & ((1 << length) - 1)) == 0)) continue;
    if (invalidUtf8(start, end) != end) return row;
  }
  return count;
}
