import type { DataType } from "../../schema/data-type.js";
import type * as c from "../column.js";
import type { Value } from "../value.js";

/** Rows that a new builder's arrays have room for. */
export const INITIAL_ROWS = 64;

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

  /** Appends rows `from .. to)` of a column of the same type. */
  appendRange(column: c.Column, from: number, to: number): void {
    for (let i = from; i < to; i++) this.appendFrom(column, i);
  }

  /** Starts rows `from .. to)` of a column at once, and returns the position of the first. */
  protected nextRange(column: c.Column, from: number, to: number): number {
    const start = this.length;
    const end = start + to - from;
    if (end > this.validity.length << 3) this.growTo(Math.max(end, start * 2));
    this.length = end;
    if (column.validity === null && column.layout !== "null") {
      this.markPresent(start, end);
      return start;
    }
    const { validity } = this;
    for (let i = from, at = start; i < to; i++, at++) {
      if (column.isNull(i)) {
        validity[at >> 3]! &= ~(1 << (at & 7));
        this.nullCount++;
      } else validity[at >> 3]! |= 1 << (at & 7);
    }
    return start;
  }

  private markPresent(from: number, to: number): void {
    const { validity } = this;
    let at = from;
    for (; at < to && (at & 7) !== 0; at++) validity[at >> 3]! |= 1 << (at & 7);
    validity.fill(0xff, at >> 3, to >> 3);
    for (at = Math.max(at, to & ~7); at < to; at++) validity[at >> 3]! |= 1 << (at & 7);
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

  /** Forgets the rows from `length` on, and parts of a row that was not ended. For builders whose rows were only appended. */
  truncate(length: number): void {
    for (let i = length; i < this.length; i++) if (this.isNull(i)) this.nullCount--;
    this.length = Math.min(this.length, length);
    this.truncateValues();
  }

  /** Forgets what belongs to no row any more. */
  protected truncateValues(): void {}

  /** Where the values of the last row that has any end, for rows that are parts of something longer. */
  protected endOf(starts: Int32Array, lengths: Int32Array): number {
    for (let i = this.length - 1; i >= 0; i--) if (!this.isNull(i)) return starts[i]! + lengths[i]!;
    return 0;
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
