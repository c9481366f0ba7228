import type { Column, Int64Column } from "@ss/core";
import { PAGE_ROWS } from "./column-values.js";
import type { Gather } from "./word-values.js";

type Numbers = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array | BigInt64Array;
type Numbered = Column & { readonly values: Numbers };

/** Columns of 32 bits a row as they stand; narrower whole numbers are widened. */
export const gatherSingles: Gather = (column, from, to, words) => {
  const values = wordsOf(column);
  if (isWhole(column) && values instanceof Int32Array) return values.subarray(from, to);
  const count = findPlaces(column, from, to);
  for (let at = 0; at < count; at++) words[at] = values[places[at]!]!;
  return words.subarray(0, count);
};

/** The low words of columns of 64 bits a row, of which the values need no more. */
export const gatherLowWords: Gather = (column, from, to, words) => {
  const values = wordsOf(column);
  const count = findPlaces(column, from, to);
  for (let at = 0; at < count; at++) words[at] = values[2 * places[at]!]!;
  return words.subarray(0, count);
};

/** Columns of 64 bits a row as they stand. */
export const gatherPairs: Gather = (column, from, to, words) => {
  const values = wordsOf(column) as Int32Array;
  if (isWhole(column)) return values.subarray(2 * from, 2 * to);
  const count = findPlaces(column, from, to);
  for (let at = 0; at < count; at++) {
    const k = places[at]!;
    words[2 * at] = values[2 * k]!;
    words[2 * at + 1] = values[2 * k + 1]!;
  }
  return words.subarray(0, 2 * count);
};

/** Nanoseconds as microseconds. */
export const gatherMicros: Gather = (column, from, to, words) => {
  const { values } = (column.layout === "dictionary" ? column.dictionary : column) as Int64Column;
  const micros = new BigInt64Array(words.buffer, words.byteOffset, words.length >> 1);
  const count = findPlaces(column, from, to);
  for (let at = 0; at < count; at++) micros[at] = values[places[at]!]! / 1000n;
  return words.subarray(0, 2 * count);
};

/** Whether rows are values of the column in their order. */
function isWhole(column: Column): boolean {
  return column.layout !== "dictionary" && column.validity === null;
}

/** The words of a column or of its dictionary; numbers of less than 32 bits themselves. */
function wordsOf(column: Column): Int8Array | Int16Array | Int32Array {
  const { values } = (column.layout === "dictionary" ? column.dictionary : column) as Numbered;
  if (values instanceof Int8Array || values instanceof Int16Array || values instanceof Int32Array)
    return values;
  return new Int32Array(values.buffer, values.byteOffset, values.byteLength >> 2);
}

/** Where the values of some rows stand in their array, which `findPlaces` fills in. */
export const places: Int32Array = new Int32Array(PAGE_ROWS);

/** Finds where the values of rows stand in the array of the column or of its dictionary; returns how many there are. */
export function findPlaces(column: Column, from: number, to: number): number {
  const { validity } = column;
  const codes = column.layout === "dictionary" ? column.codes : undefined;
  let count = 0;
  for (let i = from; i < to; i++) {
    if (validity !== null && (validity[i >> 3]! & (1 << (i & 7))) === 0) continue;
    places[count++] = codes === undefined ? i : codes[i]!;
  }
  return count;
}
