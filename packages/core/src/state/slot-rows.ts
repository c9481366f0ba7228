import { type ColumnBuilder, columnBuilder } from "../column/builder.js";
import type { Column } from "../column/column.js";
import type { KeyTable } from "../column/key-table.js";
import { runStart, sliceColumn, takeColumn } from "../column/take.js";
import type { StructType } from "../schema/struct-type.js";
import { compacted, leavesGarbage, putRows } from "./slot-columns.js";
import { LIVE } from "./slot-flags.js";
import type { StateRows } from "./state-store.js";

/** Value columns that writing over makes grow are copied when they have doubled beyond this many bytes. */
const COMPACT_BYTES = 1 << 20;

/** What stands in the slots of a family: the keys of its table, and beside them the values. */
export class SlotRows {
  private readonly table: KeyTable;
  private builders: ColumnBuilder[];
  private compactAt: number = COMPACT_BYTES;

  constructor(table: KeyTable, valueSchema: StructType) {
    this.table = table;
    this.builders = valueSchema.fields.map((field) => columnBuilder(field.type));
  }

  /** Key, then value columns by slot. */
  columns(): readonly Column[] {
    return [...this.keys(), ...this.values()];
  }

  /** Key and value columns by slot. */
  apart(): Pick<StateRows, "keys" | "values"> {
    return { keys: this.keys(), values: this.values() };
  }

  /** Value columns by slot. */
  values(): readonly Column[] {
    return this.builders.map((builder) => builder.view());
  }

  private keys(): readonly Column[] {
    return this.table.keys.map((key) => key.view());
  }

  /** Writes values into slots, the later of two rows for one slot last. */
  put(slots: Int32Array, values: readonly Column[], rowCount: number): void {
    const { builders } = this;
    for (let k = 0; k < builders.length; k++) putRows(builders[k]!, values[k]!, slots, rowCount);
  }

  /** Writes values into the slots that follow the last one. */
  append(values: readonly Column[], rowCount: number): void {
    const { builders } = this;
    for (let k = 0; k < builders.length; k++) builders[k]!.appendRange(values[k]!, 0, rowCount);
  }

  clearValues(): void {
    for (const builder of this.builders) builder.reset();
  }

  valueBytes(): number {
    return this.builders.reduce((sum, builder) => sum + builder.byteSize(), 0);
  }

  /** The rows of some slots. */
  gather(slots: Int32Array): StateRows {
    const { keys, values } = this.apart();
    return {
      keys: keys.map((column) => rowsOf(column, slots)),
      values: values.map((column) => rowsOf(column, slots)),
      rowCount: slots.length,
    };
  }

  /** The live rows of the slots `from .. to)`: as a view where all of them are. */
  live(flags: Uint8Array, from: number, to: number): StateRows {
    let count = 0;
    const slots = new Int32Array(to - from);
    for (let slot = from; slot < to; slot++) if ((flags[slot]! & LIVE) !== 0) slots[count++] = slot;
    if (count < to - from) return this.gather(slots.subarray(0, count));
    const { keys, values } = this.apart();
    return {
      keys: keys.map((column) => sliceColumn(column, from, to)),
      values: values.map((column) => sliceColumn(column, from, to)),
      rowCount: count,
    };
  }

  /** Copies the values whose columns hold much that was written over. */
  compact(flags: Uint8Array): void {
    if (this.garbageBytes() < this.compactAt) return;
    const isLive = (slot: number): boolean => (flags[slot]! & LIVE) !== 0;
    this.builders = this.builders.map((value) =>
      leavesGarbage(value.type) ? compacted(value, isLive) : value,
    );
    this.compactAt = Math.max(COMPACT_BYTES, 2 * this.garbageBytes());
  }

  /** Bytes of the columns that may hold what was written over. */
  private garbageBytes(): number {
    return this.builders.reduce((sum, value) => sum + (leavesGarbage(value.type) ? value.byteSize() : 0), 0);
  }
}

/** The rows of some slots: as a view where they are neighbours. */
function rowsOf(column: Column, slots: Int32Array): Column {
  const first = runStart(slots);
  const isPlain = column.validity === null && column.layout !== "struct";
  const isView = first >= 0 && (isPlain || first % 8 === 0);
  return isView ? sliceColumn(column, first, first + slots.length) : takeColumn(column, slots, slots.length);
}
