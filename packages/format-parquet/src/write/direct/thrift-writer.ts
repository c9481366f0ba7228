import { THRIFT } from "../../direct/thrift-reader.js";
import { GrowingArray } from "../growing-array.js";

const encoder = new TextEncoder();

/** Writes Thrift's compact protocol. Fields of a struct are written in the order of their numbers. */
export class ThriftWriter {
  private readonly bytes = new GrowingArray((length) => new Uint8Array(length));
  private field = 0;

  /** What was written so far, without a copy. */
  used(): Uint8Array {
    return this.bytes.used();
  }

  i8(field: number, value: number): void {
    this.head(field, THRIFT.byte);
    this.byte(value & 255);
  }
  i16(field: number, value: number): void {
    this.head(field, THRIFT.i16);
    this.signed(value);
  }
  i32(field: number, value: number): void {
    this.head(field, THRIFT.i32);
    this.signed(value);
  }
  i64(field: number, value: number): void {
    this.head(field, THRIFT.i64);
    this.signed(value);
  }
  boolean(field: number, value: boolean): void {
    this.head(field, value ? THRIFT.true : THRIFT.false);
  }
  binary(field: number, value: Uint8Array): void {
    this.head(field, THRIFT.binary);
    this.bytesOf(value);
  }
  text(field: number, value: string): void {
    this.binary(field, encoder.encode(value));
  }
  struct(field: number, body: () => void): void {
    this.head(field, THRIFT.struct);
    this.body(body);
  }
  structs<T>(field: number, items: readonly T[], body: (item: T) => void): void {
    this.list(field, THRIFT.struct, items.length);
    for (const item of items) this.body(() => body(item));
  }
  i32s(field: number, values: readonly number[]): void {
    this.list(field, THRIFT.i32, values.length);
    for (const value of values) this.signed(value);
  }
  texts(field: number, values: readonly string[]): void {
    this.list(field, THRIFT.binary, values.length);
    for (const value of values) this.bytesOf(encoder.encode(value));
  }

  /** The fields of a struct and its end, also of the outermost one. */
  body(fields: () => void): void {
    const outer = this.field;
    this.field = 0;
    fields();
    this.byte(0);
    this.field = outer;
  }

  private list(field: number, type: number, size: number): void {
    this.head(field, THRIFT.list);
    if (size < 15) this.byte((size << 4) | type);
    else {
      this.byte(0xf0 | type);
      this.unsigned(size);
    }
  }
  private head(field: number, type: number): void {
    const delta = field - this.field;
    if (delta > 0 && delta < 16) this.byte((delta << 4) | type);
    else {
      this.byte(type);
      this.signed(field);
    }
    this.field = field;
  }
  private bytesOf(value: Uint8Array): void {
    this.unsigned(value.length);
    this.bytes.reserve(value.length);
    this.bytes.values.set(value, this.bytes.length);
    this.bytes.length += value.length;
  }
  private signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }
  private unsigned(value: number): void {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 128);
    this.byte(rest);
  }
  private byte(value: number): void {
    this.bytes.reserve(1);
    this.bytes.values[this.bytes.length++] = value;
  }
}
