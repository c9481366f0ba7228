import { kernels } from "../wasm/kernel-module.js";
import { eachStaged } from "./staged-block.js";

/** Castagnoli's polynomial with its bits reversed. */
const POLYNOMIAL = 0x82f63b78;
const STEP_BYTES = 16;
/** A call of the module costs more than a few bytes do in TypeScript. */
const SMALL_BYTES = 128;

let tables: Int32Array | undefined;

/** Where the module's copy of the tables is; -1 before there is one. */
let tablesAddress = -1;

/**
 * CRC-32C of `bytes[start .. end)` as a number without a sign: the checksum of iSCSI, and of Kafka's record batches. Takes 16 bytes a
 * step, with one table of 256 entries for each of them.
 */
export function crc32c(bytes: Uint8Array, start: number = 0, end: number = bytes.length): number {
  if (start < 0 || start > end || end > bytes.length)
    throw new RangeError(`${start} .. ${end} is no part of an array of ${bytes.length}.`);
  tables ??= makeTables();
  const t = tables;
  let crc = -1;
  let i = start;
  // words are read at multiples of four
  const aligned = Math.min(end, start + (-(bytes.byteOffset + start) & 3));
  while (i < aligned) crc = t[(crc ^ bytes[i++]!) & 255]! ^ (crc >>> 8);
  const stepsEnd = i + Math.floor((end - i) / STEP_BYTES) * STEP_BYTES;
  if (stepsEnd > i) crc = byModule(crc, bytes, i, stepsEnd) ?? stepped(crc, bytes, i, stepsEnd, t);
  i = stepsEnd;
  while (i < end) crc = t[(crc ^ bytes[i++]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Undefined for few bytes, which are not worth a call, and when the kernels' memory has no room. */
function byModule(from: number, bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start < SMALL_BYTES) return undefined;
  if (tablesAddress < 0) tablesAddress = placeTables();
  if (tablesAddress < 0) return undefined;
  const { crc32cSteps } = kernels().exports;
  const address = tablesAddress;
  let crc = from;
  const isDone = eachStaged(bytes, start, end, (input, inputEnd) => {
    crc = crc32cSteps(crc, input, inputEnd, address);
  });
  return isDone ? crc : undefined;
}

/** Gives the module its tables, for good. */
function placeTables(): number {
  const { memory } = kernels();
  const address = memory.take(tables!.byteLength);
  if (address >= 0) new Int32Array(memory.current(), address, tables!.length).set(tables!);
  return address;
}

function stepped(from: number, bytes: Uint8Array, start: number, end: number, t: Int32Array): number {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, (end - start) / 4);
  let crc = from;
  for (let k = 0; k < words.length; k += 4) {
    const a = words[k]! ^ crc;
    const b = words[k + 1]!;
    const c = words[k + 2]!;
    const d = words[k + 3]!;
    crc =
      t[3840 + (a & 255)]! ^
      t[3584 + ((a >>> 8) & 255)]! ^
      t[3328 + ((a >>> 16) & 255)]! ^
      t[3072 + (a >>> 24)]! ^
      t[2816 + (b & 255)]! ^
      t[2560 + ((b >>> 8) & 255)]! ^
      t[2304 + ((b >>> 16) & 255)]! ^
      t[2048 + (b >>> 24)]! ^
      t[1792 + (c & 255)]! ^
      t[1536 + ((c >>> 8) & 255)]! ^
      t[1280 + ((c >>> 16) & 255)]! ^
      t[1024 + (c >>> 24)]! ^
      t[768 + (d & 255)]! ^
      t[512 + ((d >>> 8) & 255)]! ^
      t[256 + ((d >>> 16) & 255)]! ^
      t[d >>> 24]!;
  }
  return crc;
}

/** Table k is for a byte behind which k others follow in the same step. */
function makeTables(): Int32Array {
  const made = new Int32Array(STEP_BYTES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
    made[byte] = crc;
  }
  for (let k = 256; k < made.length; k++) {
    const before = made[k - 256]!;
    made[k] = made[before & 255]! ^ (before >>> 8);
  }
  return made;
}
