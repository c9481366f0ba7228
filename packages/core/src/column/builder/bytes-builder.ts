import { grownSize } from "../byte-room.js";
import * as c from "../column.js";
import { copySlices, totalOf } from "../copy-slices.js";
import type { Value } from "../value.js";
import { ColumnBuilder, INITIAL_ROWS } from "./column-builder.js";

const encoder = new TextEncoder();

/** Builds columns of texts and bytes. */
export class BytesBuilder extends ColumnBuilder {
  data: Uint8Array = new Uint8Array(1024);
  /** Bytes of `data` in use. */
  used = 0;
  /** Bytes of `data` in use that no row refers to any more (rows written over). */
  garbage = 0;
  starts: Int32Array = new Int32Array(INITIAL_ROWS);
  lengths: Int32Array = new Int32Array(INITIAL_ROWS);
  /** The builder's own bytes while `data` is somebody else's, to which all rows refer. */
  private own: Uint8Array | undefined;

  append(value: Value): void {
    if (value === null) this.next(false);
    else if (typeof value === "string") this.appendText(value);
    else this.appendBytes(value as Uint8Array, 0, (value as Uint8Array).length);
  }
  /** Appends a JavaScript string as UTF-8. */
  appendText(text: string): void {
    this.takeOver();
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
  /**
   * Appends `length` bytes of `source` from `start`, which has to stay as it is for as long as what the builder gives is used: as long as
   * all rows are parts of one source they refer to it, and nothing is copied.
   */
  appendSpan(source: Uint8Array, start: number, length: number): void {
    if (this.data !== source) {
      if (this.used > 0 || this.own !== undefined) return this.appendBytes(source, start, length);
      this.own = this.data;
      this.data = source;
    }
    const at = this.next(true);
    this.starts[at] = start;
    this.lengths[at] = length;
  }
  /** Copies what rows refer to, except for one that is about to be written. */
  private takeOver(slot = -1): void {
    const { data: source, own, starts, lengths } = this;
    if (own === undefined) return;
    this.data = own;
    this.own = undefined;
    for (let i = 0; i < this.length; i++) {
      if (i !== slot && !this.isNull(i)) this.put(i, source, starts[i]!, lengths[i]!);
    }
  }
  appendFrom(column: c.Column, i: number): void {
    if (column.isNull(i)) this.next(false);
    else if (column.layout === "dictionary") this.appendFrom(column.dictionary, column.codes[i]!);
    else {
      const bytes = column as c.BytesColumn;
      this.appendBytes(bytes.data, bytes.starts[i]!, bytes.lengths[i]!);
    }
  }
  override appendRange(column: c.Column, from: number, to: number): void {
    if (column.layout !== "bytes") return super.appendRange(column, from, to);
    const start = this.nextRange(column, from, to);
    const { data, starts, lengths } = column;
    if (column.validity === null)
      return this.putAll(start, data, starts.subarray(from, to), lengths.subarray(from, to));
    for (let i = from, at = start; i < to; i++, at++) {
      if (!this.isNull(at)) this.put(at, data, starts[i]!, lengths[i]!);
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
    if (this.own !== undefined) this.takeOver(slot);
    this.ensure(length);
    const { data, used } = this;
    // a short copy is quicker as a loop than as a subarray and a set
    if (length <= 32) for (let k = 0; k < length; k++) data[used + k] = source[start + k]!;
    else data.set(source.subarray(start, start + length), used);
    this.starts[slot] = used;
    this.lengths[slot] = length;
    this.used = used + length;
  }
  private putAll(first: number, source: Uint8Array, starts: Int32Array, lengths: Int32Array): void {
    const count = lengths.length;
    const total = totalOf(lengths, count);
    this.ensure(total);
    copySlices(this.data, this.used, source, starts, lengths, count);
    this.lengths.set(lengths, first);
    for (let i = 0; i < count; i++) {
      this.starts[first + i] = this.used;
      this.used += lengths[i]!;
    }
  }
  private ensure(extra: number): void {
    const needed = this.used + extra;
    if (needed <= this.data.length) return;
    const larger = new Uint8Array(grownSize(this.data.length, needed, "A column of strings or bytes"));
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
    if (copy) this.takeOver();
    const data = copy ? this.data.slice(0, this.used) : this.data;
    const starts = copy ? this.starts.slice(0, length) : this.starts;
    const lengths = copy ? this.lengths.slice(0, length) : this.lengths;
    return new c.BytesColumn(this.type, length, validity, data, starts, lengths);
  }
  protected override truncateValues(): void {
    if (this.own === undefined) this.used = this.endOf(this.starts, this.lengths);
  }
  protected resetValues(): void {
    if (this.own !== undefined) this.data = this.own;
    this.own = undefined;
    this.used = 0;
    this.garbage = 0;
  }
  byteSize(): number {
    return (this.own ?? this.data).byteLength + this.starts.byteLength * 2 + this.validity.byteLength;
  }
}
