import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import type { MapValue, Value } from "../value.js";
import { ColumnBuilder, INITIAL_ROWS } from "./column-builder.js";
import { itemRange } from "./item-range.js";

/** Builds columns of maps. */
export class MapBuilder extends ColumnBuilder {
  starts: Int32Array = new Int32Array(INITIAL_ROWS);
  lengths: Int32Array = new Int32Array(INITIAL_ROWS);
  readonly keys: ColumnBuilder;
  readonly mapValues: ColumnBuilder;
  constructor(type: DataType, keys: ColumnBuilder, mapValues: ColumnBuilder) {
    super(type);
    this.keys = keys;
    this.mapValues = mapValues;
  }
  append(value: Value): void {
    if (value === null) return this.appendNull();
    const { keys, values } = value as MapValue;
    const start = this.keys.length;
    for (const key of keys) this.keys.append(key);
    for (const element of values) this.mapValues.append(element);
    this.close(start);
  }
  /** Ends a row whose entries were appended from position `start` on. */
  close(start: number): void {
    const at = this.next(true);
    this.starts[at] = start;
    this.lengths[at] = this.keys.length - start;
  }
  appendFrom(column: c.Column, i: number): void {
    if (column.isNull(i)) return this.appendNull();
    if (column.layout === "dictionary") return this.appendFrom(column.dictionary, column.codes[i]!);
    const start = this.keys.length;
    this.copyEntries(column as c.MapColumn, i);
    this.close(start);
  }
  override appendRange(column: c.Column, from: number, to: number): void {
    const items = column.layout === "map" ? itemRange(column, from, to) : undefined;
    if (column.layout !== "map" || items === undefined) return super.appendRange(column, from, to);
    const shift = this.keys.length - items.first;
    const at = this.nextRange(column, from, to);
    this.keys.appendRange(column.keys, items.first, items.end);
    this.mapValues.appendRange(column.mapValues, items.first, items.end);
    for (let i = from; i < to; i++) {
      this.starts[at + i - from] = column.starts[i]! + shift;
      this.lengths[at + i - from] = column.lengths[i]!;
    }
  }
  setFrom(slot: number, column: c.Column, i: number): void {
    this.mark(slot, !column.isNull(i));
    if (column.isNull(i)) return;
    if (column.layout === "dictionary") return this.setFrom(slot, column.dictionary, column.codes[i]!);
    this.starts[slot] = this.keys.length;
    this.lengths[slot] = (column as c.MapColumn).lengths[i]!;
    this.copyEntries(column as c.MapColumn, i);
  }
  private copyEntries(column: c.MapColumn, i: number): void {
    const end = column.starts[i]! + column.lengths[i]!;
    for (let k = column.starts[i]!; k < end; k++) {
      this.keys.appendFrom(column.keys, k);
      this.mapValues.appendFrom(column.mapValues, k);
    }
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
    const keys = copy ? this.keys.finish() : this.keys.view();
    const mapValues = copy ? this.mapValues.finish() : this.mapValues.view();
    return new c.MapColumn(this.type, length, validity, starts, lengths, keys, mapValues);
  }
  protected override truncateValues(): void {
    const end = this.endOf(this.starts, this.lengths);
    this.keys.truncate(end);
    this.mapValues.truncate(end);
  }
  protected resetValues(): void {
    this.keys.reset();
    this.mapValues.reset();
  }
  byteSize(): number {
    return this.starts.byteLength * 2 + this.keys.byteSize() + this.mapValues.byteSize();
  }
}
