import type { DataType } from "../schema/data-type.js";
import type { Column } from "./column.js";
import type { AcceleratorFactory } from "./key/bytes-dictionary.js";
import { BytesLane } from "./key/bytes-lane.js";
import { DirectSlots } from "./key/direct-slots.js";
import { KeyFinder } from "./key/key-finder.js";
import { type KeyLayout, keyLayout } from "./key/key-layout.js";
import { ADD_MISSING, FIND, FIND_OR_ADD } from "./key/key-probe.js";
import { SEGMENT_MASK, SEGMENT_SHIFT } from "./key/key-segments.js";
import { KeySlots } from "./key/key-slots.js";
import { RowWords } from "./key/row-words.js";
import { takeColumn } from "./take.js";

const NONE = -1;

/** A key column of a table by slot. What it holds in slots that are not live is undefined. */
export interface KeyColumn {
  readonly type: DataType;
  /** The keys so far; valid until the next change of the table. */
  view(): Column;
}

/**
 * A hash table from key tuples to slots (0, 1, 2, ...), for groups, joins and state. Keys are equal as Spark groups them: null
 * equals null, NaN equals NaN, -0.0 equals 0.0 (and is given out as 0.0).
 *
 * A key is held as a few 32-bit words, strings as codes of a dictionary, so that hashing and comparing look at nothing but words
 * whatever the types are. A table of one string column needs no hash but the dictionary's. Keys that share a date or a timestamp lie
 * together in the index. New slots are given out in order; those of removed keys are used again.
 */
export class KeyTable {
  readonly types: readonly DataType[];
  /** Key columns by slot. */
  readonly keys: readonly KeyColumn[];
  private readonly layout: KeyLayout;
  private readonly rows: RowWords;
  private readonly slots: KeySlots;
  private readonly finder: KeyFinder;
  /** In place of the finder, for keys of a single string. */
  private readonly direct: DirectSlots | undefined;
  /** Whether all keys were appended and the finder has none of them. */
  private isAppended = false;
  /** What the last `find` was asked and gave, as long as it holds. */
  private lastColumns: readonly Column[] | undefined;
  private lastCount = 0;
  private lastSlots: Int32Array = new Int32Array(0);

  /** The table of whole keys that this one has the beginnings of. */
  private readonly whole: KeyTable | undefined;

  /** Without `accelerator` strings are looked up by ordinary code. For tables of beginnings see {@link KeyTable.ofBeginnings}. */
  constructor(types: readonly DataType[], accelerator?: AcceleratorFactory, whole?: KeyTable) {
    this.types = types;
    this.whole = whole;
    this.layout = keyLayout(types, accelerator, whole?.layout);
    this.rows = new RowWords(this.layout);
    this.slots = new KeySlots(this.layout, this.rows);
    this.finder = new KeyFinder(this.layout, this.rows, this.slots);
    const [first] = this.layout.lanes;
    this.direct =
      types.length === 1 && first instanceof BytesLane
        ? new DirectSlots(first.dictionary, this.rows, this.slots)
        : undefined;
    this.keys = types.map((type, k) => ({
      type,
      view: () => {
        this.slots.decode();
        return this.layout.lanes[k]!.column(this.slots.slotEnd);
      },
    }));
  }

  /**
   * A table of the beginnings, some columns long, of the keys of another one. It shares what that knows of strings, so that a beginning costs a few words, and
   * takes its keys from there: a key has to be there before its beginning comes, and its beginning has to go before it does. It gives no columns.
   */
  static ofBeginnings(whole: KeyTable, columnCount: number): KeyTable {
    return new KeyTable(whole.types.slice(0, columnCount), undefined, whole);
  }

  /** The slot of the beginning of the key in each of some slots of the whole table, added where it is new. */
  addBeginnings(of: Int32Array, rowCount: number, slots: Int32Array): void {
    this.lastColumns = undefined;
    this.rows.takeBeginnings(this.whole!.slots, of, rowCount);
    this.look(slots, FIND_OR_ADD);
  }

  /** Slots in use, removed ones not counted. */
  get rowCount(): number {
    return this.slots.rowCount;
  }

  /** One above the highest slot that was ever in use. */
  get slotCount(): number {
    return this.slots.slotEnd;
  }

  isLive(slot: number): boolean {
    return this.slots.live[slot] === 1;
  }

  /**
   * The slot of each row's key into `slots`, adding keys that are new. Returns how many were. Where the call before was a `find` of the same
   * array of columns, only what that did not find is looked at again: those columns must still be as they were.
   */
  findOrAdd(columns: readonly Column[], rowCount: number, slots: Int32Array): number {
    const before = this.rowCount;
    if (this.lastColumns === columns && this.lastCount === rowCount)
      this.addMissing(columns, rowCount, slots);
    else this.lookUp(columns, rowCount, slots, true);
    return this.rowCount - before;
  }

  /** The slot of each row's key into `slots`, or -1. */
  find(columns: readonly Column[], rowCount: number, slots: Int32Array): void {
    this.lookUp(columns, rowCount, slots, false);
    if (this.lastSlots.length < rowCount) this.lastSlots = new Int32Array(rowCount);
    this.lastSlots.set(slots.length === rowCount ? slots : slots.subarray(0, rowCount));
    this.lastColumns = columns;
    this.lastCount = rowCount;
  }

  /** Whether keys may be appended: there were never any, or all were appended and none has been asked for. */
  get takesAppended(): boolean {
    return this.isAppended || (this.slots.slotEnd === 0 && this.rowCount === 0);
  }

  /**
   * Adds keys that are all different and not there, and gives the slot of the first; those of the others follow. They are put into the index all at
   * once when one is asked for, which takes a fraction of the time that they would take one by one.
   */
  append(columns: readonly Column[], rowCount: number): number {
    this.lastColumns = undefined;
    this.isAppended = true;
    this.rows.encode(columns, rowCount, true, true);
    const first = this.slots.append();
    this.direct?.append(first);
    return first;
  }

  /** Lets the finder have what was appended. */
  private findAppended(): void {
    this.isAppended = false;
    if (this.direct === undefined) this.finder.fill();
  }

  /** Adds the keys that the last `find` of the same columns did not find. */
  private addMissing(columns: readonly Column[], rowCount: number, slots: Int32Array): void {
    const { lastSlots, rows } = this;
    for (let i = 0; i < rowCount; i++) slots[i] = lastSlots[i]!;
    if (this.direct === undefined && this.layout.shape.generated && !rows.hasUnknown) {
      // the words of that look-up are those of this one
      this.lastColumns = undefined;
      return this.finder.look(slots, ADD_MISSING);
    }
    const missing = new Int32Array(rowCount);
    let count = 0;
    for (let i = 0; i < rowCount; i++) if (slots[i] === NONE) missing[count++] = i;
    if (count === 0) return;
    if (count === rowCount) return this.lookUp(columns, rowCount, slots, true);
    const found = new Int32Array(count);
    this.lookUp(
      columns.map((column) => takeColumn(column, missing, count)),
      count,
      found,
      true,
    );
    for (let k = 0; k < count; k++) slots[missing[k]!] = found[k]!;
  }

  private lookUp(columns: readonly Column[], rowCount: number, slots: Int32Array, add: boolean): void {
    this.lastColumns = undefined;
    if (this.isAppended) this.findAppended();
    this.rows.encode(columns, rowCount, add, false);
    this.look(slots, add ? FIND_OR_ADD : FIND);
  }

  private look(slots: Int32Array, mode: number): void {
    const { direct } = this;
    if (direct === undefined) this.finder.look(slots, mode);
    else if (mode === FIND) direct.find(slots);
    else direct.findOrAdd(slots);
  }

  /** Removes the keys in some slots, each once. Where they are many, the index is gone through once for all of them. */
  removeSlots(removed: Int32Array): void {
    if (this.isAppended) this.findAppended();
    const { direct, finder, slots } = this;
    const { segments, width } = slots.entries;
    this.lastColumns = undefined;
    finder.beginRemoval(removed.length);
    // the first of them are used again first
    for (let k = removed.length - 1; k >= 0; k--) {
      const slot = removed[k]!;
      const segment = segments[slot >> SEGMENT_SHIFT]!;
      const at = (slot & SEGMENT_MASK) * width;
      if (direct !== undefined) direct.remove(segment[at]!);
      else finder.remove(slot, segment, at);
      slots.release(slot, segment, at);
    }
    if (direct === undefined) finder.endRemoval();
    slots.released(removed.length);
  }

  /** Forgets all keys and keeps the memory. */
  clear(): void {
    this.lastColumns = undefined;
    this.isAppended = false;
    this.finder.clear();
    this.direct?.clear();
    this.slots.clear();
    if (this.whole === undefined) for (const lane of this.layout.lanes) lane.clear();
  }

  byteSize(): number {
    const lanes =
      this.whole === undefined ? this.layout.lanes.reduce((sum, lane) => sum + lane.byteSize(), 0) : 0;
    return lanes + (this.direct?.byteSize() ?? 0) + this.slots.byteSize() + this.finder.byteSize();
  }
}
