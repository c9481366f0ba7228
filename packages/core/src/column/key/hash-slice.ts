import { mix } from "./hash-index.js";

const PRIME_A = 0x9e3779b1 | 0;
const PRIME_B = 0x85ebca77 | 0;
const PRIME_C = 0xc2b2ae3d | 0;
const PRIME_D = 0x27d4eb2f | 0;

/** Slices up to this length are hashed as one vector of four words. */
const SHORT = 16;

/** A hash of `length` bytes from `start`; the same as that of the kernels' dictionary. */
export function hashSlice(view: DataView, start: number, length: number): number {
  return length <= SHORT ? hashShort(view, start, length) : hashLong(view, start, length);
}

/** In four lanes of 32 bits; bytes behind the slice count as 0. */
function hashShort(view: DataView, start: number, length: number): number {
  const end = start + length;
  const first = Math.imul(lane(wordAt(view, start, end), PRIME_A), PRIME_B);
  const second = rotated(lane(wordAt(view, start + 4, end), PRIME_B), 13);
  let h = (first + second + Math.imul(length, PRIME_D)) | 0;
  h = Math.imul(h ^ lane(wordAt(view, start + 8, end), PRIME_C), PRIME_A);
  return mix((rotated(h, 15) + lane(wordAt(view, start + 12, end), PRIME_D)) | 0);
}

function wordAt(view: DataView, at: number, end: number): number {
  if (at + 4 <= end) return view.getInt32(at, true);
  let word = 0;
  for (let k = end - 1; k >= at; k--) word = (word << 8) | view.getUint8(k);
  return word;
}

function lane(word: number, prime: number): number {
  const product = Math.imul(word, prime);
  return product ^ (product >>> 15);
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** In two lanes of 32 bits, the last 8 bytes behind the others, some of them again. */
function hashLong(view: DataView, start: number, length: number): number {
  let a = Math.imul(length, PRIME_B) | 0;
  let b = PRIME_A;
  const end = start + length;
  for (let at = start; ; at = Math.min(at + 8, end - 8)) {
    a = Math.imul(a ^ view.getInt32(at, true), PRIME_A);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ view.getInt32(at + 4, true), PRIME_B);
    b = (b << 15) | (b >>> 17);
    if (at === end - 8) return mix(a ^ ((b << 16) | (b >>> 16)));
  }
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
