import {
  type Column,
  columnBuilder,
  type DataType,
  DictionaryColumn,
  ListColumn,
  MapColumn,
  NullColumn,
  StructColumn,
} from "@ss/core";
import type { ArrowArray } from "./arrow-schema.js";
import type { ArrowReader } from "./fixed-readers.js";
import { ValidityReader } from "./validity-reader.js";

/** Rows of a list as starts and lengths. */
class ListRows {
  starts = new Int32Array(0);
  lengths = new Int32Array(0);
  private readonly format: string;

  constructor(format: string) {
    this.format = format;
  }

  read(array: ArrowArray): void {
    const { length, offset } = array;
    if (this.starts.length < length) {
      this.starts = new Int32Array(length);
      this.lengths = new Int32Array(length);
    }
    const { starts, lengths } = this;
    if (this.format.startsWith("+w")) {
      const width = Number(this.format.slice(3));
      for (let i = 0; i < length; i++) {
        starts[i] = (offset + i) * width;
        lengths[i] = width;
      }
      return;
    }
    const isLarge = this.format === "+L";
    const bytes = array.buffer(1, offset * (isLarge ? 8 : 4), (length + 1) * (isLarge ? 8 : 4));
    if (bytes === null) {
      starts.fill(0);
      lengths.fill(0);
      return;
    }
    const ends = isLarge
      ? Int32Array.from(new BigInt64Array(bytes.buffer, bytes.byteOffset, length + 1), Number)
      : new Int32Array(bytes.buffer, bytes.byteOffset, length + 1);
    for (let i = 0; i < length; i++) {
      starts[i] = ends[i]!;
      lengths[i] = ends[i + 1]! - ends[i]!;
    }
  }
}

/** ARRAY. */
export class ListReader implements ArrowReader {
  private readonly type: DataType;
  private readonly rows: ListRows;
  private readonly elements: ArrowReader;
  private readonly validity = new ValidityReader();

  constructor(type: DataType, format: string, elements: ArrowReader) {
    this.type = type;
    this.rows = new ListRows(format);
    this.elements = elements;
  }

  read(array: ArrowArray): Column {
    this.rows.read(array);
    const { starts, lengths } = this.rows;
    const elements = this.elements.read(array.child(0));
    return new ListColumn(this.type, array.length, this.validity.read(array), starts, lengths, elements);
  }
}

/** MAP. */
export class MapReader implements ArrowReader {
  private readonly type: DataType;
  private readonly rows = new ListRows("+m");
  private readonly keys: ArrowReader;
  private readonly mapValues: ArrowReader;
  private readonly validity = new ValidityReader();

  constructor(type: DataType, keys: ArrowReader, mapValues: ArrowReader) {
    this.type = type;
    this.keys = keys;
    this.mapValues = mapValues;
  }

  read(array: ArrowArray): Column {
    this.rows.read(array);
    const { starts, lengths } = this.rows;
    const entries = array.child(0);
    const keys = this.keys.read(entries.child(0));
    const values = this.mapValues.read(entries.child(1));
    return new MapColumn(this.type, array.length, this.validity.read(array), starts, lengths, keys, values);
  }
}

/** STRUCT; a field that the file lacks has the position -1. */
export class StructReader implements ArrowReader {
  private readonly type: DataType;
  private readonly positions: readonly number[];
  private readonly fields: readonly (ArrowReader | NullFill)[];
  private readonly validity = new ValidityReader();

  constructor(type: DataType, positions: readonly number[], fields: readonly (ArrowReader | NullFill)[]) {
    this.type = type;
    this.positions = positions;
    this.fields = fields;
  }

  read(array: ArrowArray): Column {
    const children = this.fields.map((field, k) => {
      if (field instanceof NullFill) return field.rows(array.length);
      return field.read(array.child(this.positions[k]!));
    });
    return new StructColumn(this.type, array.length, this.validity.read(array), children);
  }
}

/** Columns that a file lacks. */
export class NullFill {
  private readonly type: DataType;
  private column: Column | undefined;

  constructor(type: DataType) {
    this.type = type;
  }

  rows(count: number): Column {
    if (this.column?.length === count) return this.column;
    const builder = columnBuilder(this.type);
    for (let i = 0; i < count; i++) builder.appendNull();
    this.column = builder.finish();
    return this.column;
  }
}

/** VOID. */
export class NothingReader implements ArrowReader {
  private readonly type: DataType;

  constructor(type: DataType) {
    this.type = type;
  }

  read(array: ArrowArray): Column {
    return new NullColumn(this.type, array.length);
  }
}

/** Codes into a dictionary of values. */
export class DictionaryReader implements ArrowReader {
  private readonly type: DataType;
  private readonly codes: ArrowReader;
  private readonly values: ArrowReader;

  constructor(type: DataType, codes: ArrowReader, values: ArrowReader) {
    this.type = type;
    this.codes = codes;
    this.values = values;
  }

  read(array: ArrowArray): Column {
    const codes = this.codes.read(array) as Column & { readonly values: Int32Array };
    const dictionary = this.values.read(array.dictionary) as DictionaryColumn["dictionary"];
    return new DictionaryColumn(this.type, array.length, codes.validity, codes.values, dictionary);
  }
}
