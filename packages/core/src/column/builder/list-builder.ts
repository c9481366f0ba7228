import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import type { Value } from "../value.js";
import { ColumnBuilder, INITIAL_ROWS } from "./column-builder.js";
import { itemRange } from "./item-range.js";

/** Builds columns of arrays. */
export class ListBuilder extends ColumnBuilder {
  starts: Int32Array = new Int32Array(INITIAL_ROWS);
  lengths: Int32Array = new Int32Array(INITIAL_ROWS);
  readonly elements: ColumnBuilder;
  constructor(type: DataType, elements: ColumnBuilder) {
    super(type);
    this.elements = elements;
  }
  append(value: Value): void {
    if (value === null) return this.appendNull();
    const start = this.elements.length;
    for (const element of value as readonly Value[]) this.elements.append(element);
    this.close(start);
  }
  /** Ends a row whose elements were appended to `elements` from position `start` on. */
  close(start: number): void {
    const at = this.next(true);
    this.starts[at] = start;
    this.lengths[at] = this.elements.length - start;
  }
  appendFrom(column: c.Column, i: number): void {
    if (column.isNull(i)) return this.appendNull();
    if (column.layout === "dictionary") return this.appendFrom(column.dictionary, column.codes[i]!);
    const start = this.elements.length;
    this.copyElements(column as c.ListColumn, i);
    this.close(start);
  }
  override appendRange(column: c.Column, from: number, to: number): void {
    const items = column.layout === "list" ? itemRange(column, from, to) : undefined;
    if (column.layout !== "list" || items === undefined) return super.appendRange(column, from, to);
    const shift = this.elements.length - items.first;
    const at = this.nextRange(column, from, to);
    this.elements.appendRange(column.elements, items.first, items.end);
    for (let i = from; i < to; i++) {
      this.starts[at + i - from] = column.starts[i]! + shift;
      this.lengths[at + i - from] = column.lengths[i]!;
    }
  }
  setFrom(slot: number, column: c.Column, i: number): void {
    this.mark(slot, !column.isNull(i));
    if (column.isNull(i)) return;
    if (column.layout === "dictionary") return this.setFrom(slot, column.dictionary, column.codes[i]!);
    this.starts[slot] = this.elements.length;
    this.lengths[slot] = (column as c.ListColumn).lengths[i]!;
    this.copyElements(column as c.ListColumn, i);
  }
  private copyElements(column: c.ListColumn, i: number): void {
    const end = column.starts[i]! + column.lengths[i]!;
    for (let k = column.starts[i]!; k < end; k++) this.elements.appendFrom(column.elements, k);
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
    const starts = copy ? this.starts.slice(0, length) : this.starts;
    const lengths = copy ? this.lengths.slice(0, length) : this.lengths;
    const elements = copy ? this.elements.finish() : this.elements.view();
    return new c.ListColumn(this.type, length, validity, starts, lengths, elements);
  }
  protected override truncateValues(): void {
    this.elements.truncate(this.endOf(this.starts, this.lengths));
  }
  protected resetValues(): void {
    this.elements.reset();
  }
  byteSize(): number {
    return this.starts.byteLength * 2 + this.elements.byteSize();
  }
}
