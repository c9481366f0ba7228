import type { DataType } from "../schema/data-type.js";
import type { Column } from "./column.js";
import type { AcceleratorFactory } from "./key/bytes-dictionary.js";
import { BytesLane } from "./key/bytes-lane.js";
import { HashIndex, mix } from "./key/hash-index.js";
import type { KeyLane, KeyRows } from "./key/key-lane.js";
import { hashWords, type KeyProbe, keyProbe } from "./key/key-probe.js";
import { KeySegments, SEGMENT_MASK, SEGMENT_SHIFT } from "./key/key-segments.js";
import { LaneMaker } from "./key/lane-for-type.js";
import { takeColumn } from "./take.js";

const NONE = -1;
const PRIME = 0x9e3779b1 | 0;

/** A key column of a table by slot. What it holds in slots that are not live is undefined. */
export interface KeyColumn {
  readonly type: DataType;
  /** The keys so far; valid until the next change of the table. */
  view(): Column;
}

type Rows = { -readonly [K in keyof KeyRows]: KeyRows[K] };

/**
 * A hash table from key tuples to slots (0, 1, 2, ...), for groups, joins and state. Keys are equal as Spark groups them: null
 * equals null, NaN equals NaN, -0.0 equals 0.0 (and is given out as 0.0).
 *
 * A key is held as a few 32-bit words, strings as codes of a dictionary, so that hashing and comparing look at nothing but words
 * whatever the types are. A table of one string column needs no hash but the dictionary's. New slots are given out in order; those of
 * removed keys are used again.
 */
export class KeyTable {
  readonly types: readonly DataType[];
  /** Key columns by slot. */
  readonly keys: readonly KeyColumn[];
  /** Slots in use, removed ones not counted. */
  rowCount = 0;
  private readonly lanes: readonly KeyLane[];
  private readonly offsets: readonly number[];
  /** Lanes that want to know what slots refer to. */
  private readonly counting: readonly number[];
  private readonly width: number;
  private readonly nullWords: number;
  private readonly index: HashIndex = new HashIndex();
  private readonly entries: KeySegments;
  /** Null bits of slots, once there are any. */
  private nulls: KeySegments | undefined;
  /** For a single string column: slot plus one by code plus one. */
  private direct: Int32Array | undefined;
  /** 1 where a slot holds a key. */
  private live: Uint8Array = new Uint8Array(512);
  private slotEnd = 0;
  private free: number[] = [];
  /** Slots below this are in the lanes' columns, but for those in `reused`. */
  private decodedEnd = 0;
  private reused: number[] = [];
  private readonly rows: Rows;
  private readonly probe: KeyProbe | undefined;
  private hashes: Int32Array = new Int32Array(0);
  /** What the last `find` was asked and gave, as long as it holds. */
  private lastColumns: readonly Column[] | undefined;
  private lastCount = 0;
  private lastSlots: Int32Array = new Int32Array(0);

  /** Without `accelerator` strings are looked up by ordinary code. */
  constructor(types: readonly DataType[], accelerator?: AcceleratorFactory) {
    this.types = types;
    const maker = new LaneMaker(accelerator);
    this.lanes = types.map((type) => maker.lane(type));
    const offsets: number[] = [];
    let width = 0;
    for (const lane of this.lanes) {
      offsets.push(width);
      width += lane.width;
    }
    this.offsets = offsets;
    this.counting = this.lanes.flatMap((lane, k) => (lane.counts ? [k] : []));
    this.width = width;
    this.nullWords = (maker.bits + 31) >> 5;
    this.entries = new KeySegments(width);
    this.direct = types.length === 1 && this.lanes[0] instanceof BytesLane ? new Int32Array(256) : undefined;
    this.rows = {
      words: new Int32Array(0),
      stride: width,
      rowCount: 0,
      nulls: new Int32Array(0),
      nullWords: this.nullWords,
      hasNulls: false,
      add: false,
    };
    this.probe = keyProbe(width);
    this.keys = types.map((type, k) => ({
      type,
      view: () => {
        this.decode();
        return this.lanes[k]!.column(this.slotEnd);
      },
    }));
  }

  /** One above the highest slot that was ever in use. */
  get slotCount(): number {
    return this.slotEnd;
  }

  isLive(slot: number): boolean {
    return this.live[slot] === 1;
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

  /** Adds the keys that the last `find` of the same columns did not find. */
  private addMissing(columns: readonly Column[], rowCount: number, slots: Int32Array): void {
    const { lastSlots } = this;
    const missing = new Int32Array(rowCount);
    let count = 0;
    for (let i = 0; i < rowCount; i++) {
      slots[i] = lastSlots[i]!;
      if (lastSlots[i] === NONE) missing[count++] = i;
    }
    if (count === 0) return;
    if (count === rowCount) return this.lookUp(columns, rowCount, slots, true);
    const added = new Int32Array(count);
    this.lookUp(
      columns.map((column) => takeColumn(column, missing, count)),
      count,
      added,
      true,
    );
    for (let k = 0; k < count; k++) slots[missing[k]!] = added[k]!;
  }

  private lookUp(columns: readonly Column[], rowCount: number, slots: Int32Array, add: boolean): void {
    this.lastColumns = undefined;
    this.encode(columns, rowCount, add);
    if (this.direct) this.lookDirectly(rowCount, slots, add);
    else this.look(rowCount, slots, add);
  }

  /** Removes the key in a slot. */
  removeSlot(slot: number): void {
    const segment = this.entries.segments[slot >> SEGMENT_SHIFT]!;
    const at = (slot & SEGMENT_MASK) * this.width;
    if (this.direct) this.direct[segment[at]! + 1] = 0;
    else this.index.remove(this.hashOfSlot(slot, segment, at), slot);
    for (const k of this.counting) this.lanes[k]!.release(segment, at + this.offsets[k]!);
    this.lastColumns = undefined;
    this.live[slot] = 0;
    this.free.push(slot);
    this.rowCount--;
  }

  /** Forgets all keys and keeps the memory. */
  clear(): void {
    this.lastColumns = undefined;
    this.index.clear();
    this.live.fill(0, 0, this.slotEnd);
    this.direct?.fill(0);
    this.nulls = undefined;
    for (const lane of this.lanes) lane.clear();
    this.rowCount = 0;
    this.slotEnd = 0;
    this.free = [];
    this.decodedEnd = 0;
    this.reused = [];
  }

  byteSize(): number {
    const lanes = this.lanes.reduce((sum, lane) => sum + lane.byteSize(), 0);
    const nulls = this.nulls?.byteSize() ?? 0;
    const direct = this.direct?.byteLength ?? 0;
    return lanes + nulls + direct + this.entries.byteSize() + this.index.byteSize() + this.live.byteLength;
  }

  private encode(columns: readonly Column[], rowCount: number, add: boolean): void {
    const { rows, lanes, offsets } = this;
    if (rows.words.length < rowCount * this.width) rows.words = new Int32Array(rowCount * this.width);
    if (rows.nulls.length < rowCount * this.nullWords) rows.nulls = new Int32Array(rowCount * this.nullWords);
    else if (rows.hasNulls) rows.nulls.fill(0);
    rows.rowCount = rowCount;
    rows.hasNulls = false;
    rows.add = add;
    for (let k = 0; k < lanes.length; k++) lanes[k]!.encode(columns[k]!, rows, offsets[k]!);
  }

  /** The dictionary's codes are dense: they lead to slots without a hash. */
  private lookDirectly(rowCount: number, slots: Int32Array, add: boolean): void {
    const { words } = this.rows;
    if (add) this.growDirect((this.lanes[0] as BytesLane).dictionary.codeCount + 1);
    const direct = this.direct!;
    for (let i = 0; i < rowCount; i++) {
      const place = words[i]! + 1;
      let slot = place < 0 || place >= direct.length ? NONE : direct[place]! - 1;
      if (slot === NONE && add) {
        slot = this.add(i);
        direct[place] = slot + 1;
      }
      slots[i] = slot;
    }
  }

  private look(rowCount: number, slots: Int32Array, add: boolean): void {
    const { index, width, rows } = this;
    if (this.probe && !rows.hasNulls && this.nulls === undefined) {
      return this.probe(
        index,
        this.entries.segments,
        rows.words,
        rowCount,
        slots,
        add ? this.addHashed : null,
      );
    }
    const { words } = rows;
    const { segments } = this.entries;
    const hashes = this.hash(rowCount);
    let lastHash = 0;
    let lastSlot = NONE;
    for (let i = 0; i < rowCount; i++) {
      const hash = hashes[i]!;
      const row = i * width;
      // rows that follow each other often have the same key
      if (lastSlot !== NONE && hash === lastHash && this.isKey(lastSlot, words, row, i)) {
        slots[i] = lastSlot;
        continue;
      }
      const part = index.parts[(hash >>> 24) & index.partMask]!;
      const mask = part.length - 1;
      let slot = NONE;
      for (let at = (hash << 1) & mask; part[at + 1] !== 0; at = (at + 2) & mask) {
        if (part[at] !== hash) continue;
        const candidate = part[at + 1]! - 1;
        const segment = segments[candidate >> SEGMENT_SHIFT]!;
        const entry = (candidate & SEGMENT_MASK) * width;
        let k = 0;
        while (k < width && segment[entry + k] === words[row + k]) k++;
        if (k === width && this.sameNulls(candidate, i)) {
          slot = candidate;
          break;
        }
      }
      if (slot === NONE && add) slot = this.addHashed(i, hash);
      slots[i] = slot;
      lastHash = hash;
      lastSlot = slot;
    }
  }

  private isKey(slot: number, words: Int32Array, row: number, i: number): boolean {
    const { width } = this;
    const segment = this.entries.segments[slot >> SEGMENT_SHIFT]!;
    const entry = (slot & SEGMENT_MASK) * width;
    for (let k = 0; k < width; k++) if (segment[entry + k] !== words[row + k]) return false;
    return this.sameNulls(slot, i);
  }

  private sameNulls(slot: number, i: number): boolean {
    const { rows, nulls, nullWords } = this;
    if (!rows.hasNulls && nulls === undefined) return true;
    for (let k = 0; k < nullWords; k++) {
      if ((nulls?.word(slot, k) ?? 0) !== rows.nulls[i * nullWords + k]) return false;
    }
    return true;
  }

  private hash(rowCount: number): Int32Array {
    if (this.hashes.length < rowCount) this.hashes = new Int32Array(Math.max(rowCount, 4096));
    const { hashes, width } = this;
    const { words, hasNulls, nulls } = this.rows;
    for (let i = 0; i < rowCount; i++) hashes[i] = hashWords(words, i * width, width);
    if (!hasNulls) return hashes;
    for (let i = 0; i < rowCount; i++) {
      for (let k = 0; k < this.nullWords; k++)
        hashes[i] = withNulls(hashes[i]!, nulls[i * this.nullWords + k]!);
    }
    return hashes;
  }

  private hashOfSlot(slot: number, segment: Int32Array, at: number): number {
    let hash = hashWords(segment, at, this.width);
    for (let k = 0; k < this.nullWords; k++) hash = withNulls(hash, this.nulls?.word(slot, k) ?? 0);
    return hash;
  }

  private readonly addHashed = (i: number, hash: number): number => {
    const slot = this.add(i);
    this.index.add(hash, slot);
    return slot;
  };

  private add(i: number): number {
    const { rows, lanes, offsets, width } = this;
    const reused = this.free.pop();
    const slot = reused ?? this.slotEnd++;
    if (slot >= this.live.length) {
      const live = new Uint8Array(this.live.length * 2);
      live.set(this.live);
      this.live = live;
    }
    this.live[slot] = 1;
    this.rowCount++;
    this.entries.write(slot, rows.words, i * width);
    if (rows.hasNulls) {
      this.nulls ??= new KeySegments(this.nullWords);
      this.nulls.write(slot, rows.nulls, i * this.nullWords);
    } else if (reused !== undefined) this.nulls?.erase(slot);
    for (const k of this.counting) lanes[k]!.retain(rows.words, i * width + offsets[k]!);
    if (slot < this.decodedEnd) this.noteReused(slot);
    return slot;
  }

  private noteReused(slot: number): void {
    this.reused.push(slot);
    if (this.reused.length <= this.slotEnd) return;
    this.reused = [];
    this.decodedEnd = 0;
  }

  /** Brings the lanes' columns up to date. */
  private decode(): void {
    for (const slot of this.reused) this.decodeSlots(slot, 1);
    this.reused = [];
    for (let slot = this.decodedEnd; slot < this.slotEnd; ) {
      const end = Math.min(this.slotEnd, (slot | SEGMENT_MASK) + 1);
      this.decodeSlots(slot, end - slot);
      slot = end;
    }
    this.decodedEnd = this.slotEnd;
  }

  /** Slots of one segment. */
  private decodeSlots(slot: number, count: number): void {
    const { lanes, offsets, nulls, width } = this;
    const segment = this.entries.segments[slot >> SEGMENT_SHIFT]!;
    const at = (slot & SEGMENT_MASK) * width;
    for (let k = 0; k < lanes.length; k++) {
      lanes[k]!.decode(segment, at + offsets[k]!, width, nulls, slot, count);
    }
  }

  private growDirect(length: number): void {
    const direct = this.direct!;
    if (direct.length >= length) return;
    const larger = new Int32Array(Math.max(length, direct.length * 2));
    larger.set(direct);
    this.direct = larger;
  }
}

/** Rows without nulls hash as if nulls were unheard of, since a table learns of them late. */
function withNulls(hash: number, bits: number): number {
  return bits === 0 ? hash : mix(hash ^ Math.imul(bits, PRIME));
}
