import { viewOf } from "./byte-view.js";

const PRIME_A = 0x9e3779b1 | 0;
const PRIME_B = 0x85ebca77 | 0;
const PRIME_C = 0xc2b2ae3d | 0;

/** A 32-bit hash of a slice, as a signed integer, for tables in memory; not stable across releases. */
export function hash32(bytes: Uint8Array, start: number, length: number, seed = 0): number {
  const view = viewOf(bytes);
  let hash = (seed + Math.imul(length, PRIME_A)) | 0;
  let position = start;
  let rest = length;
  for (; rest >= 4; rest -= 4, position += 4) {
    hash = Math.imul(hash ^ Math.imul(view.getInt32(position, true), PRIME_B), PRIME_A);
    hash ^= hash >>> 15;
  }
  for (; rest > 0; rest--, position++) {
    hash = Math.imul(hash ^ Math.imul(view.getUint8(position) + 1, PRIME_C), PRIME_A);
    hash ^= hash >>> 13;
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_B);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_C);
  return hash ^ (hash >>> 16);
}
