import type { DataType } from "../../schema/data-type.js";
import type * as c from "../column.js";
import { takeColumn } from "../take.js";
import type { KeySegments } from "./key-segments.js";

/** Keys of a batch as words: row i is `words[i * stride .. (i + 1) * stride)`, the words of one lane after the other's. */
export interface KeyRows {
  readonly words: Int32Array;
  readonly stride: number;
  readonly rowCount: number;
  /** One bit per lane that marks nulls so, of row i in `nulls[i * nullWords ...]`. */
  readonly nulls: Int32Array;
  readonly nullWords: number;
  /** Set when a bit of `nulls` was. */
  hasNulls: boolean;
  /** Set when a word stands for something that a dictionary does not have, so that no key of the table has it. */
  hasUnknown: boolean;
  /** Whether what is not known yet is to be added to dictionaries. */
  readonly add: boolean;
  /** Whether the keys are known to be all different and new. */
  readonly distinct: boolean;
}

/**
 * One key column (or a field of one) as words: equal values have equal words. Where a value is null all words of it are 0 and its bit
 * is set, unless the lane says otherwise.
 */
export interface KeyLane {
  readonly type: DataType;
  /** Words per row. */
  readonly width: number;
  /** Place of its null bit; the bits of a struct's fields follow it. */
  readonly bit: number;
  encode(column: c.Column, rows: KeyRows, offset: number): void;
  /** Writes a null to row `i`. */
  writeNull(rows: KeyRows, i: number, offset: number): void;
  /** Whether `retain` and `release` do anything. */
  readonly counts: boolean;
  /** Called when a slot takes up words, and when it gives them back. */
  retain(words: Int32Array, at: number): void;
  release(words: Int32Array, at: number): void;
  /** Lets go of what slots alone referred to that were released since the last time. */
  sweep(): void;
  /** Copies the keys of the slots `slot .. slot + count)` to the lane's column; the first begins at `words[at]`. */
  decode(
    words: Int32Array,
    at: number,
    stride: number,
    nulls: KeySegments | undefined,
    slot: number,
    count: number,
  ): void;
  /** The keys that were decoded, slots up to `length`, as a column that is valid until the next one is. */
  column(length: number): c.Column;
  /** Forgets what no slot refers to any more; called when no slot is in use. */
  clear(): void;
  byteSize(): number;
}

/** The column's values without a dictionary between them and the rows. */
export function plainValues(column: c.Column, rowCount: number): Exclude<c.Column, c.DictionaryColumn> {
  if (column.layout !== "dictionary") return column;
  return takeColumn(column.dictionary, column.codes, rowCount) as Exclude<c.Column, c.DictionaryColumn>;
}

/** Marks the rows that are null, by `validity`. */
export function markNulls(lane: KeyLane, validity: c.Validity, rows: KeyRows, offset: number): void {
  if (validity === null) return;
  for (let i = 0; i < rows.rowCount; i++) {
    if ((validity[i >> 3]! & (1 << (i & 7))) === 0) lane.writeNull(rows, i, offset);
  }
}

export function setNullBit(rows: KeyRows, i: number, bit: number): void {
  rows.nulls[i * rows.nullWords + (bit >> 5)]! |= 1 << (bit & 31);
  rows.hasNulls = true;
}

/** Whether the bit is set of a slot of a table. */
function isNullSlot(nulls: KeySegments | undefined, slot: number, bit: number): boolean {
  return nulls !== undefined && (nulls.word(slot, bit >> 5) & (1 << (bit & 31))) !== 0;
}

/** Validity of decoded keys, by slot. */
export class SlotValidity {
  /** Valid where nothing else was said. */
  private bits: Uint8Array = new Uint8Array(64).fill(0xff);
  private nullCount = 0;

  /** Takes the null bits of slots from the table. */
  take(nulls: KeySegments | undefined, bit: number, slot: number, count: number): void {
    if (nulls === undefined && this.nullCount === 0) return this.reserve(slot + count);
    for (let k = slot; k < slot + count; k++) this.set(k, isNullSlot(nulls, k, bit));
  }

  set(slot: number, isNull: boolean): void {
    this.reserve(slot + 1);
    const bit = 1 << (slot & 7);
    const was = (this.bits[slot >> 3]! & bit) === 0;
    if (was === isNull) return;
    this.bits[slot >> 3]! ^= bit;
    this.nullCount += isNull ? 1 : -1;
  }

  validity(): c.Validity {
    return this.nullCount === 0 ? null : this.bits;
  }

  /** Has slots up to `length`, valid ones where nothing was said. */
  reserve(length: number): void {
    if (length <= this.bits.length << 3) return;
    const bits = new Uint8Array(Math.max(this.bits.length * 2, (length + 7) >> 3)).fill(0xff);
    bits.set(this.bits);
    this.bits = bits;
  }

  clear(): void {
    if (this.nullCount > 0) this.bits.fill(0xff);
    this.nullCount = 0;
  }

  byteSize(): number {
    return this.bits.byteLength;
  }
}
