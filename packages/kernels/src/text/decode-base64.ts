const PAD = 0x3d;
const SPACE = 0x20;

/** The six bits that each byte stands for; 255 for none. */
const BITS = new Uint8Array(256).fill(255);
for (const [bits, letter] of [
  ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
].entries()) {
  BITS[letter.charCodeAt(0)] = bits;
}

/**
 * Puts the bytes that a Base64 text stands for in the place of its first bytes, and returns how many those are; -1 where the text is
 * none, of which some bytes may have been written over.
 *
 * White space may stand between groups of four, and the last group has to be padded, as in JSON that Spark reads.
 */
export function decodeBase64InPlace(bytes: Uint8Array, start: number, length: number): number {
  const end = start + length;
  let write = start;
  let next = start;
  for (;;) {
    while (next < end && bytes[next] <= SPACE) next++;
    if (next >= end) return write - start;
    if (next + 4 > end) return -1;
    const a = BITS[bytes[next]];
    const b = BITS[bytes[next + 1]];
    const c = BITS[bytes[next + 2]];
    const d = BITS[bytes[next + 3]];
    if ((a | b) === 255) return -1;
    const isPadded = bytes[next + 3] === PAD;
    if (c === 255 && !(isPadded && bytes[next + 2] === PAD)) return -1;
    if (d === 255 && !isPadded) return -1;
    next += 4;
    bytes[write++] = (a << 2) | (b >> 4);
    if (c === 255) continue;
    bytes[write++] = (b << 4) | (c >> 2);
    if (d !== 255) bytes[write++] = (c << 6) | d;
  }
}
