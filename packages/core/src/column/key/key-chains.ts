import { type KeySegments, SEGMENT_MASK, SEGMENT_SHIFT } from "./key-segments.js";

/** Keys with the same string that may be gone along for each row, on average. */
const STEPS_PER_ROW = 8;
/** What rows that take fewer leave to those that come later. */
const STEPS_SPARED = 1 << 16;

/** Where keys of a table with a string that is hardly ever the same in two of them are found: by the code of that string. */
export class KeyChains {
  /** Which word of a key is the code. */
  readonly word: number;
  /** By code plus one, so that a null has a place: the slot of its last key plus one, 0 where there is none. */
  heads: Int32Array = new Int32Array(0);
  /** By slot: the slot of the key before with the same code, plus one. */
  next: Int32Array = new Int32Array(0);
  /** Other keys that may be gone along yet; below 0 the chains have become too dear, and finding and removing keys may stop halfway. */
  allowance: number = STEPS_SPARED;
  /** The row before which the last look-up stopped. */
  reached = 0;

  constructor(word: number) {
    this.word = word;
  }

  /** Makes room for codes and slots. */
  reserve(codeCount: number, slotCount: number): void {
    if (this.heads.length <= codeCount) this.heads = grown(this.heads, codeCount + 1);
    if (this.next.length < slotCount) this.next = grown(this.next, slotCount);
  }

  /** Takes in the live slots of a table, when it has none. */
  fill(slots: KeySegments, slotEnd: number, live: Uint8Array): void {
    const { heads, next, word } = this;
    const { width, segments } = slots;
    for (let slot = 0; slot < slotEnd; slot++) {
      if (live[slot] === 0) continue;
      const place = segments[slot >> SEGMENT_SHIFT]![(slot & SEGMENT_MASK) * width + word]! + 1;
      next[slot] = heads[place]!;
      heads[place] = slot + 1;
    }
  }

  /** Allows what so many rows that are going to be found or removed may cost. */
  allow(rowCount: number): void {
    this.allowance = Math.min(this.allowance, STEPS_SPARED) + STEPS_PER_ROW * rowCount;
  }

  /** Takes out a slot that is in. */
  remove(code: number, slot: number): void {
    const { heads, next } = this;
    const head = heads[code + 1]!;
    if (head === slot + 1) {
      heads[code + 1] = next[slot]!;
      return;
    }
    let at = head - 1;
    let steps = 1;
    for (; next[at] !== slot + 1; steps++) at = next[at]! - 1;
    next[at] = next[slot]!;
    this.allowance -= steps;
  }

  byteSize(): number {
    return this.heads.byteLength + this.next.byteLength;
  }
}

function grown(old: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(Math.max(length, 512, old.length * 2));
  larger.set(old);
  return larger;
}
