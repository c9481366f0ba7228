export { compress } from "./compress";

/** What went wrong; 0 is nothing. The host has the texts. */
const TOO_SHORT: i32 = 1;
const TOO_LONG: i32 = 2;
const BEFORE_START: i32 = 3;

/** The first byte that the module does not use itself. */
export function heapBase(): usize {
  return __heap_base;
}

/**
 * Decompresses the elements of a snappy block, which begin behind its length, to exactly `size` bytes. Steps are 16 bytes
 * wide: input and output need as many readable and writable bytes behind their ends, 64 in all for the output.
 */
export function snappy(source: usize, end: usize, target: usize, size: u32): i32 {
  let s = source;
  let d = target;
  const limit = target + size;
  while (s < end) {
    const tag = load<u8>(s) as u32;
    s++;
    let length: u32 = (tag >> 2) + 1;
    let offset: u32;
    const kind = tag & 3;
    if (kind == 0) {
      if (length > 60) {
        const bytes = length - 60;
        if (end - s < bytes) return TOO_SHORT;
        const mask: u32 = bytes == 4 ? 0xffffffff : (1 << (bytes << 3)) - 1;
        length = load<u32>(s) & mask;
        if (length == 0xffffffff) return TOO_LONG;
        length++;
        s += bytes;
      }
      if (end - s < length) return TOO_SHORT;
      if (limit - d < length) return TOO_LONG;
      if (length <= 64) {
        v128.store(d, v128.load(s));
        for (let k: u32 = 16; k < length; k += 16) v128.store(d + k, v128.load(s + k));
      } else memory.copy(d, s, length);
      s += length;
      d += length;
      continue;
    }
    if (kind == 1) {
      if (s == end) return TOO_SHORT;
      length = ((tag >> 2) & 7) + 4;
      offset = ((tag >> 5) << 8) | (load<u8>(s) as u32);
      s++;
    } else if (kind == 2) {
      if (end - s < 2) return TOO_SHORT;
      offset = load<u16>(s) as u32;
      s += 2;
    } else {
      if (end - s < 4) return TOO_SHORT;
      offset = load<u32>(s);
      s += 4;
    }
    if (offset == 0 || offset > ((d - target) as u32)) return BEFORE_START;
    if (limit - d < length) return TOO_LONG;
    const from = d - offset;
    if (offset >= 16) {
      v128.store(d, v128.load(from));
      for (let k: u32 = 16; k < length; k += 16) v128.store(d + k, v128.load(from + k));
    } else if (offset >= 8) {
      for (let k: u32 = 0; k < length; k += 8) store<u64>(d + k, load<u64>(from + k));
    } else {
      // what repeats after some bytes also repeats after a multiple of them that is wide enough for a step
      let period = offset;
      while (period < 8) period += offset;
      const first = min<u32>(period, length);
      for (let k: u32 = 0; k < first; k++) store<u8>(d + k, load<u8>(from + k));
      for (let k: u32 = period; k < length; k += 8) store<u64>(d + k, load<u64>(d + k - period));
    }
    d += length;
  }
  return d == limit ? 0 : TOO_SHORT;
}
