import { assert } from "../errors/stream-error.js";
import type { DataType } from "../schema/data-type.js";
import * as c from "./column.js";
import type { IntervalValue, MapValue, Value } from "./value.js";

const encoder = new TextEncoder();
const INITIAL_ROWS = 64;

/**
 * A growing column. `appendFrom` and the typed appends of the subclasses copy without boxing; `append` takes a boxed value.
 * `finish` gives the rows so far as a column of its own arrays and empties the builder; `view` gives them without copying,
 * valid until the next append or reset.
 */
export abstract class ColumnBuilder {
  readonly type: DataType;
  /** Rows so far. */
  length = 0;
  protected validity: Uint8Array = new Uint8Array(INITIAL_ROWS >> 3);
  protected nullCount = 0;

  constructor(type: DataType) {
    this.type = type;
  }

  /** Appends one boxed value. */
  abstract append(value: Value): void;
  /** Appends row `i` of a column of the same type. */
  abstract appendFrom(column: c.Column, i: number): void;
  /** Writes over row `slot` with row `i` of a column of the same type. */
  abstract setFrom(slot: number, column: c.Column, i: number): void;
  protected abstract grow(capacity: number): void;
  protected abstract build(length: number, validity: c.Validity, copy: boolean): c.Column;
  protected abstract resetValues(): void;
  /** Bytes that the arrays take. */
  abstract byteSize(): number;

  /** Appends a null. */
  appendNull(): void {
    this.next(false);
  }

  /** Starts a row, growing the arrays where needed, and returns its position; for typed writers. */
  next(present: boolean): number {
    const i = this.length;
    if (i >= this.validity.length << 3) this.growTo(i * 2);
    if (present) this.validity[i >> 3]! |= 1 << (i & 7);
    else {
      this.validity[i >> 3]! &= ~(1 << (i & 7));
      this.nullCount++;
    }
    this.length = i + 1;
    return i;
  }

  /** Writes a null over row `slot`. */
  setNull(slot: number): void {
    this.mark(slot, false);
  }

  protected mark(slot: number, present: boolean): void {
    const bit = 1 << (slot & 7);
    const was = (this.validity[slot >> 3]! & bit) !== 0;
    if (was === present) return;
    this.nullCount += present ? -1 : 1;
    if (present) this.validity[slot >> 3]! |= bit;
    else this.validity[slot >> 3]! &= ~bit;
  }

  /** Whether row `i` is null. */
  isNull(i: number): boolean {
    return (this.validity[i >> 3]! & (1 << (i & 7))) === 0;
  }

  /** The rows so far as a column that keeps its own arrays; the builder is empty afterwards. */
  finish(): c.Column {
    const column = this.make(true);
    this.reset();
    return column;
  }

  /** The rows so far without a copy: valid until the next change. */
  view(): c.Column {
    return this.make(false);
  }

  /** Forgets all rows and keeps the arrays. */
  reset(): void {
    this.length = 0;
    this.nullCount = 0;
    this.resetValues();
  }

  private make(copy: boolean): c.Column {
    const bytes = (this.length + 7) >> 3;
    let validity: c.Validity = null;
    if (this.nullCount > 0)
      validity = copy ? this.validity.slice(0, bytes) : this.validity.subarray(0, bytes);
    return this.build(this.length, validity, copy);
  }

  private growTo(capacity: number): void {
    const rows = Math.max(INITIAL_ROWS, capacity);
    const bits = new Uint8Array((rows + 7) >> 3);
    bits.set(this.validity);
    this.validity = bits;
    this.grow(bits.length << 3);
  }
}

type Fixed = Uint8Array | Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

abstract class FixedBuilder<A extends Fixed> extends ColumnBuilder {
  /** The values, to be written at the position that `next` returned. */
  values: A;
  constructor(type: DataType, values: A) {
    super(type);
    this.values = values;
  }
  protected grow(capacity: number): void {
    const Kind = this.values.constructor as new (length: number) => A;
    const larger = new Kind(capacity);
    larger.set(this.values as never);
    this.values = larger;
  }
  protected part(length: number, copy: boolean): A {
    return (copy ? this.values.slice(0, length) : this.values.subarray(0, length)) as A;
  }
  appendFrom(column: c.Column, i: number): void {
    if (column.layout === "dictionary") {
      if (column.isNull(i)) this.next(false);
      else this.appendFrom(column.dictionary, column.codes[i]!);
      return;
    }
    const at = this.next(!column.isNull(i));
    this.values[at] = (column as unknown as { values: A }).values[i] as never;
  }
  setFrom(slot: number, column: c.Column, i: number): void {
    if (column.layout === "dictionary") {
      if (column.isNull(i)) this.mark(slot, false);
      else this.setFrom(slot, column.dictionary, column.codes[i]!);
      return;
    }
    this.mark(slot, !column.isNull(i));
    this.values[slot] = (column as unknown as { values: A }).values[i] as never;
  }
  protected resetValues(): void {}
  byteSize(): number {
    return this.values.byteLength + this.validity.byteLength;
  }
}

/** Builds columns of booleans. */
export class BooleanBuilder extends FixedBuilder<Uint8Array> {
  constructor(type: DataType) {
    super(type, new Uint8Array(INITIAL_ROWS));
  }
  append(value: Value): void {
    const i = this.next(value !== null);
    this.values[i] = value ? 1 : 0;
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.BooleanColumn(this.type, length, validity, this.part(length, copy));
  }
}

abstract class NumberBuilder<
  A extends Int8Array | Int16Array | Int32Array | Float32Array | Float64Array,
> extends FixedBuilder<A> {
  append(value: Value): void {
    const i = this.next(value !== null);
    if (value !== null) this.values[i] = value as number;
  }
}

/** Builds columns of 8-bit whole numbers. */
export class Int8Builder extends NumberBuilder<Int8Array> {
  constructor(type: DataType) {
    super(type, new Int8Array(INITIAL_ROWS));
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Int8Column(this.type, length, validity, this.part(length, copy));
  }
}
/** Builds columns of 16-bit whole numbers. */
export class Int16Builder extends NumberBuilder<Int16Array> {
  constructor(type: DataType) {
    super(type, new Int16Array(INITIAL_ROWS));
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Int16Column(this.type, length, validity, this.part(length, copy));
  }
}
/** Builds columns of 32-bit whole numbers: INT, DATE and year-month intervals. */
export class Int32Builder extends NumberBuilder<Int32Array> {
  constructor(type: DataType) {
    super(type, new Int32Array(INITIAL_ROWS));
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Int32Column(this.type, length, validity, this.part(length, copy));
  }
}
/** Builds columns of 32-bit floating-point numbers. */
export class Float32Builder extends NumberBuilder<Float32Array> {
  constructor(type: DataType) {
    super(type, new Float32Array(INITIAL_ROWS));
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Float32Column(this.type, length, validity, this.part(length, copy));
  }
}
/** Builds columns of 64-bit floating-point numbers. */
export class Float64Builder extends NumberBuilder<Float64Array> {
  constructor(type: DataType) {
    super(type, new Float64Array(INITIAL_ROWS));
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Float64Column(this.type, length, validity, this.part(length, copy));
  }
}

/** Builds columns of 64-bit whole numbers: BIGINT, times and short decimals. */
export class Int64Builder extends FixedBuilder<BigInt64Array> {
  constructor(type: DataType) {
    super(type, new BigInt64Array(INITIAL_ROWS));
  }
  append(value: Value): void {
    const i = this.next(value !== null);
    if (value !== null) this.values[i] = value as bigint;
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Int64Column(this.type, length, validity, this.part(length, copy));
  }
}

/** Builds columns of decimals of more than 18 digits. */
export class Int128Builder extends ColumnBuilder {
  values: BigInt64Array = new BigInt64Array(INITIAL_ROWS * 2);
  append(value: Value): void {
    const i = this.next(value !== null);
    if (value !== null) this.write(i, value as bigint);
  }
  /** Writes an unscaled value at a row that `next` returned. */
  write(i: number, value: bigint): void {
    this.values[2 * i] = BigInt.asIntN(64, value);
    this.values[2 * i + 1] = value >> 64n;
  }
  appendFrom(column: c.Column, i: number): void {
    if (column.layout === "dictionary") {
      if (column.isNull(i)) this.next(false);
      else this.appendFrom(column.dictionary, column.codes[i]!);
      return;
    }
    const at = this.next(!column.isNull(i));
    this.copy(at, column as c.Int128Column, i);
  }
  setFrom(slot: number, column: c.Column, i: number): void {
    if (column.layout === "dictionary") {
      if (column.isNull(i)) this.mark(slot, false);
      else this.setFrom(slot, column.dictionary, column.codes[i]!);
      return;
    }
    this.mark(slot, !column.isNull(i));
    this.copy(slot, column as c.Int128Column, i);
  }
  private copy(slot: number, column: c.Int128Column, i: number): void {
    this.values[2 * slot] = column.values[2 * i]!;
    this.values[2 * slot + 1] = column.values[2 * i + 1]!;
  }
  protected grow(capacity: number): void {
    const larger = new BigInt64Array(capacity * 2);
    larger.set(this.values);
    this.values = larger;
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    const values = copy ? this.values.slice(0, 2 * length) : this.values.subarray(0, 2 * length);
    return new c.Int128Column(this.type, length, validity, values);
  }
  protected resetValues(): void {}
  byteSize(): number {
    return this.values.byteLength + this.validity.byteLength;
  }
}

/** Builds columns of texts and bytes. */
export class BytesBuilder extends ColumnBuilder {
  data: Uint8Array = new Uint8Array(1024);
  /** Bytes of `data` in use. */
  used = 0;
  /** Bytes of `data` in use that no row refers to any more (rows written over). */
  garbage = 0;
  starts: Int32Array = new Int32Array(INITIAL_ROWS);
  lengths: Int32Array = new Int32Array(INITIAL_ROWS);

  append(value: Value): void {
    if (value === null) this.next(false);
    else if (typeof value === "string") this.appendText(value);
    else this.appendBytes(value as Uint8Array, 0, (value as Uint8Array).length);
  }
  /** Appends a JavaScript string as UTF-8. */
  appendText(text: string): void {
    this.ensure(text.length * 3);
    const at = this.next(true);
    const { written } = encoder.encodeInto(text, this.data.subarray(this.used));
    this.starts[at] = this.used;
    this.lengths[at] = written;
    this.used += written;
  }
  /** Appends `length` bytes of `source` from `start`. */
  appendBytes(source: Uint8Array, start: number, length: number): void {
    const at = this.next(true);
    this.put(at, source, start, length);
  }
  appendFrom(column: c.Column, i: number): void {
    if (column.isNull(i)) this.next(false);
    else if (column.layout === "dictionary") this.appendFrom(column.dictionary, column.codes[i]!);
    else {
      const bytes = column as c.BytesColumn;
      this.appendBytes(bytes.data, bytes.starts[i]!, bytes.lengths[i]!);
    }
  }
  setFrom(slot: number, column: c.Column, i: number): void {
    if (!this.isNull(slot)) this.garbage += this.lengths[slot]!;
    if (column.isNull(i)) this.mark(slot, false);
    else if (column.layout === "dictionary") {
      this.mark(slot, false);
      this.setFrom(slot, column.dictionary, column.codes[i]!);
    } else {
      this.mark(slot, true);
      const bytes = column as c.BytesColumn;
      this.put(slot, bytes.data, bytes.starts[i]!, bytes.lengths[i]!);
    }
    if (this.garbage > 1 << 16 && this.garbage > this.used >> 1) this.compact();
  }
  private put(slot: number, source: Uint8Array, start: number, length: number): void {
    this.ensure(length);
    const { data, used } = this;
    // a short copy is quicker as a loop than as a subarray and a set
    if (length <= 32) for (let k = 0; k < length; k++) data[used + k] = source[start + k]!;
    else data.set(source.subarray(start, start + length), used);
    this.starts[slot] = used;
    this.lengths[slot] = length;
    this.used = used + length;
  }
  private ensure(extra: number): void {
    const needed = this.used + extra;
    if (needed <= this.data.length) return;
    const larger = new Uint8Array(Math.max(needed, this.data.length * 2));
    larger.set(this.data.subarray(0, this.used));
    this.data = larger;
  }
  private compact(): void {
    const data = new Uint8Array(this.data.length);
    let used = 0;
    for (let i = 0; i < this.length; i++) {
      if (this.isNull(i)) continue;
      const start = this.starts[i]!;
      data.set(this.data.subarray(start, start + this.lengths[i]!), used);
      this.starts[i] = used;
      used += this.lengths[i]!;
    }
    this.data = data;
    this.used = used;
    this.garbage = 0;
  }
  protected grow(capacity: number): void {
    const starts = new Int32Array(capacity);
    starts.set(this.starts);
    this.starts = starts;
    const lengths = new Int32Array(capacity);
    lengths.set(this.lengths);
    this.lengths = lengths;
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    const data = copy ? this.data.slice(0, this.used) : this.data;
    const starts = copy ? this.starts.slice(0, length) : this.starts;
    const lengths = copy ? this.lengths.slice(0, length) : this.lengths;
    return new c.BytesColumn(this.type, length, validity, data, starts, lengths);
  }
  protected resetValues(): void {
    this.used = 0;
    this.garbage = 0;
  }
  byteSize(): number {
    return this.data.byteLength + this.starts.byteLength * 2 + this.validity.byteLength;
  }
}

/** Builds columns of calendar intervals. */
export class IntervalBuilder extends ColumnBuilder {
  readonly months: Int32Builder;
  readonly days: Int32Builder;
  readonly micros: Int64Builder;
  constructor(type: DataType) {
    super(type);
    this.months = new Int32Builder({ kind: "integer" });
    this.days = new Int32Builder({ kind: "integer" });
    this.micros = new Int64Builder({ kind: "long" });
  }
  append(value: Value): void {
    this.next(value !== null);
    const { months, days, micros } = (value ?? { months: 0, days: 0, micros: 0n }) as IntervalValue;
    this.months.append(months);
    this.days.append(days);
    this.micros.append(micros);
  }
  override appendNull(): void {
    this.append(null);
  }
  appendFrom(column: c.Column, i: number): void {
    this.append(intervalAt(column, i));
  }
  setFrom(slot: number, column: c.Column, i: number): void {
    const value = intervalAt(column, i);
    this.mark(slot, value !== null);
    if (value === null) return;
    this.months.values[slot] = value.months;
    this.days.values[slot] = value.days;
    this.micros.values[slot] = value.micros;
  }
  protected grow(): void {}
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    const part = <T extends Int32Array | BigInt64Array>(values: T): T =>
      (copy ? values.slice(0, length) : values.subarray(0, length)) as T;
    const { months, days, micros } = this;
    return new c.IntervalColumn(
      this.type,
      length,
      validity,
      part(months.values),
      part(days.values),
      part(micros.values),
    );
  }
  protected resetValues(): void {
    this.months.reset();
    this.days.reset();
    this.micros.reset();
  }
  byteSize(): number {
    return this.months.byteSize() + this.days.byteSize() + this.micros.byteSize();
  }
}

function intervalAt(column: c.Column, i: number): IntervalValue | null {
  if (column.isNull(i)) return null;
  if (column.layout === "dictionary") return intervalAt(column.dictionary, column.codes[i]!);
  assert(column.layout === "interval", `an interval column was expected, not ${column.layout}`);
  return { months: column.months[i]!, days: column.days[i]!, micros: column.micros[i]! };
}

/** Builds columns of arrays. */
export class ListBuilder extends ColumnBuilder {
  starts: Int32Array = new Int32Array(INITIAL_ROWS);
  lengths: Int32Array = new Int32Array(INITIAL_ROWS);
  readonly elements: ColumnBuilder;
  constructor(type: DataType) {
    super(type);
    assert(type.kind === "array", `an array type was expected, not ${type.kind}`);
    this.elements = columnBuilder(type.elementType);
  }
  append(value: Value): void {
    if (value === null) return this.appendNull();
    const start = this.elements.length;
    for (const element of value as readonly Value[]) this.elements.append(element);
    this.close(start);
  }
  /** Ends a row whose elements were appended to `elements` from position `start` on. */
  close(start: number): void {
    const at = this.next(true);
    this.starts[at] = start;
    this.lengths[at] = this.elements.length - start;
  }
  appendFrom(column: c.Column, i: number): void {
    if (column.isNull(i)) return this.appendNull();
    if (column.layout === "dictionary") return this.appendFrom(column.dictionary, column.codes[i]!);
    const start = this.elements.length;
    this.copyElements(column as c.ListColumn, i);
    this.close(start);
  }
  setFrom(slot: number, column: c.Column, i: number): void {
    this.mark(slot, !column.isNull(i));
    if (column.isNull(i)) return;
    if (column.layout === "dictionary") return this.setFrom(slot, column.dictionary, column.codes[i]!);
    this.starts[slot] = this.elements.length;
    this.lengths[slot] = (column as c.ListColumn).lengths[i]!;
    this.copyElements(column as c.ListColumn, i);
  }
  private copyElements(column: c.ListColumn, i: number): void {
    const end = column.starts[i]! + column.lengths[i]!;
    for (let k = column.starts[i]!; k < end; k++) this.elements.appendFrom(column.elements, k);
  }
  protected grow(capacity: number): void {
    const starts = new Int32Array(capacity);
    starts.set(this.starts);
    this.starts = starts;
    const lengths = new Int32Array(capacity);
    lengths.set(this.lengths);
    this.lengths = lengths;
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    const starts = copy ? this.starts.slice(0, length) : this.starts;
    const lengths = copy ? this.lengths.slice(0, length) : this.lengths;
    const elements = copy ? this.elements.finish() : this.elements.view();
    return new c.ListColumn(this.type, length, validity, starts, lengths, elements);
  }
  protected resetValues(): void {
    this.elements.reset();
  }
  byteSize(): number {
    return this.starts.byteLength * 2 + this.elements.byteSize();
  }
}

/** Builds columns of maps. */
export class MapBuilder extends ColumnBuilder {
  starts: Int32Array = new Int32Array(INITIAL_ROWS);
  lengths: Int32Array = new Int32Array(INITIAL_ROWS);
  readonly keys: ColumnBuilder;
  readonly mapValues: ColumnBuilder;
  constructor(type: DataType) {
    super(type);
    assert(type.kind === "map", `a map type was expected, not ${type.kind}`);
    this.keys = columnBuilder(type.keyType);
    this.mapValues = columnBuilder(type.valueType);
  }
  append(value: Value): void {
    if (value === null) return this.appendNull();
    const { keys, values } = value as MapValue;
    const start = this.keys.length;
    for (const key of keys) this.keys.append(key);
    for (const element of values) this.mapValues.append(element);
    this.close(start);
  }
  /** Ends a row whose entries were appended from position `start` on. */
  close(start: number): void {
    const at = this.next(true);
    this.starts[at] = start;
    this.lengths[at] = this.keys.length - start;
  }
  appendFrom(column: c.Column, i: number): void {
    if (column.isNull(i)) return this.appendNull();
    if (column.layout === "dictionary") return this.appendFrom(column.dictionary, column.codes[i]!);
    const start = this.keys.length;
    this.copyEntries(column as c.MapColumn, i);
    this.close(start);
  }
  setFrom(slot: number, column: c.Column, i: number): void {
    this.mark(slot, !column.isNull(i));
    if (column.isNull(i)) return;
    if (column.layout === "dictionary") return this.setFrom(slot, column.dictionary, column.codes[i]!);
    this.starts[slot] = this.keys.length;
    this.lengths[slot] = (column as c.MapColumn).lengths[i]!;
    this.copyEntries(column as c.MapColumn, i);
  }
  private copyEntries(column: c.MapColumn, i: number): void {
    const end = column.starts[i]! + column.lengths[i]!;
    for (let k = column.starts[i]!; k < end; k++) {
      this.keys.appendFrom(column.keys, k);
      this.mapValues.appendFrom(column.mapValues, k);
    }
  }
  protected grow(capacity: number): void {
    const starts = new Int32Array(capacity);
    starts.set(this.starts);
    this.starts = starts;
    const lengths = new Int32Array(capacity);
    lengths.set(this.lengths);
    this.lengths = lengths;
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    const starts = copy ? this.starts.slice(0, length) : this.starts;
    const lengths = copy ? this.lengths.slice(0, length) : this.lengths;
    const keys = copy ? this.keys.finish() : this.keys.view();
    const mapValues = copy ? this.mapValues.finish() : this.mapValues.view();
    return new c.MapColumn(this.type, length, validity, starts, lengths, keys, mapValues);
  }
  protected resetValues(): void {
    this.keys.reset();
    this.mapValues.reset();
  }
  byteSize(): number {
    return this.starts.byteLength * 2 + this.keys.byteSize() + this.mapValues.byteSize();
  }
}

/** Builds columns of structs. */
export class StructBuilder extends ColumnBuilder {
  readonly children: readonly ColumnBuilder[];
  constructor(type: DataType) {
    super(type);
    this.children = structChildren(type).map(columnBuilder);
  }
  append(value: Value): void {
    this.next(value !== null);
    const values = value as readonly Value[] | null;
    for (let k = 0; k < this.children.length; k++)
      this.children[k]!.append(values === null ? null : values[k]!);
  }
  override appendNull(): void {
    this.append(null);
  }
  /** Ends a row whose fields were appended to the children. */
  close(): void {
    this.next(true);
  }
  appendFrom(column: c.Column, i: number): void {
    if (column.isNull(i)) return this.appendNull();
    if (column.layout === "dictionary") return this.appendFrom(column.dictionary, column.codes[i]!);
    this.next(true);
    const { children } = column as c.StructColumn;
    for (let k = 0; k < children.length; k++) this.children[k]!.appendFrom(children[k]!, i);
  }
  override setNull(slot: number): void {
    super.setNull(slot);
    for (const child of this.children) child.setNull(slot);
  }
  setFrom(slot: number, column: c.Column, i: number): void {
    if (column.isNull(i)) return this.setNull(slot);
    this.mark(slot, true);
    if (column.layout === "dictionary") return this.setFrom(slot, column.dictionary, column.codes[i]!);
    const { children } = column as c.StructColumn;
    for (let k = 0; k < children.length; k++) this.children[k]!.setFrom(slot, children[k]!, i);
  }
  protected grow(): void {}
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    const children = this.children.map((child) => (copy ? child.finish() : child.view()));
    return new c.StructColumn(this.type, length, validity, children);
  }
  protected resetValues(): void {
    for (const child of this.children) child.reset();
  }
  byteSize(): number {
    return this.children.reduce((sum, child) => sum + child.byteSize(), this.validity.byteLength);
  }
}

/** Builds columns that are null in every row. */
export class NullBuilder extends ColumnBuilder {
  append(_value: Value): void {
    this.next(false);
  }
  appendFrom(): void {
    this.next(false);
  }
  setFrom(): void {}
  protected grow(): void {}
  protected build(length: number): c.Column {
    return new c.NullColumn(this.type, length);
  }
  protected resetValues(): void {}
  byteSize(): number {
    return this.validity.byteLength;
  }
}

/** The types of a struct's children; a VARIANT lies in memory as two binaries, metadata and value. */
export function structChildren(type: DataType): readonly DataType[] {
  if (type.kind === "variant") return [{ kind: "binary" }, { kind: "binary" }];
  assert(type.kind === "struct", `a struct type was expected, not ${type.kind}`);
  return type.fields.map((field) => field.type);
}

/** An empty builder for a type. */
export function columnBuilder(type: DataType): ColumnBuilder {
  switch (c.layoutOf(type)) {
    case "boolean":
      return new BooleanBuilder(type);
    case "int8":
      return new Int8Builder(type);
    case "int16":
      return new Int16Builder(type);
    case "int32":
      return new Int32Builder(type);
    case "int64":
      return new Int64Builder(type);
    case "int128":
      return new Int128Builder(type);
    case "float32":
      return new Float32Builder(type);
    case "float64":
      return new Float64Builder(type);
    case "bytes":
      return new BytesBuilder(type);
    case "interval":
      return new IntervalBuilder(type);
    case "list":
      return new ListBuilder(type);
    case "map":
      return new MapBuilder(type);
    case "struct":
      return new StructBuilder(type);
    case "null":
      return new NullBuilder(type);
  }
}
