import { type Column, type DataType, Int64Column, type Validity } from "@ss/core";

const TWO_32 = 4294967296;

/** A Float64Array of at least `length`, keeping what is there. */
export function growFloat64(old: Float64Array, length: number): Float64Array {
  if (old.length >= length) return old;
  const larger = new Float64Array(Math.max(length, old.length * 2, 64));
  larger.set(old);
  return larger;
}

/** An Int32Array of at least `length`, keeping what is there. */
export function growInt32(old: Int32Array, length: number): Int32Array {
  if (old.length >= length) return old;
  const larger = new Int32Array(Math.max(length, old.length * 2, 64));
  larger.set(old);
  return larger;
}

/** A Uint8Array of at least `length`, keeping what is there. */
export function growUint8(old: Uint8Array, length: number): Uint8Array {
  if (old.length >= length) return old;
  const larger = new Uint8Array(Math.max(length, old.length * 2, 64));
  larger.set(old);
  return larger;
}

/** A bitmap of the rows whose flag is 1; null where all are. */
export function validityOf(flags: Uint8Array, length: number): Validity {
  const bits = new Uint8Array((length + 7) >> 3);
  let present = 0;
  for (let i = 0; i < length; i++) {
    if (flags[i] === 0) continue;
    bits[i >> 3]! |= 1 << (i & 7);
    present++;
  }
  return present === length ? null : bits;
}

/** Whole numbers held as float64 (exact to 2^53), as a column of 64-bit integers. */
export function int64FromFloat(type: DataType, values: Float64Array, length: number): Int64Column {
  const column = new Int64Column(type, length, null, new BigInt64Array(length));
  const { words } = column;
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    words[2 * i] = value | 0;
    words[2 * i + 1] = Math.floor(value / TWO_32);
    // `|` works modulo 2^32 only within its range
    if (value >= TWO_32) words[2 * i] = (value % TWO_32) | 0;
  }
  return column;
}

/** Row `i` of a 64-bit column as a float64; exact to 2^53. */
export function floatAt(words: Int32Array, i: number): number {
  return words[2 * i + 1]! * TWO_32 + (words[2 * i]! >>> 0);
}

/** 0 for rows that are not selected or in which a column is null; undefined where there is no such row. */
export function presentRows(
  columns: readonly Column[],
  rowCount: number,
  selected?: Uint8Array,
): Uint8Array | undefined {
  let present = selected;
  for (const column of columns) {
    if (column.layout === "null") return new Uint8Array(rowCount);
    const { validity } = column;
    if (validity === null) continue;
    if (present === undefined) present = new Uint8Array(rowCount).fill(1);
    else if (present === selected) present = present.slice(0, rowCount);
    for (let i = 0; i < rowCount; i++) present[i]! &= (validity[i >> 3]! >> (i & 7)) & 1;
  }
  return present;
}
