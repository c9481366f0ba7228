import { valuesTooShort } from "./values.js";

/** Copies plain values to words: `count` of them from `bytes[position]` to value `at`; returns the place behind them. */
export type PlainNumbers = (
  bytes: Uint8Array,
  position: number,
  end: number,
  count: number,
  target: Int32Array,
  at: number,
) => number;

/** Numbers of 4 or 8 bytes, which stand in files as they do in memory. */
export function copiedNumbers(width: 4 | 8): PlainNumbers {
  return (bytes, position, end, count, target, at) => {
    const size = count * width;
    if (size > end - position) throw valuesTooShort();
    const raw = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    raw.set(bytes.subarray(position, position + size), at * width);
    return position + size;
  };
}

/** The day number of 1970-01-01 in Julian days. */
const JULIAN_EPOCH = 2_440_588;
const MICROS_PER_DAY = 86_400_000_000n;

/** INT96, nanoseconds of the day and a Julian day, as microseconds since 1970. */
export const int96Micros: PlainNumbers = (bytes, position, end, count, target, at) => {
  if (count * 12 > end - position) throw valuesTooShort();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const micros = new BigInt64Array(target.buffer, target.byteOffset, target.length >> 1);
  for (let i = 0; i < count; i++) {
    const nanos = view.getBigInt64(position, true);
    const day = BigInt(view.getInt32(position + 8, true) - JULIAN_EPOCH);
    micros[at + i] = day * MICROS_PER_DAY + nanos / 1000n;
    position += 12;
  }
  return position;
};

/** Decimals as big-endian numbers of a fixed length; `words` is 2 or 4. */
export function fixedDecimals(length: number, words: number): PlainNumbers {
  return (bytes, position, end, count, target, at) => {
    if (count * length > end - position) throw valuesTooShort();
    for (let i = 0; i < count; i++) {
      bigEndian(bytes, position, length, target, (at + i) * words, words);
      position += length;
    }
    return position;
  };
}

/** Decimals as big-endian numbers with their lengths in front. */
export function variableDecimals(words: number): PlainNumbers {
  return (bytes, position, end, count, target, at) => {
    for (let i = 0; i < count; i++) {
      if (end - position < 4) throw valuesTooShort();
      const length =
        bytes[position]! +
        (bytes[position + 1]! << 8) +
        (bytes[position + 2]! << 16) +
        bytes[position + 3]! * 2 ** 24;
      position += 4;
      if (length > end - position) throw valuesTooShort();
      bigEndian(bytes, position, length, target, (at + i) * words, words);
      position += length;
    }
    return position;
  };
}

/** Writes a two's complement number, whose last bytes are the lowest, to words of which the first is the lowest. */
function bigEndian(
  bytes: Uint8Array,
  position: number,
  length: number,
  target: Int32Array,
  at: number,
  words: number,
): void {
  const sign = length > 0 && bytes[position]! >= 128 ? -1 : 0;
  for (let w = 0, last = length - 1; w < words; w++, last -= 4) {
    let word = sign;
    for (let k = Math.min(3, last); k >= 0; k--) word = (word << 8) | bytes[position + last - k]!;
    target[at + w] = word;
  }
}
