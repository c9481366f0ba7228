import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import { type KeyLane, type KeyRows, markNulls, plainValues, SlotValidity, setNullBit } from "./key-lane.js";
import type { KeySegments } from "./key-segments.js";

const FIRST_SLOTS = 256;
const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);
const scratchFloat = new Float32Array(scratch.buffer);

/** Values of fixed width: the words are the value's own. */
export abstract class FixedLane implements KeyLane {
  readonly type: DataType;
  readonly width: number;
  readonly bit: number;
  readonly counts = false;
  protected words: Int32Array;
  private readonly isNull: SlotValidity = new SlotValidity();

  constructor(type: DataType, bit: number, width: number) {
    this.type = type;
    this.bit = bit;
    this.width = width;
    this.words = new Int32Array(FIRST_SLOTS * width);
  }

  encode(column: c.Column, rows: KeyRows, offset: number): void {
    this.write(plainValues(column, rows.rowCount), rows, offset);
    markNulls(this, column.validity, rows, offset);
  }
  writeNull(rows: KeyRows, i: number, offset: number): void {
    const at = i * rows.stride + offset;
    rows.words.fill(0, at, at + this.width);
    setNullBit(rows, i, this.bit);
  }
  retain(): void {}
  release(): void {}
  sweep(): void {}
  decode(
    words: Int32Array,
    at: number,
    stride: number,
    nulls: KeySegments | undefined,
    slot: number,
    count: number,
  ): void {
    const { width } = this;
    if ((slot + count) * width > this.words.length) {
      const larger = new Int32Array(Math.max(this.words.length * 2, (slot + count) * width));
      larger.set(this.words);
      this.words = larger;
    }
    const own = this.words;
    if (width === 1) {
      for (let i = 0; i < count; i++) own[slot + i] = words[at + i * stride]!;
    } else if (width === 2) {
      for (let i = 0; i < count; i++) {
        own[2 * (slot + i)] = words[at + i * stride]!;
        own[2 * (slot + i) + 1] = words[at + i * stride + 1]!;
      }
    } else {
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < width; k++) own[(slot + i) * width + k] = words[at + i * stride + k]!;
      }
    }
    this.isNull.take(nulls, this.bit, slot, count);
  }
  column(length: number): c.Column {
    return this.make(length, this.isNull.validity());
  }
  clear(): void {
    this.isNull.clear();
  }
  byteSize(): number {
    return this.words.byteLength + this.isNull.byteSize();
  }
  protected abstract write(
    column: Exclude<c.Column, c.DictionaryColumn>,
    rows: KeyRows,
    offset: number,
  ): void;
  protected abstract make(length: number, validity: c.Validity): c.Column;
}

/** Booleans and whole numbers of up to 32 bits. */
export class Int32Lane extends FixedLane {
  constructor(type: DataType, bit: number) {
    super(type, bit, 1);
  }
  protected write(column: c.Column, rows: KeyRows, offset: number): void {
    const { values } = column as c.Int32Column;
    const { words, stride, rowCount } = rows;
    for (let i = 0, at = offset; i < rowCount; i++, at += stride) words[at] = values[i]!;
  }
  protected make(length: number, validity: c.Validity): c.Column {
    const { type, words } = this;
    switch (c.layoutOf(type)) {
      case "boolean":
        return new c.BooleanColumn(type, length, validity, new Uint8Array(words.subarray(0, length)));
      case "int8":
        return new c.Int8Column(type, length, validity, new Int8Array(words.subarray(0, length)));
      case "int16":
        return new c.Int16Column(type, length, validity, new Int16Array(words.subarray(0, length)));
      default:
        return new c.Int32Column(type, length, validity, words.subarray(0, length));
    }
  }
}

/** Whole numbers of 64 bits. */
export class Int64Lane extends FixedLane {
  constructor(type: DataType, bit: number) {
    super(type, bit, 2);
  }
  protected write(column: c.Column, rows: KeyRows, offset: number): void {
    const from = (column as c.Int64Column).words;
    const { words, stride, rowCount } = rows;
    for (let i = 0, at = offset; i < rowCount; i++, at += stride) {
      words[at] = from[2 * i]!;
      words[at + 1] = from[2 * i + 1]!;
    }
  }
  protected make(length: number, validity: c.Validity): c.Column {
    return new c.Int64Column(this.type, length, validity, new BigInt64Array(this.words.buffer, 0, length));
  }
}

/** Decimals of more than 18 digits. */
export class Int128Lane extends FixedLane {
  constructor(type: DataType, bit: number) {
    super(type, bit, 4);
  }
  protected write(column: c.Column, rows: KeyRows, offset: number): void {
    const { values } = column as c.Int128Column;
    const from = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    const { words, stride, rowCount } = rows;
    for (let i = 0, at = offset; i < rowCount; i++, at += stride) {
      for (let k = 0; k < 4; k++) words[at + k] = from[4 * i + k]!;
    }
  }
  protected make(length: number, validity: c.Validity): c.Column {
    const values = new BigInt64Array(this.words.buffer, 0, length * 2);
    return new c.Int128Column(this.type, length, validity, values);
  }
}

/** FLOAT: every NaN is one, and -0.0 is 0.0. */
export class Float32Lane extends FixedLane {
  constructor(type: DataType, bit: number) {
    super(type, bit, 1);
  }
  protected write(column: c.Column, rows: KeyRows, offset: number): void {
    const { values } = column as c.Float32Column;
    const { words, stride, rowCount } = rows;
    for (let i = 0, at = offset; i < rowCount; i++, at += stride) {
      const value = values[i]!;
      scratchFloat[0] = value === value ? value + 0 : Number.NaN;
      words[at] = scratchWords[0]!;
    }
  }
  protected make(length: number, validity: c.Validity): c.Column {
    return new c.Float32Column(this.type, length, validity, new Float32Array(this.words.buffer, 0, length));
  }
}

/** DOUBLE: every NaN is one, and -0.0 is 0.0. */
export class Float64Lane extends FixedLane {
  constructor(type: DataType, bit: number) {
    super(type, bit, 2);
  }
  protected write(column: c.Column, rows: KeyRows, offset: number): void {
    const { values } = column as c.Float64Column;
    const { words, stride, rowCount } = rows;
    for (let i = 0, at = offset; i < rowCount; i++, at += stride) {
      const value = values[i]!;
      scratch[0] = value === value ? value + 0 : Number.NaN;
      words[at] = scratchWords[0]!;
      words[at + 1] = scratchWords[1]!;
    }
  }
  protected make(length: number, validity: c.Validity): c.Column {
    return new c.Float64Column(this.type, length, validity, new Float64Array(this.words.buffer, 0, length));
  }
}

/** Calendar intervals: months, days and microseconds. */
export class IntervalLane extends FixedLane {
  constructor(type: DataType, bit: number) {
    super(type, bit, 4);
  }
  protected write(column: c.Column, rows: KeyRows, offset: number): void {
    const { months, days, micros } = column as c.IntervalColumn;
    const { words, stride, rowCount } = rows;
    for (let i = 0, at = offset; i < rowCount; i++, at += stride) {
      words[at] = months[i]!;
      words[at + 1] = days[i]!;
      words[at + 2] = Number(BigInt.asIntN(32, micros[i]!));
      words[at + 3] = Number(micros[i]! >> 32n);
    }
  }
  protected make(length: number, validity: c.Validity): c.Column {
    const months = new Int32Array(length);
    const days = new Int32Array(length);
    const micros = new BigInt64Array(length);
    const microWords = new Int32Array(micros.buffer);
    for (let i = 0; i < length; i++) {
      months[i] = this.words[4 * i]!;
      days[i] = this.words[4 * i + 1]!;
      microWords[2 * i] = this.words[4 * i + 2]!;
      microWords[2 * i + 1] = this.words[4 * i + 3]!;
    }
    return new c.IntervalColumn(this.type, length, validity, months, days, micros);
  }
}

/** VOID: all rows are equal. */
export class NullLane implements KeyLane {
  readonly type: DataType;
  readonly width = 0;
  readonly counts = false;
  readonly bit: number;
  constructor(type: DataType, bit: number) {
    this.type = type;
    this.bit = bit;
  }
  encode(): void {}
  writeNull(): void {}
  retain(): void {}
  release(): void {}
  sweep(): void {}
  decode(): void {}
  column(length: number): c.Column {
    return new c.NullColumn(this.type, length);
  }
  clear(): void {}
  byteSize(): number {
    return 0;
  }
}
