import type { DataType } from "../schema/data-type.js";

/**
 * Columns, Arrow-like: one typed array (or a few) per column, `length` rows.
 *
 * - `validity` is a bitmap, bit `i & 7` of byte `i >> 3` set where row i has a value; `null` when every row has one.
 *   What the arrays hold at a null row is undefined.
 * - A column is a view: its arrays may be longer than `length` and may belong to a buffer that a source reuses. A batch is
 *   valid until its reader asks the same iterator for the next one; whoever keeps rows longer copies them (`copyColumn`).
 * - Nobody writes to a column that was handed on.
 */
export type Column =
  | BooleanColumn
  | Int8Column
  | Int16Column
  | Int32Column
  | Int64Column
  | Int128Column
  | Float32Column
  | Float64Column
  | BytesColumn
  | IntervalColumn
  | ListColumn
  | MapColumn
  | StructColumn
  | NullColumn
  | DictionaryColumn;

/** How a column lies in memory; several data types share a layout. */
export type Layout = Column["layout"];

/** A validity bitmap, or null when every row has a value. */
export type Validity = Uint8Array | null;

abstract class ColumnBase {
  readonly type: DataType;
  readonly length: number;
  readonly validity: Validity;

  constructor(type: DataType, length: number, validity: Validity) {
    this.type = type;
    this.length = length;
    this.validity = validity;
  }

  /** Whether row `i` has no value. */
  isNull(i: number): boolean {
    const bits = this.validity;
    return bits !== null && (bits[i >> 3]! & (1 << (i & 7))) === 0;
  }
}

/** BOOLEAN, one byte a row, 0 or 1. */
export class BooleanColumn extends ColumnBase {
  readonly layout = "boolean";
  readonly values: Uint8Array;
  constructor(type: DataType, length: number, validity: Validity, values: Uint8Array) {
    super(type, length, validity);
    this.values = values;
  }
}

/** TINYINT. */
export class Int8Column extends ColumnBase {
  readonly layout = "int8";
  readonly values: Int8Array;
  constructor(type: DataType, length: number, validity: Validity, values: Int8Array) {
    super(type, length, validity);
    this.values = values;
  }
}

/** SMALLINT. */
export class Int16Column extends ColumnBase {
  readonly layout = "int16";
  readonly values: Int16Array;
  constructor(type: DataType, length: number, validity: Validity, values: Int16Array) {
    super(type, length, validity);
    this.values = values;
  }
}

/** INT, DATE (days since 1970-01-01), year-month intervals (months). */
export class Int32Column extends ColumnBase {
  readonly layout = "int32";
  readonly values: Int32Array;
  constructor(type: DataType, length: number, validity: Validity, values: Int32Array) {
    super(type, length, validity);
    this.values = values;
  }
}

/**
 * BIGINT, TIMESTAMP and TIMESTAMP_NTZ (microseconds), TIME (nanoseconds), day-time intervals (microseconds), DECIMAL of up
 * to 18 digits (unscaled). `words` is the same memory as pairs of 32-bit words, low word first.
 */
export class Int64Column extends ColumnBase {
  readonly layout = "int64";
  readonly values: BigInt64Array;
  readonly words: Int32Array;
  constructor(type: DataType, length: number, validity: Validity, values: BigInt64Array) {
    super(type, length, validity);
    this.values = values;
    this.words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  }
}

/** DECIMAL of 19 to 38 digits, unscaled: row i is `values[2i]` (low 64 bits, unsigned) and `values[2i + 1]` (high, signed). */
export class Int128Column extends ColumnBase {
  readonly layout = "int128";
  readonly values: BigInt64Array;
  constructor(type: DataType, length: number, validity: Validity, values: BigInt64Array) {
    super(type, length, validity);
    this.values = values;
  }
}

/** FLOAT. */
export class Float32Column extends ColumnBase {
  readonly layout = "float32";
  readonly values: Float32Array;
  constructor(type: DataType, length: number, validity: Validity, values: Float32Array) {
    super(type, length, validity);
    this.values = values;
  }
}

/** DOUBLE. */
export class Float64Column extends ColumnBase {
  readonly layout = "float64";
  readonly values: Float64Array;
  constructor(type: DataType, length: number, validity: Validity, values: Float64Array) {
    super(type, length, validity);
    this.values = values;
  }
}

/** STRING (UTF-8) and BINARY: row i is `data[starts[i] .. starts[i] + lengths[i])`. Rows may overlap and lie in any order. */
export class BytesColumn extends ColumnBase {
  readonly layout = "bytes";
  readonly data: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  constructor(
    type: DataType,
    length: number,
    validity: Validity,
    data: Uint8Array,
    starts: Int32Array,
    lengths: Int32Array,
  ) {
    super(type, length, validity);
    this.data = data;
    this.starts = starts;
    this.lengths = lengths;
  }
}

/** Calendar intervals. */
export class IntervalColumn extends ColumnBase {
  readonly layout = "interval";
  readonly months: Int32Array;
  readonly days: Int32Array;
  readonly micros: BigInt64Array;
  constructor(
    type: DataType,
    length: number,
    validity: Validity,
    months: Int32Array,
    days: Int32Array,
    micros: BigInt64Array,
  ) {
    super(type, length, validity);
    this.months = months;
    this.days = days;
    this.micros = micros;
  }
}

/** ARRAY: row i holds elements `starts[i] .. starts[i] + lengths[i])` of `elements`. */
export class ListColumn extends ColumnBase {
  readonly layout = "list";
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly elements: Column;
  constructor(
    type: DataType,
    length: number,
    validity: Validity,
    starts: Int32Array,
    lengths: Int32Array,
    elements: Column,
  ) {
    super(type, length, validity);
    this.starts = starts;
    this.lengths = lengths;
    this.elements = elements;
  }
}

/** MAP: row i holds entries `starts[i] .. starts[i] + lengths[i])` of `keys` and `mapValues`. */
export class MapColumn extends ColumnBase {
  readonly layout = "map";
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly keys: Column;
  readonly mapValues: Column;
  constructor(
    type: DataType,
    length: number,
    validity: Validity,
    starts: Int32Array,
    lengths: Int32Array,
    keys: Column,
    mapValues: Column,
  ) {
    super(type, length, validity);
    this.starts = starts;
    this.lengths = lengths;
    this.keys = keys;
    this.mapValues = mapValues;
  }
}

/** STRUCT: row i is row i of every child. Where the struct is null every child is null. */
export class StructColumn extends ColumnBase {
  readonly layout = "struct";
  readonly children: readonly Column[];
  constructor(type: DataType, length: number, validity: Validity, children: readonly Column[]) {
    super(type, length, validity);
    this.children = children;
  }
}

/** VOID: nulls only. */
export class NullColumn extends ColumnBase {
  readonly layout = "null";
  constructor(type: DataType, length: number) {
    super(type, length, null);
  }
  override isNull(): boolean {
    return true;
  }
}

/** Row i is row `codes[i]` of `dictionary`, which is never itself a dictionary and has no nulls. */
export class DictionaryColumn extends ColumnBase {
  readonly layout = "dictionary";
  readonly codes: Int32Array;
  readonly dictionary: Exclude<Column, { layout: "dictionary" }>;
  constructor(
    type: DataType,
    length: number,
    validity: Validity,
    codes: Int32Array,
    dictionary: Exclude<Column, { layout: "dictionary" }>,
  ) {
    super(type, length, validity);
    this.codes = codes;
    this.dictionary = dictionary;
  }
}

/** The layout of a type's plain (not dictionary-encoded) column. */
export function layoutOf(type: DataType): Exclude<Layout, "dictionary"> {
  switch (type.kind) {
    case "boolean":
      return "boolean";
    case "byte":
      return "int8";
    case "short":
      return "int16";
    case "integer":
    case "date":
    case "yearMonthInterval":
      return "int32";
    case "long":
    case "timestamp":
    case "timestamp_ntz":
    case "time":
    case "dayTimeInterval":
      return "int64";
    case "decimal":
      return type.precision <= 18 ? "int64" : "int128";
    case "float":
      return "float32";
    case "double":
      return "float64";
    case "string":
    case "char":
    case "varchar":
    case "binary":
      return "bytes";
    case "variant":
      return "struct";
    case "interval":
      return "interval";
    case "array":
      return "list";
    case "map":
      return "map";
    case "struct":
      return "struct";
    case "void":
      return "null";
  }
}
