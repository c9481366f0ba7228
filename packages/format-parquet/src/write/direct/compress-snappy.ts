import { bytesOf, snappyModule } from "../../direct/snappy-module.js";

/** Pieces of a block are compressed apart, so that its distances fit into 16 bits. */
const FRAGMENT_BYTES = 1 << 16;
const TABLE_BYTES = 1 << 15;
const SLACK = 64;
/** Of a fragment that cannot be compressed. */
const MOST_BYTES: number = FRAGMENT_BYTES + Math.ceil(FRAGMENT_BYTES / 6) + 32;

/** Compresses bytes to a raw snappy block: their number, and then elements. */
export function compressSnappy(bytes: Uint8Array): Uint8Array {
  const exports = snappyModule();
  const table = (exports.heapBase() + 15) & ~15;
  const input = table + TABLE_BYTES;
  const output = input + FRAGMENT_BYTES + SLACK;
  const memory = bytesOf(exports, output + MOST_BYTES + SLACK);
  const target = new Uint8Array(bytes.length + Math.ceil(bytes.length / 6) + 64);
  let at = putLength(bytes.length, target);
  for (let start = 0; start < bytes.length; start += FRAGMENT_BYTES) {
    const size = Math.min(FRAGMENT_BYTES, bytes.length - start);
    memory.set(bytes.subarray(start, start + size), input);
    const end = exports.compress(input, input + size, output, table);
    target.set(memory.subarray(output, end), at);
    at += end - output;
  }
  // the block is kept until its row group is written, so not in an array that is larger than it
  return target.slice(0, at);
}

function putLength(length: number, target: Uint8Array): number {
  let at = 0;
  let rest = length;
  for (; rest > 127; rest >>>= 7) target[at++] = (rest & 127) | 128;
  target[at++] = rest;
  return at;
}
