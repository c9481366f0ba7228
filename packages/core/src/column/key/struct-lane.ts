import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import { type KeyLane, type KeyRows, plainValues, SlotValidity, setNullBit } from "./key-lane.js";
import type { KeySegments } from "./key-segments.js";

/** A struct, taken apart into its fields; its own bit tells a null struct from one of nulls. */
export class StructLane implements KeyLane {
  readonly type: DataType;
  readonly width: number;
  readonly bit: number;
  readonly counts: boolean;
  private readonly children: readonly KeyLane[];
  private readonly isNull: SlotValidity = new SlotValidity();

  constructor(type: DataType, bit: number, children: readonly KeyLane[]) {
    this.type = type;
    this.bit = bit;
    this.children = children;
    this.counts = children.some((child) => child.counts);
    this.width = children.reduce((sum, child) => sum + child.width, 0);
  }

  encode(column: c.Column, rows: KeyRows, offset: number): void {
    const { children } = plainValues(column, rows.rowCount) as c.StructColumn;
    this.each(offset, (child, at, k) => child.encode(children[k]!, rows, at));
    if (column.validity === null) return;
    for (let i = 0; i < rows.rowCount; i++) if (column.isNull(i)) this.writeNull(rows, i, offset);
  }
  writeNull(rows: KeyRows, i: number, offset: number): void {
    this.each(offset, (child, at) => child.writeNull(rows, i, at));
    setNullBit(rows, i, this.bit);
  }
  retain(words: Int32Array, at: number): void {
    this.each(at, (child, childAt) => child.retain(words, childAt));
  }
  release(words: Int32Array, at: number): void {
    this.each(at, (child, childAt) => child.release(words, childAt));
  }
  sweep(): void {
    for (const child of this.children) child.sweep();
  }
  decode(
    words: Int32Array,
    at: number,
    stride: number,
    nulls: KeySegments | undefined,
    slot: number,
    count: number,
  ): void {
    this.each(at, (child, childAt) => child.decode(words, childAt, stride, nulls, slot, count));
    this.isNull.take(nulls, this.bit, slot, count);
  }
  column(length: number): c.Column {
    const children = this.children.map((child) => child.column(length));
    return new c.StructColumn(this.type, length, this.isNull.validity(), children);
  }
  clear(): void {
    for (const child of this.children) child.clear();
    this.isNull.clear();
  }
  byteSize(): number {
    return this.children.reduce((sum, child) => sum + child.byteSize(), this.isNull.byteSize());
  }

  private each(offset: number, call: (child: KeyLane, offset: number, k: number) => void): void {
    let at = offset;
    for (let k = 0; k < this.children.length; k++) {
      call(this.children[k]!, at, k);
      at += this.children[k]!.width;
    }
  }
}
