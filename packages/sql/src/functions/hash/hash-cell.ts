import type { Column } from "@ss/core";
import type { XxHash64 } from "./xxhash64.js";

const floats = new Float32Array(1);
const floatBits = new Int32Array(floats.buffer);
const doubles = new Float64Array(1);
const doubleBits = new Int32Array(doubles.buffer);

/** What takes the parts of a value into a hash: `XxHash64`, or another with the same way in. */
export type CellHasher = Pick<XxHash64, "int" | "long" | "bytes">;

/** Takes row `i` of a column into a hash, as Spark does; a null leaves it as it is. Negative zero counts as zero. */
export function hashCell(hasher: CellHasher, column: Column, i: number): void {
  if (column.isNull(i)) return;
  switch (column.layout) {
    case "boolean":
    case "int8":
    case "int16":
    case "int32":
      return hasher.int(column.values[i]!);
    case "int64":
      return hasher.long(column.words[2 * i + 1]!, column.words[2 * i]!);
    case "float32":
      floats[0] = column.values[i]! + 0;
      return hasher.int(floatBits[0]!);
    case "float64":
      doubles[0] = column.values[i]! + 0;
      return hasher.long(doubleBits[1]!, doubleBits[0]!);
    case "int128": {
      const unscaled = (column.values[2 * i + 1]! << 64n) | BigInt.asUintN(64, column.values[2 * i]!);
      const bytes = twosComplement(unscaled);
      return hasher.bytes(bytes, 0, bytes.length);
    }
    case "bytes":
      return hasher.bytes(column.data, column.starts[i]!, column.lengths[i]!);
    case "interval": {
      const micros = column.micros[i]!;
      hasher.long(Number(micros >> 32n), Number(BigInt.asIntN(32, micros)));
      hasher.int(column.days[i]!);
      return hasher.int(column.months[i]!);
    }
    case "list": {
      const end = column.starts[i]! + column.lengths[i]!;
      for (let k = column.starts[i]!; k < end; k++) hashCell(hasher, column.elements, k);
      return;
    }
    case "map": {
      const end = column.starts[i]! + column.lengths[i]!;
      for (let k = column.starts[i]!; k < end; k++) {
        hashCell(hasher, column.keys, k);
        hashCell(hasher, column.mapValues, k);
      }
      return;
    }
    case "struct":
      for (const child of column.children) hashCell(hasher, child, i);
      return;
    case "dictionary":
      return hashCell(hasher, column.dictionary, column.codes[i]!);
    case "null":
      return;
  }
}

/** The fewest big-endian bytes that hold a number with its sign. */
function twosComplement(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  } while (!((rest === 0n && bytes[0]! < 0x80) || (rest === -1n && bytes[0]! >= 0x80)));
  return Uint8Array.from(bytes);
}

/** The seed with which Spark's hash functions start. */
export const HASH_SEED = 42;
