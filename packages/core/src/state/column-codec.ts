import { structChildren } from "../column/builder.js";
import * as c from "../column/column.js";
import { copySlices, totalOf } from "../column/copy-slices.js";
import { runStart } from "../column/take.js";
import { assert } from "../errors/stream-error.js";
import type { DataType } from "../schema/data-type.js";
import type { ByteReader, ByteWriter } from "./byte-buffer.js";

/**
 * Columns as bytes, column by column, little-endian as all machines are that Node runs on. A column is
 *
 *     flag      1 byte: 1 if some rows are null, else 0
 *     validity  a bitmap of (rows + 7) / 8 bytes, if the flag says so
 *     values    the memory of the typed arrays, by layout; lists and maps: lengths, then their children; texts: lengths,
 *               then all bytes
 *
 * The number of rows and the type are the container's to know.
 */
export function writeColumn(out: ByteWriter, column: c.Column, rows: Int32Array): void {
  if (column.layout === "dictionary")
    return writeColumn(out, column.dictionary, dictionaryRows(column, rows));
  if (column.layout === "null") return;
  const first = column.validity === null ? runStart(rows) : -1;
  if (first >= 0 && writeRun(out, column, first, rows.length)) return;
  const present = writeValidity(out, column, rows);
  switch (column.layout) {
    case "boolean":
      return out.memory(pick(column.values, new Uint8Array(rows.length), present));
    case "int8":
      return out.memory(pick(column.values, new Int8Array(rows.length), present));
    case "int16":
      return out.memory(pick(column.values, new Int16Array(rows.length), present));
    case "int32":
      return out.memory(pickWords(column.values, 1, present));
    case "float32":
      return out.memory(pick(column.values, new Float32Array(rows.length), present));
    case "float64":
      return out.memory(pick(column.values, new Float64Array(rows.length), present));
    case "int64":
      return out.memory(pickWords(column.words, 2, present));
    case "int128":
      return out.memory(pickWords(wordsOf(column.values), 4, present));
    case "bytes":
      return writeBytes(out, column, present);
    case "interval":
      out.memory(pick(column.months, new Int32Array(rows.length), present));
      out.memory(pick(column.days, new Int32Array(rows.length), present));
      return out.memory(pickWords(wordsOf(column.micros), 2, present));
    case "list":
      return writeColumn(out, column.elements, writeLengths(out, column, present));
    case "map": {
      const entries = writeLengths(out, column, present);
      writeColumn(out, column.keys, entries);
      return writeColumn(out, column.mapValues, entries);
    }
    case "struct":
      for (const child of column.children) writeColumn(out, child, present);
      return;
  }
}

/** Writes neighbouring rows of a column without nulls from where they lie; false where its layout does not allow that. */
function writeRun(out: ByteWriter, column: c.Column, first: number, count: number): boolean {
  const end = first + count;
  switch (column.layout) {
    case "boolean":
    case "int8":
    case "int16":
    case "int32":
    case "float32":
    case "float64":
    case "int64":
      out.uint8(0);
      out.memory(column.values.subarray(first, end));
      return true;
    case "bytes":
      out.uint8(0);
      writeSlices(out, column.data, column.starts.subarray(first, end), column.lengths.subarray(first, end));
      return true;
    default:
      return false;
  }
}

/** Reads a column of `length` rows that `writeColumn` wrote. It has arrays of its own. */
export function readColumn(input: ByteReader, type: DataType, length: number): c.Column {
  const layout = c.layoutOf(type);
  if (layout === "null") return new c.NullColumn(type, length);
  const validity = input.uint8() === 0 ? null : new Uint8Array(input.memory((length + 7) >> 3));
  switch (layout) {
    case "boolean":
      return new c.BooleanColumn(type, length, validity, new Uint8Array(input.memory(length)));
    case "int8":
      return new c.Int8Column(type, length, validity, new Int8Array(input.memory(length)));
    case "int16":
      return new c.Int16Column(type, length, validity, new Int16Array(input.memory(2 * length)));
    case "int32":
      return new c.Int32Column(type, length, validity, new Int32Array(input.memory(4 * length)));
    case "float32":
      return new c.Float32Column(type, length, validity, new Float32Array(input.memory(4 * length)));
    case "float64":
      return new c.Float64Column(type, length, validity, new Float64Array(input.memory(8 * length)));
    case "int64":
      return new c.Int64Column(type, length, validity, new BigInt64Array(input.memory(8 * length)));
    case "int128":
      return new c.Int128Column(type, length, validity, new BigInt64Array(input.memory(16 * length)));
    case "bytes": {
      const { starts, lengths, total } = readLengths(input, length);
      return new c.BytesColumn(type, length, validity, new Uint8Array(input.memory(total)), starts, lengths);
    }
    case "interval": {
      const months = new Int32Array(input.memory(4 * length));
      const days = new Int32Array(input.memory(4 * length));
      const micros = new BigInt64Array(input.memory(8 * length));
      return new c.IntervalColumn(type, length, validity, months, days, micros);
    }
    case "list": {
      assert(type.kind === "array", "a list column has an array type");
      const { starts, lengths, total } = readLengths(input, length);
      return new c.ListColumn(
        type,
        length,
        validity,
        starts,
        lengths,
        readColumn(input, type.elementType, total),
      );
    }
    case "map": {
      assert(type.kind === "map", "a map column has a map type");
      const { starts, lengths, total } = readLengths(input, length);
      const keys = readColumn(input, type.keyType, total);
      const values = readColumn(input, type.valueType, total);
      return new c.MapColumn(type, length, validity, starts, lengths, keys, values);
    }
    case "struct": {
      const children = structChildren(type).map((child) => readColumn(input, child, length));
      return new c.StructColumn(type, length, validity, children);
    }
  }
}

/** Writes flag and bitmap. Returns `rows` with -1 in place of the null ones, for the values and children. */
function writeValidity(out: ByteWriter, column: c.Column, rows: Int32Array): Int32Array {
  const { validity } = column;
  if (validity === null && !hasMissing(rows)) {
    out.uint8(0);
    return rows;
  }
  const bits = new Uint8Array((rows.length + 7) >> 3);
  const present = new Int32Array(rows.length);
  let nulls = 0;
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k]!;
    if (row < 0 || (validity !== null && (validity[row >> 3]! & (1 << (row & 7))) === 0)) {
      present[k] = -1;
      nulls++;
    } else {
      present[k] = row;
      bits[k >> 3]! |= 1 << (k & 7);
    }
  }
  out.uint8(nulls > 0 ? 1 : 0);
  if (nulls > 0) out.raw(bits);
  return present;
}

function hasMissing(rows: Int32Array): boolean {
  for (let k = 0; k < rows.length; k++) if (rows[k]! < 0) return true;
  return false;
}

type Numbers = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

function pick<A extends Numbers>(values: A, picked: A, rows: Int32Array): A {
  for (let k = 0; k < rows.length; k++) if (rows[k]! >= 0) picked[k] = values[rows[k]!]!;
  return picked;
}

function wordsOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** Words on their way into a block. */
let gathered: Int32Array = new Int32Array(0);
/** The starts of slices on their way there. */
let gatheredStarts: Int32Array = new Int32Array(0);

/** Values of 32 bits and more as 32-bit words: copied without making a bigint of any. Valid until the next call. */
function pickWords(words: Int32Array, width: number, rows: Int32Array): Int32Array {
  const count = rows.length * width;
  if (gathered.length < count) gathered = new Int32Array(count);
  const picked = gathered;
  if (width > 2) {
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k]!;
      for (let w = 0; w < width; w++) picked[k * width + w] = row < 0 ? 0 : words[row * width + w]!;
    }
  } else if (width === 2) {
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k]!;
      picked[2 * k] = row < 0 ? 0 : words[2 * row]!;
      picked[2 * k + 1] = row < 0 ? 0 : words[2 * row + 1]!;
    }
  } else {
    for (let k = 0; k < rows.length; k++) picked[k] = rows[k]! < 0 ? 0 : words[rows[k]!]!;
  }
  return picked.subarray(0, count);
}

function writeBytes(out: ByteWriter, column: c.BytesColumn, rows: Int32Array): void {
  const lengths = pickWords(column.lengths, 1, rows);
  if (gatheredStarts.length < rows.length) gatheredStarts = new Int32Array(rows.length);
  const starts = gatheredStarts;
  for (let k = 0; k < rows.length; k++) starts[k] = rows[k]! < 0 ? 0 : column.starts[rows[k]!]!;
  writeSlices(out, column.data, starts, lengths);
}

/** Writes the lengths of slices, then their bytes. */
function writeSlices(out: ByteWriter, data: Uint8Array, starts: Int32Array, lengths: Int32Array): void {
  out.memory(lengths);
  const total = totalOf(lengths, lengths.length);
  out.reserve(total);
  copySlices(out.written(out.size - total), 0, data, starts, lengths, lengths.length);
}

/** Writes the lengths of lists or maps and returns the rows of their children. */
function writeLengths(out: ByteWriter, column: c.ListColumn | c.MapColumn, rows: Int32Array): Int32Array {
  const lengths = pick(column.lengths, new Int32Array(rows.length), rows);
  out.memory(lengths);
  let total = 0;
  for (let k = 0; k < lengths.length; k++) total += lengths[k]!;
  const children = new Int32Array(total);
  let at = 0;
  for (let k = 0; k < rows.length; k++) {
    const start = rows[k]! < 0 ? 0 : column.starts[rows[k]!]!;
    for (let e = 0; e < lengths[k]!; e++) children[at++] = start + e;
  }
  return children;
}

function readLengths(
  input: ByteReader,
  length: number,
): { starts: Int32Array; lengths: Int32Array; total: number } {
  const lengths = new Int32Array(input.memory(4 * length));
  const starts = new Int32Array(length);
  let total = 0;
  for (let k = 0; k < length; k++) {
    starts[k] = total;
    total += lengths[k]!;
  }
  return { starts, lengths, total };
}

function dictionaryRows(column: c.DictionaryColumn, rows: Int32Array): Int32Array {
  const entries = new Int32Array(rows.length);
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k]!;
    entries[k] = row < 0 || column.isNull(row) ? -1 : column.codes[row]!;
  }
  return entries;
}
