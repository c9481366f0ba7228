const SEED = 0x9747b28c | 0;
const M = 0x5bd1e995;

/** The hash that Java's clients take of keys (Murmur2, 32 bits), as a signed integer. */
export function murmur2(bytes: Uint8Array, start: number, length: number): number {
  let hash = SEED ^ length;
  const end = start + (length & ~3);
  for (let at = start; at < end; at += 4) {
    let word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    word = Math.imul(word, M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  const rest = length & 3;
  if (rest === 3) hash ^= bytes[end + 2]! << 16;
  if (rest >= 2) hash ^= bytes[end + 1]! << 8;
  if (rest >= 1) hash = Math.imul(hash ^ bytes[end]!, M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/** The partition in which Java's clients put records of a key. */
export function keyPartition(key: Uint8Array, start: number, length: number, partitionCount: number): number {
  return (murmur2(key, start, length) & 0x7fffffff) % partitionCount;
}
