import { gatherColumn } from "./access.js";
import * as c from "./column.js";

/**
 * The rows at `positions[0 .. count)`, in that order; a negative position gives a null. Bytes and elements are not copied: the result
 * views the same data, so it lives no longer than the column.
 */
export function takeColumn(column: c.Column, positions: Int32Array, count: number): c.Column {
  const validity = takeValidity(column, positions, count);
  switch (column.layout) {
    case "boolean":
      return new c.BooleanColumn(column.type, count, validity, taken(column.values, positions, count));
    case "int8":
      return new c.Int8Column(column.type, count, validity, taken(column.values, positions, count));
    case "int16":
      return new c.Int16Column(column.type, count, validity, taken(column.values, positions, count));
    case "int32":
      return new c.Int32Column(column.type, count, validity, taken(column.values, positions, count));
    case "float32":
      return new c.Float32Column(column.type, count, validity, taken(column.values, positions, count));
    case "float64":
      return new c.Float64Column(column.type, count, validity, taken(column.values, positions, count));
    case "int64":
      return takeInt64(column, positions, count, validity);
    case "bytes": {
      const starts = taken(column.starts, positions, count);
      return new c.BytesColumn(
        column.type,
        count,
        validity,
        column.data,
        starts,
        taken(column.lengths, positions, count),
      );
    }
    case "dictionary":
      return new c.DictionaryColumn(
        column.type,
        count,
        validity,
        taken(column.codes, positions, count),
        column.dictionary,
      );
    case "list": {
      const starts = taken(column.starts, positions, count);
      const lengths = taken(column.lengths, positions, count);
      return new c.ListColumn(column.type, count, validity, starts, lengths, column.elements);
    }
    case "map": {
      const starts = taken(column.starts, positions, count);
      const lengths = taken(column.lengths, positions, count);
      return new c.MapColumn(column.type, count, validity, starts, lengths, column.keys, column.mapValues);
    }
    case "struct":
      return new c.StructColumn(
        column.type,
        count,
        validity,
        column.children.map((child) => takeColumn(child, positions, count)),
      );
    case "null":
      return new c.NullColumn(column.type, count);
    default:
      return gatherColumn(column, positions, count);
  }
}

type Numbers = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

function taken<T extends Numbers>(values: T, positions: Int32Array, count: number): T {
  const out = new (values.constructor as new (length: number) => T)(count);
  for (let i = 0; i < count; i++) {
    const at = positions[i]!;
    if (at >= 0) out[i] = values[at]!;
  }
  return out;
}

function takeInt64(
  column: c.Int64Column,
  positions: Int32Array,
  count: number,
  validity: c.Validity,
): c.Column {
  const out = new c.Int64Column(column.type, count, validity, new BigInt64Array(count));
  const from = column.words;
  const to = out.words;
  for (let i = 0; i < count; i++) {
    const at = positions[i]!;
    if (at < 0) continue;
    to[2 * i] = from[2 * at]!;
    to[2 * i + 1] = from[2 * at + 1]!;
  }
  return out;
}

function takeValidity(column: c.Column, positions: Int32Array, count: number): c.Validity {
  let missing = false;
  for (let i = 0; i < count && !missing; i++) missing = positions[i]! < 0;
  if (!missing && column.validity === null) return null;
  const bits = new Uint8Array((count + 7) >> 3);
  for (let i = 0; i < count; i++) {
    if (positions[i]! >= 0 && !column.isNull(positions[i]!)) bits[i >> 3]! |= 1 << (i & 7);
  }
  return bits;
}

/** The first of some rows that follow each other without a gap, -1 where they do not. */
export function runStart(rows: Int32Array): number {
  const first = rows[0] ?? -1;
  for (let k = 1; k < rows.length; k++) if (rows[k] !== first + k) return -1;
  return first;
}

/** Rows `from .. to)` without a copy; `from` is a multiple of 8. */
export function sliceColumn(column: c.Column, from: number, to: number): c.Column {
  if (from === 0 && to === column.length) return column;
  const length = to - from;
  const validity = column.validity === null ? null : column.validity.subarray(from >> 3);
  const { type } = column;
  switch (column.layout) {
    case "boolean":
      return new c.BooleanColumn(type, length, validity, column.values.subarray(from, to));
    case "int8":
      return new c.Int8Column(type, length, validity, column.values.subarray(from, to));
    case "int16":
      return new c.Int16Column(type, length, validity, column.values.subarray(from, to));
    case "int32":
      return new c.Int32Column(type, length, validity, column.values.subarray(from, to));
    case "float32":
      return new c.Float32Column(type, length, validity, column.values.subarray(from, to));
    case "float64":
      return new c.Float64Column(type, length, validity, column.values.subarray(from, to));
    case "int64":
      return new c.Int64Column(type, length, validity, column.values.subarray(from, to));
    case "int128":
      return new c.Int128Column(type, length, validity, column.values.subarray(2 * from, 2 * to));
    case "bytes":
      return new c.BytesColumn(
        type,
        length,
        validity,
        column.data,
        column.starts.subarray(from, to),
        column.lengths.subarray(from, to),
      );
    case "interval":
      return new c.IntervalColumn(
        type,
        length,
        validity,
        column.months.subarray(from, to),
        column.days.subarray(from, to),
        column.micros.subarray(from, to),
      );
    case "list":
      return new c.ListColumn(
        type,
        length,
        validity,
        column.starts.subarray(from, to),
        column.lengths.subarray(from, to),
        column.elements,
      );
    case "map":
      return new c.MapColumn(
        type,
        length,
        validity,
        column.starts.subarray(from, to),
        column.lengths.subarray(from, to),
        column.keys,
        column.mapValues,
      );
    case "struct":
      return new c.StructColumn(
        type,
        length,
        validity,
        column.children.map((child) => sliceColumn(child, from, to)),
      );
    case "dictionary":
      return new c.DictionaryColumn(
        type,
        length,
        validity,
        column.codes.subarray(from, to),
        column.dictionary,
      );
    case "null":
      return new c.NullColumn(type, length);
  }
}
