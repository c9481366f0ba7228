import type { CellHasher } from "./cell-hasher.js";

/** What Spark begins with. */
export const MURMUR_SEED = 42;

function mixKey(key: number): number {
  const product = Math.imul(key, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}

function mixHash(hash: number, key: number): number {
  const mixed = hash ^ key;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number, length: number): number {
  let h = hash ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The hash of a 32-bit integer. */
export function murmurOfInt(value: number, seed: number): number {
  return finish(mixHash(seed, mixKey(value)), 4);
}

/** The hash of bytes: of words of four, then of single ones, each signed and mixed like a word, which is Spark's variant of the tail. */
export function murmurOfBytes(data: Uint8Array, start: number, length: number, seed: number): number {
  const aligned = start + (length & ~3);
  let hash = seed;
  for (let k = start; k < aligned; k += 4) {
    const word = data[k]! | (data[k + 1]! << 8) | (data[k + 2]! << 16) | (data[k + 3]! << 24);
    hash = mixHash(hash, mixKey(word));
  }
  for (let k = aligned; k < start + length; k++) hash = mixHash(hash, mixKey((data[k]! << 24) >> 24));
  return finish(hash, length);
}

/** Murmur3 of 32 bits, as Spark hashes rows with it. */
export class Murmur3 implements CellHasher {
  hash: number = MURMUR_SEED;

  begin(): void {
    this.hash = MURMUR_SEED;
  }

  int(value: number): void {
    this.hash = murmurOfInt(value, this.hash);
  }

  long(high: number, low: number): void {
    this.hash = finish(mixHash(mixHash(this.hash, mixKey(low)), mixKey(high)), 8);
  }

  bytes(data: Uint8Array, start: number, length: number): void {
    this.hash = murmurOfBytes(data, start, length, this.hash);
  }
}
