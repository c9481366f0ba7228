import { ParquetFault } from "./parquet-fault.js";

/** Decompresses a raw LZ4 block, `source[start .. end)`, to exactly `size` bytes at `target[at ..]`. */
export function decompressLz4(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  size: number,
): void {
  const limit = at + size;
  let s = start;
  let d = at;
  while (s < end) {
    const token = source[s++]!;
    let literals = token >> 4;
    if (literals === 15) for (let more = 255; more === 255; literals += more) more = next(source, s++, end);
    if (literals > end - s || literals > limit - d) throw wrongSize();
    if (literals > 32) target.set(source.subarray(s, s + literals), d);
    else for (let k = 0; k < literals; k++) target[d + k] = source[s + k]!;
    s += literals;
    d += literals;
    // the last sequence has literals only
    if (s >= end) break;
    const offset = next(source, s, end) | (next(source, s + 1, end) << 8);
    s += 2;
    let length = (token & 15) + 4;
    if (length === 19) for (let more = 255; more === 255; length += more) more = next(source, s++, end);
    if (offset === 0 || offset > d - at) throw new ParquetFault("LZ4 data refers to bytes before its start");
    if (length > limit - d) throw wrongSize();
    if (length > 32 && offset >= length) target.copyWithin(d, d - offset, d - offset + length);
    else for (let k = 0; k < length; k++) target[d + k] = target[d - offset + k]!;
    d += length;
  }
  if (d !== limit) throw wrongSize();
}

function next(source: Uint8Array, s: number, end: number): number {
  if (s >= end) throw new ParquetFault("LZ4 data ends too early");
  return source[s]!;
}

function wrongSize(): ParquetFault {
  return new ParquetFault("LZ4 data has another size than its page says");
}
