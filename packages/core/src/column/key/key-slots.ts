import { mix } from "./hash-index.js";
import type { KeyLayout } from "./key-layout.js";
import type { ProbeHost } from "./key-probe.js";
import { KeySegments, SEGMENT_MASK, SEGMENT_SHIFT } from "./key-segments.js";
import { PRIME_A } from "./key-shape.js";
import type { RowWords } from "./row-words.js";

/** The keys of a table by slot. They come from the rows that it is asked for. */
export class KeySlots implements ProbeHost {
  readonly entries: KeySegments;
  /** Null bits of slots, once there are any. */
  nulls: KeySegments | undefined;
  /** 1 where a slot holds a key. */
  live: Uint8Array = new Uint8Array(512);
  readonly free: number[] = [];
  slotEnd = 0;
  /** Slots in use. */
  rowCount = 0;
  private readonly layout: KeyLayout;
  private readonly rows: RowWords;
  /** Slots below this are in the lanes' columns, but for those in `reused`. */
  private decodedEnd = 0;
  private reused: number[] = [];

  constructor(layout: KeyLayout, rows: RowWords) {
    this.layout = layout;
    this.rows = rows;
    this.entries = new KeySegments(layout.width);
  }

  /** Puts all rows into new slots; gives the first. */
  append(): number {
    const { rows, layout, entries } = this;
    const { rowCount, nullWords } = rows;
    const first = this.slotEnd;
    entries.append(first, rows.words, rowCount);
    if (rows.hasNulls) {
      this.nulls ??= new KeySegments(nullWords);
      for (let i = 0; i < rowCount; i++) this.nulls.write(first + i, rows.nulls, i * nullWords);
    }
    this.slotEnd = first + rowCount;
    this.rowCount += rowCount;
    this.reserveLive(this.slotEnd);
    this.live.fill(1, first, this.slotEnd);
    for (const k of layout.counting) {
      const lane = layout.lanes[k]!;
      for (let i = 0; i < rowCount; i++) lane.retain(rows.words, i * layout.width + layout.offsets[k]!);
    }
    return first;
  }

  fill(slot: number, i: number): void {
    const { rows, layout } = this;
    const { lanes, offsets, width } = layout;
    this.reserveLive(slot + 1);
    this.live[slot] = 1;
    this.rowCount++;
    this.entries.write(slot, rows.words, i * width);
    if (rows.hasNulls) {
      this.nulls ??= new KeySegments(layout.nullWords);
      this.nulls.write(slot, rows.nulls, i * layout.nullWords);
    } else this.nulls?.erase(slot);
    for (const k of layout.counting) lanes[k]!.retain(rows.words, i * width + offsets[k]!);
    if (slot < this.decodedEnd) this.noteReused(slot);
  }

  /** Does what is left to do for slots of some rows without nulls that have their words, one step at a time for all of them. */
  fillAll(added: Int32Array, count: number, slots: Int32Array): void {
    const { lanes, offsets, width, counting } = this.layout;
    const { words } = this.rows;
    this.reserveLive(this.slotEnd);
    const { live } = this;
    for (let k = 0; k < count; k++) live[slots[added[k]!]!] = 1;
    this.rowCount += count;
    for (const k of counting) {
      const lane = lanes[k]!;
      const offset = offsets[k]!;
      for (let n = 0; n < count; n++) lane.retain(words, added[n]! * width + offset);
    }
    if (this.decodedEnd === 0) return;
    for (let k = 0; k < count; k++) {
      const slot = slots[added[k]!]!;
      if (slot < this.decodedEnd) this.noteReused(slot);
    }
  }

  /** Gives a slot back, whose words begin at `segment[at]`. */
  release(slot: number, segment: Int32Array, at: number): void {
    const { lanes, offsets, counting } = this.layout;
    for (const lane of counting) lanes[lane]!.release(segment, at + offsets[lane]!);
    this.live[slot] = 0;
    this.free.push(slot);
  }

  /** Ends the release of so many slots. */
  released(count: number): void {
    for (const lane of this.layout.counting) this.layout.lanes[lane]!.sweep();
    this.rowCount -= count;
  }

  /** Forgets all keys, but not what lanes know. */
  clear(): void {
    this.live.fill(0, 0, this.slotEnd);
    this.nulls = undefined;
    this.rowCount = 0;
    this.slotEnd = 0;
    this.free.length = 0;
    this.decodedEnd = 0;
    this.reused = [];
  }

  byteSize(): number {
    return this.entries.byteSize() + (this.nulls?.byteSize() ?? 0) + this.live.byteLength;
  }

  reserveSlot(slot: number): void {
    this.entries.reserve(slot);
  }

  sameNulls(slot: number, i: number): boolean {
    const { rows, nulls } = this;
    if (!rows.hasNulls && nulls === undefined) return true;
    const { nullWords } = rows;
    for (let k = 0; k < nullWords; k++) {
      if ((nulls?.word(slot, k) ?? 0) !== rows.nulls[i * nullWords + k]) return false;
    }
    return true;
  }

  withNullsOf(hash: number, i: number): number {
    const { rows } = this;
    if (!rows.hasNulls) return hash;
    const { nullWords } = rows;
    let result = hash;
    for (let k = 0; k < nullWords; k++) result = withNulls(result, rows.nulls[i * nullWords + k]!);
    return result;
  }

  /** A hash with the null bits of a slot. */
  withNullsOfSlot(hash: number, slot: number): number {
    const { nulls } = this;
    let result = hash;
    for (let k = 0; k < this.layout.nullWords; k++) result = withNulls(result, nulls?.word(slot, k) ?? 0);
    return result;
  }

  /** Brings the lanes' columns up to date. */
  decode(): void {
    for (const slot of this.reused) this.decodeSlots(slot, 1);
    this.reused = [];
    const { slotEnd } = this;
    for (let slot = this.decodedEnd; slot < slotEnd; ) {
      const end = Math.min(slotEnd, (slot | SEGMENT_MASK) + 1);
      this.decodeSlots(slot, end - slot);
      slot = end;
    }
    this.decodedEnd = slotEnd;
  }

  /** Slots of one segment. */
  private decodeSlots(slot: number, count: number): void {
    const { lanes, offsets, width } = this.layout;
    const segment = this.entries.segments[slot >> SEGMENT_SHIFT]!;
    const at = (slot & SEGMENT_MASK) * width;
    for (let k = 0; k < lanes.length; k++) {
      lanes[k]!.decode(segment, at + offsets[k]!, width, this.nulls, slot, count);
    }
  }

  private noteReused(slot: number): void {
    this.reused.push(slot);
    if (this.reused.length <= this.slotEnd) return;
    this.reused = [];
    this.decodedEnd = 0;
  }

  private reserveLive(length: number): void {
    if (length <= this.live.length) return;
    const live = new Uint8Array(Math.max(length, this.live.length * 2));
    live.set(this.live);
    this.live = live;
  }
}

/** Rows without nulls hash as if nulls were unheard of, since a table learns of them late. */
function withNulls(hash: number, bits: number): number {
  return bits === 0 ? hash : mix(hash ^ Math.imul(bits, PRIME_A));
}
