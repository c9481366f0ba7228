import type { Column } from "../column.js";
import type { KeyRows } from "./key-lane.js";
import type { KeyLayout } from "./key-layout.js";
import { SEGMENT_MASK, SEGMENT_SHIFT } from "./key-segments.js";
import type { KeySlots } from "./key-slots.js";

/** The words of the rows that a table is asked for. */
export class RowWords implements KeyRows {
  words: Int32Array = new Int32Array(0);
  readonly stride: number;
  rowCount = 0;
  nulls: Int32Array = new Int32Array(0);
  readonly nullWords: number;
  hasNulls = false;
  hasUnknown = false;
  add = false;
  distinct = false;
  private readonly layout: KeyLayout;

  constructor(layout: KeyLayout) {
    this.layout = layout;
    this.stride = layout.width;
    this.nullWords = layout.nullWords;
  }

  /** Takes the keys of columns, all different and new where they are known to be `distinct`. */
  encode(columns: readonly Column[], rowCount: number, add: boolean, distinct: boolean): void {
    const { lanes, offsets } = this.layout;
    this.prepare(rowCount, add);
    this.distinct = distinct;
    for (let k = 0; k < lanes.length; k++) lanes[k]!.encode(columns[k]!, this, offsets[k]!);
  }

  /** Takes the beginnings of the keys in some slots of whole keys. */
  takeBeginnings(whole: KeySlots, of: Int32Array, rowCount: number): void {
    const { stride, nullWords } = this;
    this.prepare(rowCount, true);
    const { words, nulls } = this;
    for (let i = 0, to = 0; i < rowCount; i++) {
      const segment = whole.entries.segments[of[i]! >> SEGMENT_SHIFT]!;
      const at = (of[i]! & SEGMENT_MASK) * whole.entries.width;
      for (let k = 0; k < stride; k++) words[to++] = segment[at + k]!;
    }
    if (whole.nulls === undefined) return;
    for (let i = 0; i < rowCount; i++) {
      for (let k = 0; k < nullWords; k++) {
        const bits = whole.nulls.word(of[i]!, k) & this.nullMask(k);
        nulls[i * nullWords + k] = bits;
        if (bits !== 0) this.hasNulls = true;
      }
    }
  }

  /** Which bits of a word of null bits are of these columns; those behind them are of the rest of whole keys. */
  private nullMask(word: number): number {
    const bits = this.layout.nullBits - 32 * word;
    return bits >= 32 ? -1 : (1 << bits) - 1;
  }

  private prepare(rowCount: number, add: boolean): void {
    if (this.words.length < rowCount * this.stride) this.words = new Int32Array(rowCount * this.stride);
    if (this.nulls.length < rowCount * this.nullWords) this.nulls = new Int32Array(rowCount * this.nullWords);
    else if (this.hasNulls) this.nulls.fill(0);
    this.rowCount = rowCount;
    this.hasNulls = false;
    this.hasUnknown = false;
    this.add = add;
    this.distinct = false;
  }
}
