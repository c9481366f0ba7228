import type { DataType } from "../../schema/data-type.js";
import type * as c from "../column.js";
import { ColumnBuilder } from "./column-builder.js";

type Fixed = Uint8Array | Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

/** Builds columns of one value of fixed width a row. */
export abstract class FixedBuilder<A extends Fixed> extends ColumnBuilder {
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
  override appendRange(column: c.Column, from: number, to: number): void {
    if (column.layout === "dictionary") return super.appendRange(column, from, to);
    const start = this.nextRange(column, from, to);
    const { values } = column as unknown as { values: A };
    this.values.set(values.subarray(from, to) as never, start);
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
