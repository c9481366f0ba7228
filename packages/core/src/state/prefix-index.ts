import type { Column } from "../column/column.js";
import { KeyTable } from "../column/key-table.js";

const NONE = -1;

/** Pairs of a row that was asked for and a slot. */
export interface SlotPairs {
  readonly questions: Int32Array;
  readonly slots: Int32Array;
}

/**
 * Finds the slots of a family whose keys begin alike. Behind a table of the prefixes hang the slots of each, in the order in which they
 * came, as doubly linked lists in typed arrays; a prefix without slots is forgotten.
 */
export class PrefixIndex {
  private readonly table: KeyTable;
  /** Per prefix: its first slot, none where it has no slots (yet, or any more), and its last. */
  private heads: Int32Array = new Int32Array(512).fill(NONE);
  private tails: Int32Array = new Int32Array(512);
  /** Per slot: its prefix and its neighbours. */
  private prefixes: Int32Array = new Int32Array(512);
  private next: Int32Array = new Int32Array(512);
  private previous: Int32Array = new Int32Array(512);
  private scratch: Int32Array = new Int32Array(0);

  /** For the first `columnCount` columns of the keys of a table. */
  constructor(keys: KeyTable, columnCount: number) {
    this.table = KeyTable.ofBeginnings(keys, columnCount);
  }

  /** How many prefixes have slots. */
  get prefixCount(): number {
    return this.table.rowCount;
  }

  /** Adds slots that are not in the index; their keys are in the table. */
  add(slots: Int32Array, rowCount: number): void {
    const found = this.room(rowCount);
    this.table.addBeginnings(slots, rowCount, found);
    this.growPrefixes(this.table.slotCount);
    for (let i = 0; i < rowCount; i++) this.append(slots[i]!, found[i]!);
  }

  /** Takes slots out, each once, while their keys are still in the table. */
  remove(slots: Int32Array): void {
    const emptied = new Int32Array(slots.length);
    let count = 0;
    for (let k = 0; k < slots.length; k++) {
      const prefix = this.unlink(slots[k]!);
      if (prefix !== NONE) emptied[count++] = prefix;
    }
    this.table.removeSlots(emptied.subarray(0, count));
  }

  /** Takes a slot out of its list; gives the prefix if it was the last one. */
  private unlink(slot: number): number {
    const prefix = this.prefixes[slot]!;
    const before = this.previous[slot]!;
    const after = this.next[slot]!;
    if (before === NONE) this.heads[prefix] = after;
    else this.next[before] = after;
    if (after === NONE) this.tails[prefix] = before;
    else this.previous[after] = before;
    return before === NONE && after === NONE ? prefix : NONE;
  }

  /** The slots of each prefix asked for; those of a question are neighbours. */
  match(prefix: readonly Column[], rowCount: number): SlotPairs {
    const found = this.room(rowCount);
    this.table.find(prefix, rowCount, found);
    let questions = new Int32Array(Math.max(64, rowCount));
    let slots = new Int32Array(questions.length);
    let count = 0;
    for (let i = 0; i < rowCount; i++) {
      if (found[i] === NONE) continue;
      for (let slot = this.heads[found[i]!]!; slot !== NONE; slot = this.next[slot]!) {
        if (count === slots.length) {
          questions = grown(questions, count + 1);
          slots = grown(slots, count + 1);
        }
        questions[count] = i;
        slots[count++] = slot;
      }
    }
    return { questions: questions.subarray(0, count), slots: slots.subarray(0, count) };
  }

  byteSize(): number {
    return this.table.byteSize() + 8 * this.heads.length + 12 * this.prefixes.length;
  }

  private append(slot: number, prefix: number): void {
    if (slot >= this.prefixes.length) this.growSlots(slot + 1);
    const head = this.heads[prefix]!;
    this.prefixes[slot] = prefix;
    this.next[slot] = NONE;
    this.previous[slot] = head === NONE ? NONE : this.tails[prefix]!;
    if (head === NONE) this.heads[prefix] = slot;
    else this.next[this.tails[prefix]!] = slot;
    this.tails[prefix] = slot;
  }

  private room(rowCount: number): Int32Array {
    if (this.scratch.length < rowCount) this.scratch = new Int32Array(Math.max(4096, rowCount));
    return this.scratch;
  }

  private growPrefixes(length: number): void {
    const { length: before } = this.heads;
    if (before >= length) return;
    this.heads = grown(this.heads, length).fill(NONE, before);
    this.tails = grown(this.tails, length);
  }

  private growSlots(length: number): void {
    this.prefixes = grown(this.prefixes, length);
    this.next = grown(this.next, length);
    this.previous = grown(this.previous, length);
  }
}

/** A copy of at least `length`. */
function grown(old: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(length, old.length * 2));
  larger.set(old);
  return larger;
}
