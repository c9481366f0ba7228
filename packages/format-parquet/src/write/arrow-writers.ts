import {
  assert,
  type BooleanColumn,
  type BytesColumn,
  type Column,
  type DataType,
  type Int64Column,
  type Int128Column,
  type ListColumn,
  type MapColumn,
  type StructColumn,
} from "@ss/core";
import * as arrow from "@uwdata/flechette";
import { unsupportedType } from "../errors.js";
import { GrowingArray, GrowingBits } from "./growing-array.js";

/** Buffers of one Arrow array, in the form that the encoder of IPC messages takes. */
export interface ArrowPart {
  readonly length: number;
  readonly nullCount: number;
  readonly type: arrow.DataType;
  readonly validity: Uint8Array;
  readonly values?: ArrayBufferView;
  readonly offsets?: Int32Array;
  readonly children?: readonly ArrowPart[];
}

const ALL_VALID = new Uint8Array(0);

/** Gathers rows of one column in Arrow's layout. */
export abstract class ArrowWriter {
  abstract readonly type: arrow.DataType;
  protected readonly validity: GrowingBits = new GrowingBits();

  /** Appends rows `from .. to)`. */
  append(column: Column, from: number, to: number): void {
    if (column.layout === "dictionary") {
      for (let i = from; i < to; i++) {
        if (column.isNull(i)) this.appendNull();
        else this.appendValue(column.dictionary, column.codes[i]!);
      }
      return;
    }
    this.reserve(to - from);
    for (let i = from; i < to; i++) {
      if (column.isNull(i)) this.appendNull();
      else this.appendValue(column, i);
    }
  }

  private appendValue(column: Column, i: number): void {
    this.validity.append(true);
    this.put(column, i);
  }

  appendNull(): void {
    this.validity.append(false);
    this.putNull();
  }

  /** Rows so far. */
  get length(): number {
    return this.validity.length;
  }

  protected bits(): Uint8Array {
    return this.validity.zeros === 0 ? ALL_VALID : this.validity.used();
  }

  /** The rows so far, valid until `clear`. */
  abstract part(): ArrowPart;
  /** Bytes so far, about. */
  abstract byteSize(): number;
  protected abstract reserve(rows: number): void;
  protected abstract put(column: Column, i: number): void;
  protected abstract putNull(): void;
  protected abstract clearValues(): void;

  clear(): void {
    this.validity.clear();
    this.clearValues();
  }
}

class BooleanWriter extends ArrowWriter {
  readonly type: arrow.DataType = arrow.bool();
  private readonly values = new GrowingBits();
  protected reserve(): void {}
  protected put(column: Column, i: number): void {
    this.values.append((column as BooleanColumn).values[i] === 1);
  }
  protected putNull(): void {
    this.values.append(false);
  }
  part(): ArrowPart {
    const { length, type } = this;
    return {
      length,
      nullCount: this.validity.zeros,
      type,
      validity: this.bits(),
      values: this.values.used(),
    };
  }
  byteSize(): number {
    return this.length >> 2;
  }
  protected clearValues(): void {
    this.values.clear();
  }
}

type Fixed = Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

class FixedWriter<A extends Fixed> extends ArrowWriter {
  readonly type: arrow.DataType;
  private readonly values: GrowingArray<A>;

  constructor(type: arrow.DataType, make: (length: number) => A) {
    super();
    this.type = type;
    this.values = new GrowingArray(make);
  }

  /** Without nulls the values are copied in one go. */
  override append(column: Column, from: number, to: number): void {
    if (column.layout === "dictionary" || column.validity !== null) return super.append(column, from, to);
    const { values } = this;
    values.reserve(to - from);
    values.values.set((column as unknown as { values: A }).values.subarray(from, to) as never, values.length);
    values.length += to - from;
    for (let i = from; i < to; i++) this.validity.append(true);
  }
  protected reserve(rows: number): void {
    this.values.reserve(rows);
  }
  protected put(column: Column, i: number): void {
    const { values } = this;
    if (values.length === values.values.length) values.reserve(1);
    values.values[values.length++] = (column as unknown as { values: A }).values[i] as never;
  }
  protected putNull(): void {
    const { values } = this;
    if (values.length === values.values.length) values.reserve(1);
    values.length++;
  }
  part(): ArrowPart {
    const { length, type } = this;
    return {
      length,
      nullCount: this.validity.zeros,
      type,
      validity: this.bits(),
      values: this.values.used(),
    };
  }
  byteSize(): number {
    return this.values.length * this.values.values.BYTES_PER_ELEMENT;
  }
  protected clearValues(): void {
    this.values.length = 0;
  }
}

/** Values of 128 bits (DECIMAL), or 64-bit ones that are scaled to something else on the way. */
class PairWriter extends ArrowWriter {
  readonly type: arrow.DataType;
  private readonly values = new GrowingArray((length) => new BigInt64Array(length));
  private readonly wide: boolean;

  constructor(type: arrow.DataType, wide: boolean) {
    super();
    this.type = type;
    this.wide = wide;
  }
  protected reserve(rows: number): void {
    this.values.reserve(rows * 2);
  }
  protected put(column: Column, i: number): void {
    this.values.reserve(2);
    const { values, length } = this.values;
    if (this.wide) {
      values[length] = (column as Int128Column).values[2 * i]!;
      values[length + 1] = (column as Int128Column).values[2 * i + 1]!;
    } else {
      const { words } = column as Int64Column;
      values[length] = (column as Int64Column).values[i]!;
      values[length + 1] = words[2 * i + 1]! < 0 ? -1n : 0n;
    }
    this.values.length = length + 2;
  }
  protected putNull(): void {
    this.values.reserve(2);
    this.values.length += 2;
  }
  part(): ArrowPart {
    const { length, type } = this;
    return {
      length,
      nullCount: this.validity.zeros,
      type,
      validity: this.bits(),
      values: this.values.used(),
    };
  }
  byteSize(): number {
    return this.values.length * 8;
  }
  protected clearValues(): void {
    this.values.length = 0;
  }
}

/** TIME: nanoseconds in columns, microseconds in files. */
class TimeWriter extends FixedWriter<BigInt64Array> {
  override append(column: Column, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      if (column.isNull(i)) this.appendNull();
      else {
        this.validity.append(true);
        this.put(
          column.layout === "dictionary" ? column.dictionary : column,
          column.layout === "dictionary" ? column.codes[i]! : i,
        );
      }
    }
  }
  protected override put(column: Column, i: number): void {
    super.put(
      { values: BigInt64Array.of((column as Int64Column).values[i]! / 1000n) } as unknown as Column,
      0,
    );
  }
}

class BytesWriter extends ArrowWriter {
  readonly type: arrow.DataType;
  private readonly offsets = new GrowingArray((length) => new Int32Array(length));
  private readonly data = new GrowingArray((length) => new Uint8Array(length));

  constructor(type: arrow.DataType) {
    super();
    this.type = type;
    this.clearValues();
  }
  protected reserve(rows: number): void {
    this.offsets.reserve(rows);
  }
  protected put(column: Column, i: number): void {
    const { data, starts, lengths } = column as BytesColumn;
    const start = starts[i]!;
    const length = lengths[i]!;
    const target = this.data;
    target.reserve(length);
    const bytes = target.values;
    const at = target.length;
    if (length <= 48) for (let k = 0; k < length; k++) bytes[at + k] = data[start + k]!;
    else bytes.set(data.subarray(start, start + length), at);
    target.length = at + length;
    this.close();
  }
  protected putNull(): void {
    this.close();
  }
  private close(): void {
    const { offsets } = this;
    if (offsets.length === offsets.values.length) offsets.reserve(1);
    offsets.values[offsets.length++] = this.data.length;
  }
  part(): ArrowPart {
    const { length, type } = this;
    return {
      length,
      nullCount: this.validity.zeros,
      type,
      validity: this.bits(),
      offsets: this.offsets.used(),
      values: this.data.used(),
    };
  }
  byteSize(): number {
    return this.data.length + this.offsets.length * 4;
  }
  protected clearValues(): void {
    this.data.length = 0;
    this.offsets.length = 1;
    this.offsets.values[0] = 0;
  }
}

/** ARRAY and MAP: offsets into children. */
class ListWriter extends ArrowWriter {
  readonly type: arrow.DataType;
  private readonly offsets = new GrowingArray((length) => new Int32Array(length));
  private readonly child: ArrowWriter;
  private readonly entries: (column: Column) => Column;

  constructor(type: arrow.DataType, child: ArrowWriter, entries: (column: Column) => Column) {
    super();
    this.type = type;
    this.child = child;
    this.entries = entries;
    this.clearValues();
  }
  protected reserve(rows: number): void {
    this.offsets.reserve(rows);
  }
  protected put(column: Column, i: number): void {
    const { starts, lengths } = column as ListColumn;
    this.child.append(this.entries(column), starts[i]!, starts[i]! + lengths[i]!);
    this.putNull();
  }
  protected putNull(): void {
    this.offsets.reserve(1);
    this.offsets.values[this.offsets.length++] = this.child.length;
  }
  part(): ArrowPart {
    const { length, type } = this;
    const children = [this.child.part()];
    return {
      length,
      nullCount: this.validity.zeros,
      type,
      validity: this.bits(),
      offsets: this.offsets.used(),
      children,
    };
  }
  byteSize(): number {
    return this.offsets.length * 4 + this.child.byteSize();
  }
  protected clearValues(): void {
    this.child.clear();
    this.offsets.length = 1;
    this.offsets.values[0] = 0;
  }
}

class StructWriter extends ArrowWriter {
  readonly type: arrow.DataType;
  private readonly children: readonly ArrowWriter[];
  private readonly columnsOf: (column: Column) => readonly Column[];

  constructor(
    type: arrow.DataType,
    children: readonly ArrowWriter[],
    columnsOf: (column: Column) => readonly Column[] = (column) => (column as StructColumn).children,
  ) {
    super();
    this.type = type;
    this.children = children;
    this.columnsOf = columnsOf;
  }
  protected reserve(): void {}
  protected put(column: Column, i: number): void {
    const columns = this.columnsOf(column);
    for (let k = 0; k < this.children.length; k++) this.children[k]!.append(columns[k]!, i, i + 1);
  }
  protected putNull(): void {
    for (const child of this.children) child.appendNull();
  }
  part(): ArrowPart {
    const { length, type } = this;
    const children = this.children.map((child) => child.part());
    return { length, nullCount: this.validity.zeros, type, validity: this.bits(), children };
  }
  byteSize(): number {
    return this.children.reduce((sum, child) => sum + child.byteSize(), 0);
  }
  protected clearValues(): void {
    for (const child of this.children) child.clear();
  }
}

/** The entries of a map as rows of a struct: its keys and values are the children. */
class EntriesWriter extends StructWriter {
  override append(column: Column, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      this.validity.append(true);
      this.put(column, i);
    }
  }
}

/** The writer of a column of a type. */
export function arrowWriter(type: DataType): ArrowWriter {
  switch (type.kind) {
    case "boolean":
      return new BooleanWriter();
    case "byte":
      return new FixedWriter(arrow.int8(), (length) => new Int8Array(length));
    case "short":
      return new FixedWriter(arrow.int16(), (length) => new Int16Array(length));
    case "integer":
    case "yearMonthInterval":
      return new FixedWriter(arrow.int32(), (length) => new Int32Array(length));
    case "date":
      return new FixedWriter(arrow.dateDay(), (length) => new Int32Array(length));
    case "long":
    case "dayTimeInterval":
      return new FixedWriter(arrow.int64(), (length) => new BigInt64Array(length));
    case "timestamp":
      return new FixedWriter(
        arrow.timestamp(arrow.TimeUnit.MICROSECOND, "UTC"),
        (length) => new BigInt64Array(length),
      );
    case "timestamp_ntz":
      return new FixedWriter(
        arrow.timestamp(arrow.TimeUnit.MICROSECOND),
        (length) => new BigInt64Array(length),
      );
    case "time":
      return new TimeWriter(arrow.timeMicrosecond(), (length) => new BigInt64Array(length));
    case "float":
      return new FixedWriter(arrow.float32(), (length) => new Float32Array(length));
    case "double":
      return new FixedWriter(arrow.float64(), (length) => new Float64Array(length));
    case "decimal":
      return new PairWriter(arrow.decimal(type.precision, type.scale), type.precision > 18);
    case "string":
    case "char":
    case "varchar":
      return new BytesWriter(arrow.utf8());
    case "binary":
      return new BytesWriter(arrow.binary());
    case "array": {
      const child = arrowWriter(type.elementType);
      const element = arrow.field("element", child.type);
      return new ListWriter(arrow.list(element), child, (column) => (column as ListColumn).elements);
    }
    case "map":
      return mapWriter(type);
    case "struct": {
      const children = type.fields.map((field) => arrowWriter(field.type));
      const fields = type.fields.map(({ name }, k) => arrow.field(name, children[k]!.type));
      return new StructWriter(arrow.struct(fields), children);
    }
    default:
      assert(false, `a type that Parquet holds was expected, not ${type.kind}`);
  }
}

function mapWriter(type: DataType & { readonly kind: "map" }): ArrowWriter {
  const keys = arrowWriter(type.keyType);
  const values = arrowWriter(type.valueType);
  const keyField = arrow.field("key", keys.type, false);
  const valueField = arrow.field("value", values.type);
  const mapType = arrow.map(keyField, valueField) as arrow.DataType & { children: arrow.Field[] };
  const entries = new EntriesWriter(mapType.children[0]!.type, [keys, values], (column) => {
    const { keys: keyColumn, mapValues } = column as MapColumn;
    return [keyColumn, mapValues];
  });
  return new ListWriter(mapType, entries, (column) => column);
}

/** Refuses the types that Parquet files of this package cannot hold. */
export function checkParquetType(column: string, type: DataType): void {
  switch (type.kind) {
    case "interval":
    case "void":
    case "variant":
      throw unsupportedType(column, type);
    case "array":
      return checkParquetType(column, type.elementType);
    case "map":
      checkParquetType(column, type.keyType);
      return checkParquetType(column, type.valueType);
    case "struct":
      if (type.fields.length === 0) throw unsupportedType(column, type);
      for (const field of type.fields) checkParquetType(column, field.type);
      return;
    default:
  }
}
