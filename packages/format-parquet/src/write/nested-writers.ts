import type { Column, ListColumn, StructColumn } from "@ss/core";
import type * as arrow from "@uwdata/flechette";
import { type ArrowPart, ArrowWriter } from "./arrow-writer.js";
import { GrowingArray } from "./growing-array.js";

/** ARRAY and MAP: offsets into children. */
export class ListWriter extends ArrowWriter {
  readonly type: arrow.DataType;
  private readonly offsets = new GrowingArray((length) => new Int32Array(length));
  private readonly child: ArrowWriter;
  private readonly entries: (column: Column) => Column;

  constructor(type: arrow.DataType, child: ArrowWriter, entries: (column: Column) => Column) {
    super();
    this.type = type;
    this.child = child;
    this.entries = entries;
    this.clearValues();
  }
  protected reserve(rows: number): void {
    this.offsets.reserve(rows);
  }
  protected put(column: Column, i: number): void {
    const { starts, lengths } = column as ListColumn;
    this.child.append(this.entries(column), starts[i]!, starts[i]! + lengths[i]!);
    this.putNull();
  }
  protected putNull(): void {
    this.offsets.reserve(1);
    this.offsets.values[this.offsets.length++] = this.child.length;
  }
  part(): ArrowPart {
    const { length, type } = this;
    const children = [this.child.part()];
    return {
      length,
      nullCount: this.validity.zeros,
      type,
      validity: this.bits(),
      offsets: this.offsets.used(),
      children,
    };
  }
  byteSize(): number {
    return this.offsets.length * 4 + this.child.byteSize();
  }
  protected clearValues(): void {
    this.child.clear();
    this.offsets.length = 1;
    this.offsets.values[0] = 0;
  }
}

/** STRUCT. */
export class StructWriter extends ArrowWriter {
  readonly type: arrow.DataType;
  private readonly children: readonly ArrowWriter[];
  private readonly columnsOf: (column: Column) => readonly Column[];

  constructor(
    type: arrow.DataType,
    children: readonly ArrowWriter[],
    columnsOf: (column: Column) => readonly Column[] = (column) => (column as StructColumn).children,
  ) {
    super();
    this.type = type;
    this.children = children;
    this.columnsOf = columnsOf;
  }
  protected reserve(): void {}
  protected put(column: Column, i: number): void {
    const columns = this.columnsOf(column);
    for (let k = 0; k < this.children.length; k++) this.children[k]!.append(columns[k]!, i, i + 1);
  }
  protected putNull(): void {
    for (const child of this.children) child.appendNull();
  }
  part(): ArrowPart {
    const { length, type } = this;
    const children = this.children.map((child) => child.part());
    return { length, nullCount: this.validity.zeros, type, validity: this.bits(), children };
  }
  byteSize(): number {
    return this.children.reduce((sum, child) => sum + child.byteSize(), 0);
  }
  protected clearValues(): void {
    for (const child of this.children) child.clear();
  }
}

/** The entries of a map as rows of a struct: its keys and values are the children. */
export class EntriesWriter extends StructWriter {
  override append(column: Column, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      this.validity.append(true);
      this.put(column, i);
    }
  }
}
