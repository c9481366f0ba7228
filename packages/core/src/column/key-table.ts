import type { DataType } from "../schema/data-type.js";
import { type ColumnBuilder, columnBuilder } from "./builder.js";
import type { Column } from "./column.js";
import { hashColumns, keyEquality, type RowEquality } from "./key-hash.js";

const EMPTY = -1;

/**
 * A hash table from key tuples to slots (0, 1, 2, ...), for groups, joins and state. Keys live in columns by slot, so that
 * a result is ready without a copy; the index is open addressing over slots with their hashes beside them. Keys are equal
 * as Spark groups them: null equals null, NaN equals NaN, -0.0 equals 0.0.
 *
 * Slots of removed keys are used again.
 */
export class KeyTable {
  readonly types: readonly DataType[];
  /** Key columns by slot. */
  readonly keys: readonly ColumnBuilder[];
  /** Slots in use, removed ones not counted. */
  rowCount = 0;
  private index: Int32Array = new Int32Array(1024).fill(EMPTY);
  private hashes: Int32Array = new Int32Array(512);
  /** 1 where a slot holds a key. */
  private live: Uint8Array = new Uint8Array(512);
  private slotEnd = 0;
  private free: number[] = [];
  private probe: Int32Array = new Int32Array(0);

  constructor(types: readonly DataType[]) {
    this.types = types;
    this.keys = types.map(columnBuilder);
  }

  /** One above the highest slot that was ever in use. */
  get slotCount(): number {
    return this.slotEnd;
  }

  isLive(slot: number): boolean {
    return this.live[slot] === 1;
  }

  /** The slot of each row's key into `slots`, adding keys that are new. Returns how many were. */
  findOrAdd(columns: readonly Column[], rowCount: number, slots: Int32Array): number {
    const hashes = this.hash(columns, rowCount);
    const equality = this.equality(columns);
    let added = 0;
    for (let i = 0; i < rowCount; i++) {
      if ((this.rowCount + 1) * 2 > this.index.length) this.rehash(this.index.length * 2);
      const mask = this.index.length - 1;
      const hash = hashes[i]!;
      let at = hash & mask;
      let slot = this.index[at]!;
      while (slot !== EMPTY && !(this.hashes[slot] === hash && equality(i, slot))) {
        at = (at + 1) & mask;
        slot = this.index[at]!;
      }
      if (slot === EMPTY) {
        slot = this.add(columns, i, hash);
        this.index[at] = slot;
        added++;
      }
      slots[i] = slot;
    }
    return added;
  }

  /** The slot of each row's key into `slots`, or -1. */
  find(columns: readonly Column[], rowCount: number, slots: Int32Array): void {
    const hashes = this.hash(columns, rowCount);
    const equality = this.equality(columns);
    const mask = this.index.length - 1;
    for (let i = 0; i < rowCount; i++) {
      const hash = hashes[i]!;
      let at = hash & mask;
      let slot = this.index[at]!;
      while (slot !== EMPTY && !(this.hashes[slot] === hash && equality(i, slot))) {
        at = (at + 1) & mask;
        slot = this.index[at]!;
      }
      slots[i] = slot;
    }
  }

  /** Removes the key in a slot. */
  removeSlot(slot: number): void {
    const mask = this.index.length - 1;
    let at = this.hashes[slot]! & mask;
    while (this.index[at] !== slot) at = (at + 1) & mask;
    this.closeGap(at, mask);
    this.live[slot] = 0;
    this.free.push(slot);
    this.rowCount--;
  }

  /** Forgets all keys and keeps the memory. */
  clear(): void {
    this.index.fill(EMPTY);
    this.live.fill(0);
    for (const key of this.keys) key.reset();
    this.rowCount = 0;
    this.slotEnd = 0;
    this.free = [];
  }

  byteSize(): number {
    const keys = this.keys.reduce((sum, key) => sum + key.byteSize(), 0);
    return keys + this.index.byteLength + this.hashes.byteLength + this.live.byteLength;
  }

  private hash(columns: readonly Column[], rowCount: number): Int32Array {
    if (this.probe.length < rowCount) this.probe = new Int32Array(rowCount);
    hashColumns(columns, rowCount, this.probe);
    return this.probe;
  }

  private equality(columns: readonly Column[]): RowEquality {
    const parts = columns.map((column, k) => keyEquality(column, this.keys[k]!));
    if (parts.length === 0) return () => true;
    if (parts.length === 1) return parts[0]!;
    if (parts.length === 2) {
      const [a, b] = parts as [RowEquality, RowEquality];
      return (i, slot) => a(i, slot) && b(i, slot);
    }
    return (i, slot) => {
      for (let k = 0; k < parts.length; k++) if (!parts[k]!(i, slot)) return false;
      return true;
    };
  }

  private add(columns: readonly Column[], i: number, hash: number): number {
    const reused = this.free.pop();
    let slot: number;
    if (reused === undefined) {
      slot = this.slotEnd++;
      if (slot >= this.hashes.length) this.growSlots();
      for (let k = 0; k < columns.length; k++) this.keys[k]!.appendFrom(columns[k]!, i);
    } else {
      slot = reused;
      for (let k = 0; k < columns.length; k++) this.keys[k]!.setFrom(slot, columns[k]!, i);
    }
    this.hashes[slot] = hash;
    this.live[slot] = 1;
    this.rowCount++;
    return slot;
  }

  private growSlots(): void {
    const hashes = new Int32Array(this.hashes.length * 2);
    hashes.set(this.hashes);
    this.hashes = hashes;
    const live = new Uint8Array(hashes.length);
    live.set(this.live);
    this.live = live;
  }

  private rehash(size: number): void {
    const index = new Int32Array(size).fill(EMPTY);
    const mask = size - 1;
    for (let slot = 0; slot < this.slotEnd; slot++) {
      if (this.live[slot] === 0) continue;
      let at = this.hashes[slot]! & mask;
      while (index[at] !== EMPTY) at = (at + 1) & mask;
      index[at] = slot;
    }
    this.index = index;
  }

  /** Backward-shift deletion: moves later entries of the run up, so that no tombstones are needed. */
  private closeGap(hole: number, mask: number): void {
    let gap = hole;
    let at = (gap + 1) & mask;
    while (this.index[at] !== EMPTY) {
      const home = this.hashes[this.index[at]!]! & mask;
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        this.index[gap] = this.index[at]!;
        gap = at;
      }
      at = (at + 1) & mask;
    }
    this.index[gap] = EMPTY;
  }
}
