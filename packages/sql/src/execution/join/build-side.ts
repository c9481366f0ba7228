import {
  type Column,
  type ColumnBuilder,
  columnBuilder,
  DictionaryColumn,
  type KeyTable,
  takeColumn,
} from "@ss/core";
import type { Attribute } from "../../expression/expression.js";
import { typeOf } from "../../expression/type-of.js";
import type { Rows } from "../../logical/rows.js";
import { kernelKeyTable } from "../keys/kernel-key-table.js";
import { grown, NONE } from "./pairs.js";

/** The held side: its rows, a table of its keys, and chains of rows with equal keys. */
export class BuildSide {
  readonly table: KeyTable;
  /** First row of a key's slot, and the next row of the same key. */
  heads: Int32Array = new Int32Array(1024).fill(NONE);
  next: Int32Array = new Int32Array(1024);
  rowCount = 0;
  /** Whether some row has a null in its key. */
  hasNullKey = false;
  /** Whether no two rows have the same key. */
  unique = true;
  private readonly columns: readonly ColumnBuilder[];
  private tails: Int32Array = new Int32Array(1024);
  private slots: Int32Array = new Int32Array(0);
  private views: readonly Column[] = [];

  constructor(output: readonly Attribute[], keys: readonly Attribute[]) {
    this.columns = output.map((attribute) => columnBuilder(attribute.type));
    this.table = kernelKeyTable(keys.map(typeOf));
  }

  /** Forgets all rows. */
  reset(): void {
    this.table.clear();
    for (const column of this.columns) column.reset();
    this.rowCount = 0;
    this.hasNullKey = false;
    this.unique = true;
  }

  byteSize(): number {
    const columns = this.columns.reduce((sum, column) => sum + column.byteSize(), 0);
    return columns + this.table.byteSize() + this.heads.byteLength * 2 + this.next.byteLength;
  }

  /** Adds rows; `usable` has 0 where a key cannot match anything. */
  add(batch: Rows, keys: readonly Column[], usable: Uint8Array | undefined): void {
    const { rowCount } = batch;
    if (this.slots.length < rowCount) this.slots = new Int32Array(rowCount);
    const before = this.table.slotCount;
    this.table.findOrAdd(keys, rowCount, this.slots);
    this.reserve(this.rowCount + rowCount, this.table.slotCount, before);
    for (let k = 0; k < this.columns.length; k++) {
      this.columns[k]!.appendRange(batch.columns[k]!, 0, rowCount);
    }
    for (let i = 0; i < rowCount; i++) this.chain(this.rowCount++, this.slots[i]!, usable?.[i] !== 0);
  }

  private chain(row: number, slot: number, usable: boolean): void {
    this.next[row] = NONE;
    // a row whose key is null matches nothing, but an outer join still gives it out
    if (!usable) {
      this.hasNullKey = true;
      return;
    }
    if (this.heads[slot] === NONE) this.heads[slot] = row;
    else {
      this.next[this.tails[slot]!] = row;
      this.unique = false;
    }
    this.tails[slot] = row;
  }

  private reserve(rows: number, slots: number, from: number): void {
    if (this.next.length < rows) this.next = grown(this.next, rows);
    if (this.heads.length < slots) {
      this.heads = grown(this.heads, slots);
      this.tails = grown(this.tails, slots);
    }
    this.heads.fill(NONE, from, slots);
  }

  finish(): void {
    this.views = this.columns.map((column) => column.view());
  }

  /** The rows at `positions`; texts are not moved but referred to, and keep the same dictionary from call to call. */
  take(positions: Int32Array, count: number): readonly Column[] {
    let codes: Int32Array | undefined;
    let validity: Uint8Array | null = null;
    return this.views.map((column) => {
      if (column.layout !== "bytes" || column.validity !== null || column.length === 0) {
        return takeColumn(column, positions, count);
      }
      if (codes === undefined) {
        validity = presence(positions, count);
        codes = validity === null ? positions.subarray(0, count) : withoutNegative(positions, count);
      }
      return new DictionaryColumn(column.type, count, validity, codes, column);
    });
  }
}

/** A bitmap of the positions that are some; null if all are. */
function presence(positions: Int32Array, count: number): Uint8Array | null {
  let i = 0;
  while (i < count && positions[i]! >= 0) i++;
  if (i === count) return null;
  const bits = new Uint8Array((count + 7) >> 3);
  for (let k = 0; k < count; k++) if (positions[k]! >= 0) bits[k >> 3]! |= 1 << (k & 7);
  return bits;
}

function withoutNegative(positions: Int32Array, count: number): Int32Array {
  const codes = positions.slice(0, count);
  for (let k = 0; k < count; k++) if (codes[k]! < 0) codes[k] = 0;
  return codes;
}
