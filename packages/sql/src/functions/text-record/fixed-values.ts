import * as c from "@ss/core";
import { type Column, type ColumnBuilder, columnBuilder, type DataType, layoutOf } from "@ss/core";
import { type FieldBatch, type FieldColumn, KernelArrays } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { valueCode } from "../emit/parts.js";
import { BAD, type FieldPlace, type FieldValues } from "./field-values.js";
import { type ParsePlain, type PlainForm, plainParser } from "./plain-fields.js";
import { validityOf } from "./validity.js";
import { type ValueMemory, type ValueText, valueMemory } from "./value-parsers.js";

/** Reads one field into memory; false where it is no value of the type. The length is not negative. */
export type ReadField = (bytes: Uint8Array, start: number, length: number, kind: number) => boolean;

/** So few rows are read one by one. */
const FEW_ROWS = 8;

/** Fields of a type of fixed size. */
export class FixedValues implements FieldValues {
  isUsed = false;
  /** 1 for rows that have a value. */
  present: Uint8Array = new Uint8Array(0);
  ints: Int32Array = new Int32Array(0);
  doubles: Float64Array = new Float64Array(0);
  longs: BigInt64Array = new BigInt64Array(0);
  words: Int32Array = new Int32Array(0);
  private readonly type: DataType;
  private readonly layout: ReturnType<typeof layoutOf>;
  private readonly readField: ReadField;
  private readonly memory: ValueMemory;
  private readonly parsePlain: ParsePlain | undefined;
  private readonly kinds: number;
  private readonly arrays = new KernelArrays();
  private left: Int32Array = new Int32Array(0);

  /** `readField` leaves its value in the memory that it is made with; `form` says which fields are plain texts of values. */
  constructor(
    type: DataType,
    text: ValueText,
    form: PlainForm,
    readField: (memory: ValueMemory) => ReadField,
  ) {
    this.type = type;
    this.layout = layoutOf(type);
    this.memory = valueMemory();
    this.readField = readField(this.memory);
    this.parsePlain = plainParser(type, text, form);
    this.kinds = form.kinds.reduce((bits, kind) => bits | (1 << kind), 0);
  }

  start(rowCount: number): void {
    if (this.present.length >= rowCount) return;
    const capacity = Math.max(rowCount, 2 * this.present.length);
    this.arrays.release();
    this.present = new Uint8Array(capacity);
    this.left = this.arrays.int32(capacity);
    switch (this.layout) {
      case "float32":
      case "float64":
        this.doubles = this.arrays.float64(capacity);
        break;
      case "int64":
        this.setLongs(this.arrays.bigInt64(capacity));
        break;
      case "int128":
        this.setLongs(new BigInt64Array(2 * capacity));
        break;
      case "interval":
        this.setLongs(new BigInt64Array(capacity));
        this.ints = new Int32Array(2 * capacity);
        break;
      default:
        this.ints = this.arrays.int32(capacity);
    }
  }

  private setLongs(longs: BigInt64Array): void {
    this.longs = longs;
    this.words = new Int32Array(longs.buffer, longs.byteOffset, 2 * longs.length);
  }

  read(bytes: Uint8Array, column: FieldColumn, from: number, to: number, bad: Uint8Array): void {
    const { left } = this;
    this.present.fill(1, from, to);
    const count = to - from < FEW_ROWS ? -1 : this.readPlain(bytes, column, from, to);
    if (count < 0) for (let row = from; row < to; row++) this.readOne(bytes, column, row, bad);
    else for (let k = 0; k < count; k++) this.readOne(bytes, column, from + left[k]!, bad);
  }

  /** Reads what a kernel can read; returns how many rows are left in `left`, or -1 for all. */
  private readPlain(bytes: Uint8Array, column: FieldColumn, from: number, to: number): number {
    if (this.parsePlain === undefined) return -1;
    const batch: FieldBatch = {
      bytes,
      column: {
        starts: column.starts.subarray(from, to),
        lengths: column.lengths.subarray(from, to),
        kinds: column.kinds.subarray(from, to),
      },
      rowCount: to - from,
      kinds: this.kinds,
      left: this.left,
    };
    return this.parsePlain(batch, this, from);
  }

  private readOne(bytes: Uint8Array, column: FieldColumn, row: number, bad: Uint8Array): void {
    const length = column.lengths[row]!;
    if (length < 0) this.present[row] = 0;
    else if (this.readField(bytes, column.starts[row]!, length, column.kinds[row]!)) this.keep(row);
    else {
      this.present[row] = 0;
      bad[row]! |= BAD;
    }
  }

  /** Takes the value over from memory. */
  private keep(row: number): void {
    const { memory, present } = this;
    present[row] = 1;
    switch (this.layout) {
      case "float32":
        this.doubles[row] = memory.floats[0]!;
        break;
      case "float64":
        this.doubles[row] = memory.doubles[0]!;
        break;
      case "int64":
        this.words[2 * row] = memory.words[0]!;
        this.words[2 * row + 1] = memory.words[1]!;
        break;
      case "int128":
        this.longs[2 * row] = memory.longs[0]!;
        this.longs[2 * row + 1] = memory.longs[1]!;
        break;
      case "interval":
        this.ints[2 * row] = memory.ints[0]!;
        this.ints[2 * row + 1] = memory.ints[1]!;
        this.longs[row] = memory.longs[0]!;
        break;
      default:
        this.ints[row] = memory.ints[0]!;
    }
  }

  useAll(): void {
    this.isUsed = true;
  }

  clear(): void {
    // every row has its place
  }

  builder(): ColumnBuilder {
    return columnBuilder(this.type);
  }

  column(rowCount: number): Column {
    const { type, layout, ints, doubles, longs } = this;
    const validity = validityOf(this.present, rowCount);
    switch (layout) {
      case "boolean":
        return new c.BooleanColumn(type, rowCount, validity, new Uint8Array(ints.subarray(0, rowCount)));
      case "int8":
        return new c.Int8Column(type, rowCount, validity, new Int8Array(ints.subarray(0, rowCount)));
      case "int16":
        return new c.Int16Column(type, rowCount, validity, new Int16Array(ints.subarray(0, rowCount)));
      case "float32":
        return new c.Float32Column(type, rowCount, validity, new Float32Array(doubles.subarray(0, rowCount)));
      case "float64":
        return new c.Float64Column(type, rowCount, validity, doubles);
      case "int64":
        return new c.Int64Column(type, rowCount, validity, longs);
      case "int128":
        return new c.Int128Column(type, rowCount, validity, longs);
      case "interval": {
        const months = Int32Array.from({ length: rowCount }, (_, row) => ints[2 * row]!);
        const days = Int32Array.from({ length: rowCount }, (_, row) => ints[2 * row + 1]!);
        return new c.IntervalColumn(type, rowCount, validity, months, days, longs);
      }
      default:
        return new c.Int32Column(type, rowCount, validity, ints);
    }
  }

  code(writer: CodeWriter, { path, row }: FieldPlace): Code {
    const { type, layout } = this;
    this.isUsed = true;
    const array = (name: string): string => writer.local(`${path}.${name}`);
    const isNull = `(${array("present")}[${row}] === 0)`;
    switch (layout) {
      case "boolean":
        return valueCode(type, isNull, `(${array("ints")}[${row}] === 1)`);
      case "float32":
      case "float64":
        return valueCode(type, isNull, `${array("doubles")}[${row}]`);
      case "int64": {
        const words = { array: array("words"), index: row };
        return { type, isNull, layout, value: `${array("longs")}[${row}]`, words };
      }
      case "int128": {
        const longs = array("longs");
        const low = `BigInt.asUintN(64, ${longs}[2 * ${row}])`;
        return valueCode(type, isNull, `((${longs}[2 * ${row} + 1] << 64n) | ${low})`);
      }
      case "interval": {
        const ints = array("ints");
        const [months, days] = [`${ints}[2 * ${row}]`, `${ints}[2 * ${row} + 1]`];
        return { type, isNull, layout, months, days, micros: `${array("longs")}[${row}]` };
      }
      default:
        return valueCode(type, isNull, `${array("ints")}[${row}]`);
    }
  }
}
