import type { Column, DataType } from "@ss/core";
import type { FieldColumn } from "@ss/kernels";
import type { BadRows } from "../reading/bad-rows.js";
import { ValidityBits } from "./validity-bits.js";

/**
 * Turns the fields that a tokeniser found for one column into a column. A decoder keeps its arrays from batch to batch, so
 * the column that it returns holds until the next call.
 */
export interface FieldDecoder {
  readonly type: DataType;
  /**
   * Decodes rows `0 .. rowCount`; a length below 0 is null. A field that holds no value of the type gives null and marks
   * its row. May write over `bytes` within the column's own fields.
   */
  decode(bytes: Uint8Array, field: FieldColumn, rowCount: number, bad: BadRows): Column;
}

/**
 * Puts a field that is not plain text of the type (an escape, another JSON kind) into a form that `parse` reads: returns 1 if
 * it did (the text is `bytes[start .. end)` of the rewriter), 0 where the value is no good, -1 where it is null.
 */
export interface FieldRewriter {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Kinds of fields whose span is the text itself. */
  readonly direct: Uint8Array;
  rewrite(bytes: Uint8Array, start: number, length: number, kind: number): number;
}

/** The common part of decoders of fixed-size values: the loop over rows, with nulls and faults. */
export abstract class ValueDecoder implements FieldDecoder {
  readonly type: DataType;
  protected readonly column: string;
  protected readonly rewriter: FieldRewriter;
  protected readonly validity: ValidityBits = new ValidityBits();
  protected capacity = 0;
  /** The rows that `parseMany` left to `parse`, in ascending order. */
  protected left: Int32Array = new Int32Array(0);

  constructor(type: DataType, column: string, rewriter: FieldRewriter) {
    this.type = type;
    this.column = column;
    this.rewriter = rewriter;
  }

  /** Reads `bytes[start .. end)` into row `i`; false where it is no value of the type. */
  protected abstract parse(bytes: Uint8Array, start: number, end: number, i: number): boolean;
  /** Reads as many rows as it can in one go; returns how many it left, or -1 when it read none and noted none. */
  protected parseMany(_bytes: Uint8Array, _field: FieldColumn, _rowCount: number): number {
    return -1;
  }
  protected abstract grow(capacity: number): void;
  protected abstract build(rowCount: number, validity: Uint8Array | null): Column;

  decode(bytes: Uint8Array, field: FieldColumn, rowCount: number, bad: BadRows): Column {
    if (rowCount > this.capacity) {
      this.capacity = Math.max(rowCount, 4096);
      this.grow(this.capacity);
    }
    const { starts, lengths, kinds } = field;
    const { direct } = this.rewriter;
    const validity = this.validity;
    validity.reset(rowCount);
    const leftCount = this.parseMany(bytes, field, rowCount);
    if (leftCount >= 0) {
      const { left } = this;
      for (let k = 0; k < leftCount; k++) this.decodeRow(bytes, field, left[k]!, bad);
      return this.build(rowCount, validity.bits);
    }
    for (let i = 0; i < rowCount; i++) {
      const length = lengths[i]!;
      if (length < 0) {
        validity.clear(i);
        continue;
      }
      const start = starts[i]!;
      if (direct[kinds[i]!] === 1 && this.parse(bytes, start, start + length, i)) continue;
      this.decodeOther(bytes, start, length, kinds[i]!, i, bad);
    }
    return this.build(rowCount, validity.bits);
  }

  private decodeRow(bytes: Uint8Array, field: FieldColumn, i: number, bad: BadRows): void {
    const length = field.lengths[i]!;
    if (length < 0) {
      this.validity.clear(i);
      return;
    }
    const start = field.starts[i]!;
    const kind = field.kinds[i]!;
    if (this.rewriter.direct[kind] === 1 && this.parse(bytes, start, start + length, i)) return;
    this.decodeOther(bytes, start, length, kind, i, bad);
  }

  private decodeOther(
    bytes: Uint8Array,
    start: number,
    length: number,
    kind: number,
    i: number,
    bad: BadRows,
  ): void {
    const outcome = this.rewriter.direct[kind] === 1 ? 0 : this.other(bytes, start, length, kind, i);
    if (outcome > 0) return;
    this.validity.clear(i);
    if (outcome === 0) bad.mark(i, this.column);
  }

  /** Reads a field that is not `direct` into row `i`: 1 where it is a value, 0 where it is none, -1 where it is null. */
  protected other(bytes: Uint8Array, start: number, length: number, kind: number, i: number): number {
    const { rewriter } = this;
    const outcome = rewriter.rewrite(bytes, start, length, kind);
    if (outcome <= 0) return outcome;
    return this.parse(rewriter.bytes, rewriter.start, rewriter.end, i) ? 1 : 0;
  }
}
