/*
 * The bzip2 format, all numbers being bits, most significant first:
 *
 *   stream = "BZh" level, block*, STREAM_END (48 bits), checksum of the blocks' checksums (32), zeros up to a byte
 *   block  = BLOCK_START (48), checksum (32), a bit that is always 0, place of the text's start among the sorted rotations (24),
 *            symbols in use (16, then 16 for each of these bits), number of tables (3), number of groups (15),
 *            the table of each group (unary, moved to front), the code lengths of each table (differences), codes
 *
 * A block's bytes had runs shortened (four equal bytes and a count), were sorted by rotations, moved to front, and zeros counted in
 * the digits RUN_A and RUN_B. Files may have several streams, one after the other.
 */

/** A block's first 48 bits, in two halves. */
export const BLOCK_START: readonly [number, number] = [0x314159, 0x265359];
/** The 48 bits behind the last block. */
export const STREAM_END: readonly [number, number] = [0x177245, 0x385090];
/** Bytes of a block, before its runs are expanded, for each level from 1 to 9. */
export const LEVEL_BYTES = 100_000;
/** Symbols that share a table of codes. */
export const GROUP_SYMBOLS = 50;
/** Longest code that a file may have. */
export const CODE_BITS_MAX = 20;
/** The digits of the number of zeros, 1 and 2, in base 2 without a zero. */
export const RUN_A = 0;
/** See {@link RUN_A}. */
export const RUN_B = 1;

let table: Uint32Array | undefined;

/** The checksum of one byte more. */
export function crcTable(): Uint32Array {
  if (table !== undefined) return table;
  table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let crc = i << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
    table[i] = crc;
  }
  return table;
}

/** The checksum of a stream with the checksum of one block more. */
export function combineCrc(stream: number, block: number): number {
  return (((stream << 1) | (stream >>> 31)) ^ block) >>> 0;
}
