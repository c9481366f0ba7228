import { repeatExactly, repeatWide, STEP_BYTES } from "./block-bytes";
import { BEFORE_START, TOO_LONG, TRUNCATED } from "./block-faults";

/**
 * Decompresses the elements of a snappy block, which begin behind its length, to at most `room` bytes, and returns how many they
 * are. Steps are 16 bytes wide where the room allows it: the input needs as many readable bytes behind its end, the output none.
 */
export function snappyDecompress(source: usize, end: usize, target: usize, room: u32): i32 {
  let s = source;
  let d = target;
  const limit = target + room;
  /** Up to here an element may end that is written in wide steps. */
  const wideLimit = limit - STEP_BYTES;
  while (s < end) {
    const tag = load<u8>(s) as u32;
    s++;
    let length: u32 = (tag >> 2) + 1;
    let offset: u32;
    const kind = tag & 3;
    if (kind == 0) {
      if (length > 60) {
        const bytes = length - 60;
        if (end - s < bytes) return TRUNCATED;
        const mask: u32 = bytes == 4 ? 0xffffffff : (1 << (bytes << 3)) - 1;
        length = load<u32>(s) & mask;
        if (length == 0xffffffff) return TOO_LONG;
        length++;
        s += bytes;
      }
      if (end - s < length) return TRUNCATED;
      if (length <= 64 && d + length <= wideLimit) {
        v128.store(d, v128.load(s));
        for (let k: u32 = 16; k < length; k += 16) v128.store(d + k, v128.load(s + k));
      } else {
        if (limit - d < length) return TOO_LONG;
        memory.copy(d, s, length);
      }
      s += length;
      d += length;
      continue;
    }
    if (kind == 1) {
      if (s == end) return TRUNCATED;
      length = ((tag >> 2) & 7) + 4;
      offset = ((tag >> 5) << 8) | (load<u8>(s) as u32);
      s++;
    } else if (kind == 2) {
      if (end - s < 2) return TRUNCATED;
      offset = load<u16>(s) as u32;
      s += 2;
    } else {
      if (end - s < 4) return TRUNCATED;
      offset = load<u32>(s);
      s += 4;
    }
    if (offset == 0 || offset > ((d - target) as u32)) return BEFORE_START;
    if (d + length <= wideLimit) repeatWide(d, offset, length);
    else if (limit - d < length) return TOO_LONG;
    else repeatExactly(d, offset, length);
    d += length;
  }
  return (d - target) as i32;
}
