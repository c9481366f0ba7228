import type { Column, DataType, KeyTable } from "@ss/core";
import { kernelKeyTable } from "../keys/kernel-key-table.js";

/** Numbers keys from 0 in the order in which they come. */
export class KeyNumbers {
  private readonly table: KeyTable;
  private readonly keyless: boolean;
  count = 0;

  constructor(types: readonly DataType[]) {
    this.table = kernelKeyTable(types);
    this.keyless = types.length === 0;
  }

  /** The number of each row's key, begun anew. */
  of(keys: readonly Column[], rowCount: number): Int32Array {
    const numbers = new Int32Array(rowCount);
    this.table.clear();
    if (!this.keyless) this.table.findOrAdd(keys, rowCount, numbers);
    this.count = this.keyless ? Math.min(1, rowCount) : this.table.slotCount;
    return numbers;
  }

  /** The columns of the keys by number; valid until keys are numbered again. */
  columns(): readonly Column[] {
    return this.table.keys.map((key) => key.view());
  }

  byteSize(): number {
    return this.table.byteSize();
  }
}
