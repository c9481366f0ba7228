import type { DataType, Value } from "@ss/core";
import { MURMUR_SEED, murmurOfBytes, murmurOfInt } from "../digest/murmur3.js";

const encoder = new TextEncoder();

const INITIAL_CAPACITY = 64;
const LOAD_FACTOR = 0.7;

/**
 * The order in which Spark's open hash map walks over keys that were put into it in the given order: where a result
 * depends on it (`mode` of values that came equally often), it is the same here.
 */
export function hashTableOrder(values: readonly Value[], type: DataType): readonly number[] {
  const hashes = values.map((value) => spread(hashCode(value, type)));
  let table = new Int32Array(INITIAL_CAPACITY).fill(-1);
  let size = 0;
  values.forEach((_, k) => {
    insert(table, k, hashes);
    size++;
    if (size <= Math.trunc(LOAD_FACTOR * table.length)) return;
    const larger = new Int32Array(table.length * 2).fill(-1);
    for (const key of table) if (key >= 0) insert(larger, key, hashes);
    table = larger;
  });
  return Array.from(table).filter((key) => key >= 0);
}

function insert(table: Int32Array, key: number, hashes: readonly number[]): void {
  const mask = table.length - 1;
  let at = hashes[key]! & mask;
  for (let delta = 1; table[at]! >= 0; delta++) at = (at + delta) & mask;
  table[at] = key;
}

/** Java hash codes have few different low bits, so the table mixes them. */
function spread(code: number): number {
  return murmurOfInt(code, 0);
}

const doubles = new Float64Array(1);
const bits = new Int32Array(doubles.buffer);
const floats = new Float32Array(1);
const floatBits = new Int32Array(floats.buffer);

function hashCode(value: Value, type: DataType): number {
  switch (typeof value) {
    case "boolean":
      return value ? 1231 : 1237;
    case "string": {
      const bytes = encoder.encode(value);
      return murmurOfBytes(bytes, 0, bytes.length, MURMUR_SEED);
    }
    case "bigint":
      return type.kind === "decimal" ? Number(BigInt.asIntN(32, value)) : foldLong(value);
    case "number":
      if (type.kind === "double") {
        doubles[0] = value;
        return bits[0]! ^ bits[1]!;
      }
      if (type.kind === "float") {
        floats[0] = value;
        return floatBits[0]!;
      }
      return value | 0;
    default:
      return 0;
  }
}

function foldLong(value: bigint): number {
  return Number(BigInt.asIntN(32, value)) ^ Number(BigInt.asIntN(32, value >> 32n));
}
