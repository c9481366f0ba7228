import { repeatExactly, repeatWide, STEP_BYTES } from "./block-bytes";
import { BEFORE_START, TOO_LONG, TRUNCATED } from "./block-faults";

/** A length of which the token holds only the beginning goes on in further bytes. */
const SHORT_MAX: u32 = 15;
const REPEAT_MIN: u32 = 4;
/** Beyond it is no length of a block; numbers of 32 bits have room for one more byte. */
const LENGTH_MAX: u32 = 0x7fffffff;

/**
 * Decompresses an LZ4 block to at most `room` bytes and returns how many they are. Steps are 16 bytes wide where the room allows
 * it: the input needs as many readable bytes behind its end, the output none.
 */
export function lz4Decompress(source: usize, end: usize, target: usize, room: u32): i32 {
  let s = source;
  let d = target;
  const limit = target + room;
  while (s < end) {
    const token = load<u8>(s) as u32;
    s++;
    let length = token >> 4;
    if (length == SHORT_MAX) {
      while (true) {
        if (s == end) return TRUNCATED;
        const more = load<u8>(s) as u32;
        s++;
        length += more;
        if (more != 255) break;
        if (length > LENGTH_MAX) return TOO_LONG;
      }
    }
    if (end - s < length) return TRUNCATED;
    if (length <= 64 && limit - d >= length + STEP_BYTES) {
      v128.store(d, v128.load(s));
      for (let k: u32 = 16; k < length; k += 16) v128.store(d + k, v128.load(s + k));
    } else {
      if (limit - d < length) return TOO_LONG;
      memory.copy(d, s, length);
    }
    s += length;
    d += length;
    // the last sequence has no repetition
    if (s == end) return (d - target) as i32;
    if (end - s < 2) return TRUNCATED;
    const offset = load<u16>(s) as u32;
    s += 2;
    length = token & SHORT_MAX;
    if (length == SHORT_MAX) {
      while (true) {
        if (s == end) return TRUNCATED;
        const more = load<u8>(s) as u32;
        s++;
        length += more;
        if (more != 255) break;
        if (length > LENGTH_MAX) return TOO_LONG;
      }
    }
    length += REPEAT_MIN;
    if (offset == 0 || offset > ((d - target) as u32)) return BEFORE_START;
    if (limit - d >= (length as usize) + STEP_BYTES) repeatWide(d, offset, length);
    else if (limit - d < length) return TOO_LONG;
    else repeatExactly(d, offset, length);
    d += length;
  }
  return TRUNCATED;
}
