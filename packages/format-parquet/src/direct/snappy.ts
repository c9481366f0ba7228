import { ParquetFault } from "./parquet-fault.js";

/**
 * Decompresses the elements of a snappy block, `source[start .. end)` behind its length, to exactly `size` bytes at
 * `target[at ..]`, which needs three bytes more. Does the same as the WebAssembly module, several times slower.
 *
 * Literals are short in compressible data, where calls would cost more than loops, and long elsewhere; copies go four bytes
 * at a time.
 */
export function decompressElements(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  size: number,
): void {
  const words = new DataView(target.buffer, target.byteOffset, target.length);
  const input = new DataView(source.buffer, source.byteOffset, source.length);
  const inputWords = source.length - 4;
  let s = start;
  let d = at;
  const limit = at + size;
  while (s < end) {
    const tag = source[s++]!;
    let length: number;
    let offset: number;
    switch (tag & 3) {
      case 0: {
        length = (tag >> 2) + 1;
        if (length > 60) {
          const bytes = length - 60;
          if (bytes > end - s) throw tooShort();
          length = source[s]!;
          if (bytes > 1) length |= source[s + 1]! << 8;
          if (bytes > 2) length |= source[s + 2]! << 16;
          if (bytes > 3) length |= source[s + 3]! << 24;
          length = (length >>> 0) + 1;
          s += bytes;
        }
        if (length > end - s) throw tooShort();
        if (length > limit - d) throw tooLong();
        if (length > 64 || s + length > inputWords) target.set(source.subarray(s, s + length), d);
        else for (let k = 0; k < length; k += 4) words.setInt32(d + k, input.getInt32(s + k, true), true);
        d += length;
        s += length;
        continue;
      }
      case 1:
        if (s >= end) throw tooShort();
        length = ((tag >> 2) & 7) + 4;
        offset = ((tag >> 5) << 8) | source[s++]!;
        break;
      case 2:
        if (end - s < 2) throw tooShort();
        length = (tag >> 2) + 1;
        offset = source[s]! | (source[s + 1]! << 8);
        s += 2;
        break;
      default:
        if (end - s < 4) throw tooShort();
        length = (tag >> 2) + 1;
        offset = input.getUint32(s, true);
        s += 4;
    }
    if (offset === 0 || offset > d - at)
      throw new ParquetFault("snappy data refers to bytes before its start");
    if (length > limit - d) throw tooLong();
    let from = d - offset;
    const to = d + length;
    if (offset < 4) {
      // what repeats after one, two or three bytes also repeats after four, four and three
      for (let k = offset === 3 ? 3 : 4; k > 0; k--) target[d++] = target[from++]!;
      from -= offset === 3 ? 3 : 4;
    }
    for (; d < to; d += 4, from += 4) words.setInt32(d, words.getInt32(from, true), true);
    d = to;
  }
  if (d !== limit) throw tooShort();
}

/** Checks the length at the head of a block and returns the place behind it. */
export function snappyStart(source: Uint8Array, start: number, end: number, size: number): number {
  let length = 0;
  for (let i = 0; i < 5 && start + i < end; i++) {
    const byte = source[start + i]!;
    length += (byte & 127) * 2 ** (7 * i);
    if (byte >= 128) continue;
    if (length !== size)
      throw new ParquetFault(`snappy data of ${length} bytes stands where ${size} are expected`);
    return start + i + 1;
  }
  throw new ParquetFault("snappy data has no proper head");
}

function tooShort(): ParquetFault {
  return new ParquetFault("snappy data ends too early");
}

function tooLong(): ParquetFault {
  return new ParquetFault("snappy data is longer than its head says");
}
