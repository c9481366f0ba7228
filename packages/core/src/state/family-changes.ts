import { type ColumnBuilder, columnBuilder } from "../column/builder.js";
import type { Column } from "../column/column.js";
import type { StructType } from "../schema/struct-type.js";
import { CHANGED, LIVE, SETTLED } from "./slot-flags.js";
import { SlotList } from "./slot-list.js";

/** What the delta of a commit has to say of a family. */
export interface Changes {
  /** Keys that were there at the last commit and are to be removed first. */
  readonly removedKeys: readonly Column[];
  readonly removedCount: number;
  /** Slots of the rows that were put and are still there. */
  readonly slots: Int32Array;
}

/** What a family changed since the last commit. Which slots these are stands in their flags as well, which the methods are given. */
export class FamilyChanges {
  /** Slots put. One that was removed and used again stands here twice. */
  readonly puts: SlotList = new SlotList();
  /** Keys of the last commit that were removed. */
  private readonly removedKeys: ColumnBuilder[];
  private removedKeyCount = 0;
  /** Rows put and removed. */
  updatedCount = 0;
  removedCount = 0;

  constructor(keySchema: StructType) {
    this.removedKeys = keySchema.fields.map((field) => columnBuilder(field.type));
  }

  /** Notes that `rowCount` rows were removed, of which the last commit had those of `keys`. */
  removed(keys: readonly Column[], keyCount: number, rowCount: number): void {
    for (let k = 0; k < this.removedKeys.length; k++) this.removedKeys[k]!.appendRange(keys[k]!, 0, keyCount);
    this.removedKeyCount += keyCount;
    this.removedCount += rowCount;
  }

  /** Slots with a change, each once: where it stands last, which is where the key that it has now was put. */
  slots(flags: Uint8Array): Int32Array {
    // none was removed and used again
    if (this.removedCount === 0) return this.puts.toArray();
    const slots = new Int32Array(this.puts.length);
    let from = slots.length;
    for (const piece of this.puts.piecesBackwards()) {
      for (let k = piece.length - 1; k >= 0; k--) {
        const slot = piece[k]!;
        if ((flags[slot]! & CHANGED) === 0) continue;
        slots[--from] = slot;
        flags[slot]! &= ~CHANGED;
      }
    }
    for (let k = from; k < slots.length; k++) flags[slots[k]!]! |= CHANGED;
    return slots.subarray(from);
  }

  /** What the next delta has to say; null if nothing. */
  told(flags: Uint8Array): Changes | null {
    const slots = this.slots(flags);
    if (slots.length === 0 && this.removedKeyCount === 0) return null;
    return {
      removedKeys: this.removedKeys.map((key) => key.view()),
      removedCount: this.removedKeyCount,
      slots,
    };
  }

  /** Forgets the changes, in the flags too: they are durable. */
  forget(flags: Uint8Array): void {
    for (const slots of this.puts.pieces()) {
      for (let k = 0; k < slots.length; k++) flags[slots[k]!]! &= LIVE | SETTLED;
    }
    this.puts.clear();
    for (const key of this.removedKeys) key.reset();
    this.removedKeyCount = 0;
    this.updatedCount = 0;
    this.removedCount = 0;
  }
}
