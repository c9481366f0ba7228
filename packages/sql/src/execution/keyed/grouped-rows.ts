import { type Column, type ColumnBuilder, columnBuilder, type KeyTable } from "@ss/core";
import type { Attribute } from "../../expression/expression.js";
import type { Rows } from "../../logical/rows.js";
import { kernelKeyTable } from "../keys/kernel-key-table.js";

/**
 * The rows of a batch, copied and grouped by their keys. Groups are numbered in the order of their first rows, and the rows of a group keep
 * their order.
 */
export class GroupedRows {
  private readonly table: KeyTable;
  private readonly builders: readonly ColumnBuilder[];
  private groupOfRow: Int32Array = new Int32Array(1024);
  private rowCount = 0;

  constructor(keys: readonly Attribute[], inputs: readonly Attribute[]) {
    this.table = kernelKeyTable(keys.map((key) => key.type));
    this.builders = inputs.map((column) => columnBuilder(column.type));
  }

  /** Adds rows by their key columns and the columns that are kept. */
  add(keys: readonly Column[], { columns, rowCount }: Rows): void {
    const total = this.rowCount + rowCount;
    if (total > this.groupOfRow.length) {
      const larger = new Int32Array(Math.max(total, this.groupOfRow.length * 2));
      larger.set(this.groupOfRow);
      this.groupOfRow = larger;
    }
    this.table.findOrAdd(keys, rowCount, this.groupOfRow.subarray(this.rowCount, total));
    for (let k = 0; k < columns.length; k++) this.builders[k]!.appendRange(columns[k]!, 0, rowCount);
    this.rowCount = total;
  }

  /** The groups of some keys, which become groups without rows where there were none. */
  groupsOf(keys: readonly Column[], rowCount: number): Int32Array {
    const groups = new Int32Array(rowCount);
    this.table.findOrAdd(keys, rowCount, groups);
    return groups;
  }

  get groupCount(): number {
    return this.table.slotCount;
  }

  /** The key columns by group. */
  keys(): readonly Column[] {
    return this.table.keys.map((key) => key.view());
  }

  /** The rows that were added. */
  columns(): readonly Column[] {
    return this.builders.map((builder) => builder.view());
  }

  /** Where the rows of the groups are: those of group g are `rows[starts[g] .. starts[g + 1])`. */
  order(): { readonly rows: Int32Array; readonly starts: Int32Array } {
    const { groupCount, rowCount, groupOfRow } = this;
    const starts = new Int32Array(groupCount + 1);
    for (let i = 0; i < rowCount; i++) starts[groupOfRow[i]! + 1]!++;
    for (let g = 0; g < groupCount; g++) starts[g + 1]! += starts[g]!;
    const next = starts.slice();
    const rows = new Int32Array(rowCount);
    for (let i = 0; i < rowCount; i++) rows[next[groupOfRow[i]!]!++] = i;
    return { rows, starts };
  }

  byteSize(): number {
    const bytes = this.builders.reduce((sum, builder) => sum + builder.byteSize(), 0);
    return bytes + this.table.byteSize() + this.groupOfRow.byteLength;
  }
}

/** Rows of one group as objects that are made when they are asked for; they may be gone through more than once. */
export class GroupObjects implements Iterable<object> {
  private readonly rows: Int32Array;
  private readonly from: number;
  private readonly to: number;
  private readonly read: (i: number) => object;

  constructor(rows: Int32Array, from: number, to: number, read: (i: number) => object) {
    this.rows = rows;
    this.from = from;
    this.to = to;
    this.read = read;
  }

  *[Symbol.iterator](): Iterator<object> {
    for (let k = this.from; k < this.to; k++) yield this.read(this.rows[k]!);
  }
}
