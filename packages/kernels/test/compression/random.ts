/** Numbers from 0 up to 1 that a seed decides. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes of random literals and of repetitions of what stands before them. */
export function repetitiveBytes(random: () => number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const length = 1 + Math.floor(random() * 150 * random());
    const distance = 1 + Math.floor(random() * at);
    if (at === 0 || random() < 0.4) for (let k = 0; k < length; k++) bytes[at + k] = random() * 256;
    else for (let k = 0; k < length && at + k < size; k++) bytes[at + k] = bytes[at + k - distance]!;
    at += length;
  }
  return bytes;
}
