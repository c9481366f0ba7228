import type { StructType } from "@ss/core";
import {
  type ArrayType,
  type Column,
  type DataType,
  ListColumn,
  MapColumn,
  type MapType,
  StructColumn,
} from "@ss/core";
import {
  type FieldColumn,
  FieldTable,
  JsonNested,
  JsonTokenizer,
  KernelArrays,
  KIND_ARRAY,
  KIND_OBJECT,
  SpanList,
} from "@ss/kernels";
import type { FieldDecoder } from "../decode/field-decoder.js";
import { ValidityBits } from "../decode/validity-bits.js";
import { BadRows } from "../reading/bad-rows.js";
import { type JsonValues, jsonDecoder } from "./json-decoders.js";

const encoder = new TextEncoder();

/** STRUCT from objects; one stays where fields of it cannot be read, and those are null. */
export class JsonStructDecoder implements FieldDecoder {
  readonly type: DataType;
  private readonly column: string;
  private readonly tokenizer: JsonTokenizer;
  private readonly table: FieldTable;
  private readonly decoders: readonly FieldDecoder[];
  private readonly validity = new ValidityBits();
  private readonly badFields = new BadRows();

  constructor(type: StructType, column: string, values: JsonValues) {
    this.type = type;
    this.column = column;
    const keys = type.fields.map(({ name }) => encoder.encode(name));
    this.tokenizer = new JsonTokenizer(keys, values.options);
    this.table = new FieldTable(keys.length, 64, new KernelArrays());
    this.decoders = type.fields.map((field) => jsonDecoder(field.type, column, values));
  }

  decode(bytes: Uint8Array, field: FieldColumn, rowCount: number, bad: BadRows): Column {
    const { validity, table } = this;
    validity.reset(rowCount);
    for (let i = 0; i < rowCount; i++) {
      if (field.kinds[i] === KIND_OBJECT) continue;
      validity.clear(i);
      if (field.lengths[i]! >= 0) bad.mark(i, this.column);
    }
    this.tokenizer.tokenizeColumn(bytes, field, rowCount, table);
    const { badFields } = this;
    badFields.reset(rowCount);
    const children = this.decoders.map((child, k) =>
      child.decode(bytes, table.columns[k]!, rowCount, badFields),
    );
    for (let i = 0; i < rowCount && badFields.count > 0; i++) {
      if (badFields.flags[i] !== 0) bad.mark(i, this.column, true);
    }
    return new StructColumn(this.type, rowCount, validity.bits, children);
  }
}

/** The part that arrays and maps have in common: rows that are lists of spans. */
abstract class SpansDecoder implements FieldDecoder {
  readonly type: DataType;
  private readonly column: string;
  private readonly kind: number;
  protected readonly nested: JsonNested;
  protected readonly arrays: KernelArrays = new KernelArrays();
  protected readonly values: SpanList = new SpanList(64, this.arrays);
  private readonly decoder: FieldDecoder;
  private readonly badValues = new BadRows();
  private readonly validity = new ValidityBits();
  private offsets: Int32Array = new Int32Array(0);
  private lengths: Int32Array = new Int32Array(0);

  constructor(type: DataType, element: DataType, kind: number, column: string, values: JsonValues) {
    this.type = type;
    this.column = column;
    this.kind = kind;
    this.nested = new JsonNested(values.options);
    this.decoder = jsonDecoder(element, column, values);
  }

  protected abstract takeApart(
    bytes: Uint8Array,
    field: FieldColumn,
    rowCount: number,
    offsets: Int32Array,
  ): void;
  protected abstract build(
    bytes: Uint8Array,
    rowCount: number,
    validity: Uint8Array | null,
    starts: Int32Array,
    lengths: Int32Array,
    values: Column,
  ): Column;

  decode(bytes: Uint8Array, field: FieldColumn, rowCount: number, bad: BadRows): Column {
    if (this.offsets.length <= rowCount) {
      this.arrays.free(this.offsets);
      this.offsets = this.arrays.int32(Math.max(rowCount + 1, 4097));
      this.lengths = new Int32Array(this.offsets.length);
    }
    const { offsets, lengths, values, badValues } = this;
    values.clear();
    this.takeApart(bytes, field, rowCount, offsets);
    badValues.reset(values.count);
    const column = this.decoder.decode(bytes, values, values.count, badValues);
    this.validity.reset(rowCount);
    for (let i = 0; i < rowCount; i++) {
      lengths[i] = offsets[i + 1]! - offsets[i]!;
      if (field.kinds[i] !== this.kind) {
        this.validity.clear(i);
        if (field.lengths[i]! >= 0) bad.mark(i, this.column);
      } else if (badValues.count > 0) {
        this.judge(i, offsets[i]!, offsets[i + 1]!, bad);
      }
    }
    return this.build(bytes, rowCount, this.validity.bits, offsets, lengths, column);
  }

  /** A value that is none spoils the whole; one that is read in part does not. */
  private judge(row: number, from: number, to: number, bad: BadRows): void {
    if (this.badValues.hasWhole(from, to)) {
      this.validity.clear(row);
      bad.mark(row, this.column);
    } else if (this.badValues.hasAny(from, to)) bad.mark(row, this.column, true);
  }
}

/** ARRAY from arrays. */
export class JsonListDecoder extends SpansDecoder {
  constructor(type: ArrayType, column: string, values: JsonValues) {
    super(type, type.elementType, KIND_ARRAY, column, values);
  }
  protected takeApart(bytes: Uint8Array, field: FieldColumn, rowCount: number, offsets: Int32Array): void {
    this.nested.appendColumnElements(bytes, field, rowCount, offsets, this.values);
  }
  protected build(
    _bytes: Uint8Array,
    rowCount: number,
    validity: Uint8Array | null,
    starts: Int32Array,
    lengths: Int32Array,
    values: Column,
  ): Column {
    return new ListColumn(this.type, rowCount, validity, starts, lengths, values);
  }
}

/** MAP from objects. */
export class JsonMapDecoder extends SpansDecoder {
  private readonly keys = new SpanList(64, this.arrays);
  private readonly keyDecoder: FieldDecoder;
  private readonly badKeys = new BadRows();

  constructor(type: MapType, column: string, values: JsonValues) {
    super(type, type.valueType, KIND_OBJECT, column, values);
    this.keyDecoder = jsonDecoder(type.keyType, column, values);
  }
  protected takeApart(bytes: Uint8Array, field: FieldColumn, rowCount: number, offsets: Int32Array): void {
    this.keys.clear();
    this.nested.appendColumnEntries(bytes, field, rowCount, offsets, this.keys, this.values);
  }
  protected build(
    bytes: Uint8Array,
    rowCount: number,
    validity: Uint8Array | null,
    starts: Int32Array,
    lengths: Int32Array,
    values: Column,
  ): Column {
    const keys = this.keyDecoder.decode(bytes, this.keys, this.keys.count, this.badKeys);
    return new MapColumn(this.type, rowCount, validity, starts, lengths, keys, values);
  }
}
