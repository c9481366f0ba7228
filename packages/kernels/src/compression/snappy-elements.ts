import { BEFORE_START, TOO_LONG, TRUNCATED } from "./block-faults.js";

/**
 * Decompresses the elements of a snappy block, `source[start .. end)` behind its length, to at most `room` bytes at `target[at ..]`,
 * and returns how many they are, or a fault. Does the same as the kernels' module, several times slower.
 *
 * Literals are short in compressible data, where calls would cost more than loops, and long elsewhere; copies go four bytes
 * at a time.
 */
export function decompressSnappyElements(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  room: number,
): number {
  const words = new DataView(target.buffer, target.byteOffset, target.length);
  const input = new DataView(source.buffer, source.byteOffset, source.length);
  const inputWords = source.length - 4;
  let s = start;
  let d = at;
  const limit = at + room;
  // where a step of four bytes would write behind the room, bytes go one by one
  const outputWords = limit - 4;
  while (s < end) {
    const tag = source[s++]!;
    let length: number;
    let offset: number;
    switch (tag & 3) {
      case 0: {
        length = (tag >> 2) + 1;
        if (length > 60) {
          const bytes = length - 60;
          if (bytes > end - s) return TRUNCATED;
          length = source[s]!;
          if (bytes > 1) length |= source[s + 1]! << 8;
          if (bytes > 2) length |= source[s + 2]! << 16;
          if (bytes > 3) length |= source[s + 3]! << 24;
          length = (length >>> 0) + 1;
          s += bytes;
        }
        if (length > end - s) return TRUNCATED;
        if (length > limit - d) return TOO_LONG;
        if (length > 64 || s + length > inputWords || d + length > outputWords)
          target.set(source.subarray(s, s + length), d);
        else for (let k = 0; k < length; k += 4) words.setInt32(d + k, input.getInt32(s + k, true), true);
        d += length;
        s += length;
        continue;
      }
      case 1:
        if (s >= end) return TRUNCATED;
        length = ((tag >> 2) & 7) + 4;
        offset = ((tag >> 5) << 8) | source[s++]!;
        break;
      case 2:
        if (end - s < 2) return TRUNCATED;
        length = (tag >> 2) + 1;
        offset = source[s]! | (source[s + 1]! << 8);
        s += 2;
        break;
      default:
        if (end - s < 4) return TRUNCATED;
        length = (tag >> 2) + 1;
        offset = input.getUint32(s, true);
        s += 4;
    }
    if (offset === 0 || offset > d - at) return BEFORE_START;
    if (length > limit - d) return TOO_LONG;
    let from = d - offset;
    const to = d + length;
    if (to > outputWords) {
      while (d < to) target[d++] = target[from++]!;
      continue;
    }
    if (offset < 4) {
      // what repeats after one, two or three bytes also repeats after four, four and three
      for (let k = offset === 3 ? 3 : 4; k > 0; k--) target[d++] = target[from++]!;
      from -= offset === 3 ? 3 : 4;
    }
    for (; d < to; d += 4, from += 4) words.setInt32(d, words.getInt32(from, true), true);
    d = to;
  }
  return d - at;
}
