import type { HashKind } from "./value-hash.js";

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

function hashInt(value: number, seed: number): number {
  return finish(mixHash(seed, mixKey(value)), 4);
}

function hashLong(value: bigint, seed: number): number {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return finish(mixHash(mixHash(seed, mixKey(low)), mixKey(high)), 8);
}

/** Words of four bytes, then single bytes, each signed and mixed like a word: Spark's variant of the tail. */
function hashBytes(bytes: Uint8Array, seed: number): number {
  const aligned = bytes.length & ~3;
  let hash = seed;
  for (let k = 0; k < aligned; k += 4) {
    const word = bytes[k]! | (bytes[k + 1]! << 8) | (bytes[k + 2]! << 16) | (bytes[k + 3]! << 24);
    hash = mixHash(hash, mixKey(word));
  }
  for (let k = aligned; k < bytes.length; k++) hash = mixHash(hash, mixKey((bytes[k]! << 24) >> 24));
  return finish(hash, bytes.length);
}

/** Murmur3 of 32 bits, as Spark hashes rows with it. */
export const murmur3: HashKind<number> = { seed: 42, int: hashInt, long: hashLong, bytes: hashBytes };
