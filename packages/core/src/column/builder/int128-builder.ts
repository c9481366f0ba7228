import * as c from "../column.js";
import type { Value } from "../value.js";
import { ColumnBuilder, INITIAL_ROWS } from "./column-builder.js";

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
