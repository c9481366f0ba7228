import { mix } from "./hash-index.js";

const PRIME_A = 0x9e3779b1 | 0;
const PRIME_B = 0x85ebca77 | 0;

/** A hash of `length` bytes from `start`, in two lanes of 32 bits; the same as that of the kernels' dictionary. */
export function hashSlice(view: DataView, start: number, length: number): number {
  let a = Math.imul(length, PRIME_B) | 0;
  let b = PRIME_A;
  const end = start + length;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    a = Math.imul(a ^ view.getInt32(at, true), PRIME_A);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ view.getInt32(at + 4, true), PRIME_B);
    b = (b << 15) | (b >>> 17);
  }
  if (at < end) {
    if (length >= 8) {
      // the last 8 bytes, some of them again
      a = Math.imul(a ^ view.getInt32(end - 8, true), PRIME_A);
      a = (a << 13) | (a >>> 19);
      b = Math.imul(b ^ view.getInt32(end - 4, true), PRIME_B);
      b = (b << 15) | (b >>> 17);
    } else if (length >= 4) {
      a = Math.imul(a ^ view.getInt32(start, true), PRIME_A);
      b = Math.imul(b ^ view.getInt32(end - 4, true), PRIME_B);
    } else {
      const few =
        view.getUint8(start) | (view.getUint8(start + (length >> 1)) << 8) | (view.getUint8(end - 1) << 16);
      a = Math.imul(a ^ few, PRIME_A);
    }
  }
  return mix(a ^ ((b << 16) | (b >>> 16)));
}

/** Whether `length` bytes of two places are the same. */
export function sameSlice(
  one: DataView,
  start: number,
  other: DataView,
  otherStart: number,
  length: number,
): boolean {
  const words = length & ~3;
  for (let k = 0; k < words; k += 4) {
    if (one.getInt32(start + k, true) !== other.getInt32(otherStart + k, true)) return false;
  }
  for (let k = words; k < length; k++) {
    if (one.getUint8(start + k) !== other.getUint8(otherStart + k)) return false;
  }
  return true;
}
