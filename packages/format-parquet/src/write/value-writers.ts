import type { BooleanColumn, BytesColumn, Column, Int64Column, Int128Column } from "@ss/core";
import * as arrow from "@uwdata/flechette";
import { type ArrowPart, ArrowWriter } from "./arrow-writer.js";
import { checkText } from "./check-text.js";
import { GrowingArray, GrowingBits } from "./growing-array.js";

/** BOOLEAN: bytes become bits. */
export class BooleanWriter extends ArrowWriter {
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

/** Values that Arrow holds as columns do. */
export class FixedWriter<A extends Fixed> extends ArrowWriter {
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
export class PairWriter extends ArrowWriter {
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
export class TimeWriter extends FixedWriter<BigInt64Array> {
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

/** STRING and BINARY: values are put one behind the other. */
export class BytesWriter extends ArrowWriter {
  readonly type: arrow.DataType;
  private readonly isText: boolean;
  private readonly offsets = new GrowingArray((length) => new Int32Array(length));
  private readonly data = new GrowingArray((length) => new Uint8Array(length));

  constructor(type: arrow.DataType, isText: boolean) {
    super();
    this.type = type;
    this.isText = isText;
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
    if (this.isText) checkText(this.data.used(), this.offsets.used());
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
