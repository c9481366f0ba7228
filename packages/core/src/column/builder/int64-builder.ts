import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import type { Value } from "../value.js";
import { INITIAL_ROWS } from "./column-builder.js";
import { FixedBuilder } from "./fixed-builder.js";

const TWO_32 = 0x1_0000_0000;

/** Builds columns of 64-bit whole numbers: BIGINT, times and short decimals. */
export class Int64Builder extends FixedBuilder<BigInt64Array> {
  /** The memory of `values` as pairs of 32-bit words, low word first. */
  private words: Int32Array;
  constructor(type: DataType) {
    super(type, new BigInt64Array(INITIAL_ROWS));
    this.words = new Int32Array(this.values.buffer);
  }
  append(value: Value): void {
    const i = this.next(value !== null);
    if (value !== null) this.values[i] = value as bigint;
  }
  /** Appends a number by its halves, without making a bigint. */
  appendWords(low: number, high: number): void {
    const at = this.next(true);
    this.words[2 * at] = low;
    this.words[2 * at + 1] = high;
  }
  /** Appends a whole number within 2^53. */
  appendNumber(value: number): void {
    const high = Math.floor(value / TWO_32);
    this.appendWords(value - high * TWO_32, high);
  }
  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.words = new Int32Array(this.values.buffer);
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Int64Column(this.type, length, validity, this.part(length, copy));
  }
}
