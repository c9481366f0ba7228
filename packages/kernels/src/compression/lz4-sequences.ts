import { BEFORE_START, TOO_LONG, TRUNCATED } from "./block-faults.js";
import { copyBytes, repeatBytes } from "./copy-bytes.js";

/** A length of which the token holds only the beginning goes on in further bytes. */
const SHORT_MAX = 15;
const REPEAT_MIN = 4;

/**
 * Decompresses the sequences of an LZ4 block, `source[start .. end)`, to at most `room` bytes at `target[at ..]`, and returns how many
 * they are, or a fault. Does the same as the kernels' module, several times slower. Copies may begin from `first` on: in frames whose
 * blocks depend on each other that is before `at`.
 */
export function decompressLz4Sequences(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  room: number,
  first: number = at,
): number {
  const limit = at + room;
  let s = start;
  let d = at;
  while (s < end) {
    const token = source[s++]!;
    let literals = token >> 4;
    if (literals === SHORT_MAX) {
      for (let more = 255; more === 255; literals += more) {
        if (s >= end) return TRUNCATED;
        more = source[s++]!;
      }
    }
    if (literals > end - s) return TRUNCATED;
    if (literals > limit - d) return TOO_LONG;
    copyBytes(source, s, literals, target, d);
    s += literals;
    d += literals;
    // the last sequence has no repetition
    if (s === end) return d - at;
    if (end - s < 2) return TRUNCATED;
    const offset = source[s]! | (source[s + 1]! << 8);
    s += 2;
    let length = (token & SHORT_MAX) + REPEAT_MIN;
    if (length === SHORT_MAX + REPEAT_MIN) {
      for (let more = 255; more === 255; length += more) {
        if (s >= end) return TRUNCATED;
        more = source[s++]!;
      }
    }
    if (offset === 0 || offset > d - first) return BEFORE_START;
    if (length > limit - d) return TOO_LONG;
    repeatBytes(target, d, offset, length);
    d += length;
  }
  return TRUNCATED;
}
