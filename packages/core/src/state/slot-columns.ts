import {
  type ColumnBuilder,
  columnBuilder,
  Float64Builder,
  Int32Builder,
  Int64Builder,
} from "../column/builder.js";
import type { Column } from "../column/column.js";
import type { DataType } from "../schema/data-type.js";

/** Writes rows of a column into the slots of a builder, new slots at its end. The later of two rows for a slot wins. */
export function putRows(builder: ColumnBuilder, column: Column, slots: Int32Array, rowCount: number): void {
  if (putPlainRows(builder, column, slots, rowCount)) return;
  for (let i = 0; i < rowCount; i++) {
    const slot = slots[i]!;
    if (slot < builder.length) builder.setFrom(slot, column, i);
    else builder.appendFrom(column, i);
  }
}

/** The layouts that most aggregates have, where nothing is null: plain loops over numbers, no bigint is made. */
function putPlainRows(builder: ColumnBuilder, column: Column, slots: Int32Array, rowCount: number): boolean {
  if (column.validity !== null || builder.view().validity !== null) return false;
  if (column.layout === "int64" && builder instanceof Int64Builder) {
    extend(builder, slots, rowCount);
    const target = new Int32Array(builder.values.buffer);
    const { words } = column;
    for (let i = 0; i < rowCount; i++) {
      const at = 2 * slots[i]!;
      target[at] = words[2 * i]!;
      target[at + 1] = words[2 * i + 1]!;
    }
    return true;
  }
  if (column.layout === "float64" && builder instanceof Float64Builder) {
    extend(builder, slots, rowCount);
    const { values: target } = builder;
    const { values } = column;
    for (let i = 0; i < rowCount; i++) target[slots[i]!] = values[i]!;
    return true;
  }
  if (column.layout === "int32" && builder instanceof Int32Builder) {
    extend(builder, slots, rowCount);
    const { values: target } = builder;
    const { values } = column;
    for (let i = 0; i < rowCount; i++) target[slots[i]!] = values[i]!;
    return true;
  }
  return false;
}

function extend(builder: ColumnBuilder, slots: Int32Array, rowCount: number): void {
  let end = builder.length;
  for (let i = 0; i < rowCount; i++) if (slots[i]! >= end) end = slots[i]! + 1;
  while (builder.length < end) builder.next(true);
}

/** Whether writing over rows of a type leaves memory behind that its builder never takes back. */
export function leavesGarbage(type: DataType): boolean {
  switch (type.kind) {
    case "array":
    case "map":
      return true;
    case "struct":
      return type.fields.some((field) => leavesGarbage(field.type));
    default:
      return false;
  }
}

/** A builder of the same rows by slot, without what was written over; slots that are not live become null. */
export function compacted(builder: ColumnBuilder, isLive: (slot: number) => boolean): ColumnBuilder {
  const fresh = columnBuilder(builder.type);
  const column = builder.view();
  for (let slot = 0; slot < builder.length; slot++) {
    if (isLive(slot)) fresh.appendFrom(column, slot);
    else fresh.appendNull();
  }
  return fresh;
}
