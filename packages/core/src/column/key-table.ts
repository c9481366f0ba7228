import type { DataType } from "../schema/data-type.js";
import type { Column } from "./column.js";
import type { AcceleratorFactory } from "./key/bytes-dictionary.js";
import { BytesLane } from "./key/bytes-lane.js";
import { isMany, mix } from "./key/hash-index.js";
import { KeyChains } from "./key/key-chains.js";
import { KeyIndex } from "./key/key-index.js";
import type { KeyLane, KeyRows } from "./key/key-lane.js";
import {
  ADD_MISSING,
  chainProbe,
  FIND,
  FIND_OR_ADD,
  keyProbe,
  keyTouch,
  type ProbeHost,
} from "./key/key-probe.js";
import { KeySegments, SEGMENT_MASK, SEGMENT_SHIFT } from "./key/key-segments.js";
import { type KeyShape, keyShape, PRIME_A, timeHash } from "./key/key-shape.js";
import { LaneMaker } from "./key/lane-for-type.js";
import { takeColumn } from "./take.js";

const NONE = -1;
/** With more keys than these, reading ahead for rows to come gains more than it costs. */
const CACHED_KEYS = 1 << 16;
/** Rows that are read ahead for together. */
const AHEAD_ROWS = 64;

/** A key column of a table by slot. What it holds in slots that are not live is undefined. */
export interface KeyColumn {
  readonly type: DataType;
  /** The keys so far; valid until the next change of the table. */
  view(): Column;
}

/** A string that three keys share with each other leads to none of them quickly enough; at three keys for two strings it does. */
const SHARED_TOO_OFTEN = 3;
const SHARED_SELDOM = 1.5;

type Rows = { -readonly [K in keyof KeyRows]: KeyRows[K] };

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
  /** Slots in use, removed ones not counted. */
  rowCount = 0;
  private readonly lanes: readonly KeyLane[];
  private readonly offsets: readonly number[];
  /** Lanes that want to know what slots refer to. */
  private readonly counting: readonly number[];
  private readonly width: number;
  private readonly nullBits: number;
  private readonly nullWords: number;
  private readonly shape: KeyShape;
  private index: KeyIndex;
  /** In place of the index, once there are many keys and hardly two with the same string. */
  private chains: KeyChains | undefined;
  /** Whether many keys have had the same string. */
  private sharesStrings = false;
  private readonly entries: KeySegments;
  /** Null bits of slots, once there are any. */
  private nulls: KeySegments | undefined;
  /** For a single string column: slot plus one by code plus one. */
  private direct: Int32Array | undefined;
  /** 1 where a slot holds a key. */
  private live: Uint8Array = new Uint8Array(512);
  private readonly host: ProbeHost;
  /** Slots below this are in the lanes' columns, but for those in `reused`. */
  private decodedEnd = 0;
  private reused: number[] = [];
  private readonly rows: Rows;
  /** Whether all keys were appended and none is in the index. */
  private isAppended = false;
  /** Rows with keys that the look-up under way has added. */
  private added: Int32Array = new Int32Array(0);
  private readonly near: Int32Array = new Int32Array(AHEAD_ROWS);
  /** Keeps what was read ahead from being optimised away. */
  protected touched = 0;
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
    const maker = new LaneMaker(accelerator);
    this.lanes = types.map((type, k) => maker.share(whole?.lanes[k]) ?? maker.lane(type));
    const offsets: number[] = [];
    let width = 0;
    for (const lane of this.lanes) {
      offsets.push(width);
      width += lane.width;
    }
    this.offsets = offsets;
    // the whole keys count what they refer to, and outlive their beginnings
    this.counting = this.lanes.flatMap((lane, k) => (lane.counts && whole === undefined ? [k] : []));
    this.width = width;
    this.nullBits = maker.bits;
    this.nullWords = (maker.bits + 31) >> 5;
    this.entries = new KeySegments(width);
    this.shape = keyShape(width, timeWords(types, this.lanes, offsets));
    this.index = new KeyIndex(this.shape, this.entries);
    this.direct = types.length === 1 && this.lanes[0] instanceof BytesLane ? new Int32Array(256) : undefined;
    this.rows = {
      words: new Int32Array(0),
      stride: width,
      rowCount: 0,
      nulls: new Int32Array(0),
      nullWords: this.nullWords,
      hasNulls: false,
      hasUnknown: false,
      add: false,
      distinct: false,
    };
    this.host = {
      free: [],
      slotEnd: 0,
      fill: (slot, i) => this.fill(slot, i),
      reserveSlot: (slot) => this.entries.reserve(slot),
      sameNulls: (slot, i) => this.sameNulls(slot, i),
      withNullsOf: (hash, i) => this.withNullsOf(hash, i),
    };
    this.keys = types.map((type, k) => ({
      type,
      view: () => {
        this.decode();
        return this.lanes[k]!.column(this.host.slotEnd);
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
    this.takeWords(this.whole!, of, rowCount);
    if (this.direct !== undefined) this.lookDirectly(rowCount, slots, true);
    else this.look(rowCount, slots, FIND_OR_ADD);
  }

  /** Has the beginnings of keys of the whole table as the rows to look up. */
  private takeWords(whole: KeyTable, of: Int32Array, rowCount: number): void {
    const { rows, width, nullWords } = this;
    this.prepareRows(rowCount, true);
    const { words, nulls } = rows;
    for (let i = 0, to = 0; i < rowCount; i++) {
      const segment = whole.entries.segments[of[i]! >> SEGMENT_SHIFT]!;
      const at = (of[i]! & SEGMENT_MASK) * whole.width;
      for (let k = 0; k < width; k++) words[to++] = segment[at + k]!;
    }
    if (whole.nulls === undefined) return;
    for (let i = 0; i < rowCount; i++) {
      for (let k = 0; k < nullWords; k++) {
        const bits = whole.nulls.word(of[i]!, k) & this.nullMask(k);
        nulls[i * nullWords + k] = bits;
        if (bits !== 0) rows.hasNulls = true;
      }
    }
  }

  /** Which bits of a word of null bits are of these columns; those behind them are of the rest of whole keys. */
  private nullMask(word: number): number {
    const bits = this.nullBits - 32 * word;
    return bits >= 32 ? -1 : (1 << bits) - 1;
  }

  /** One above the highest slot that was ever in use. */
  get slotCount(): number {
    return this.host.slotEnd;
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

  /** Whether keys may be appended: there were never any, or all were appended and none has been asked for. */
  get takesAppended(): boolean {
    return this.isAppended || (this.host.slotEnd === 0 && this.rowCount === 0);
  }

  /**
   * Adds keys that are all different and not there, and gives the slot of the first; those of the others follow. They are put into the index all at
   * once when one is asked for, which takes a fraction of the time that they would take one by one.
   */
  append(columns: readonly Column[], rowCount: number): number {
    const { rows, lanes, entries, width, host, offsets } = this;
    const first = host.slotEnd;
    this.lastColumns = undefined;
    this.isAppended = true;
    rows.distinct = true;
    this.encode(columns, rowCount, true);
    rows.distinct = false;
    entries.append(first, rows.words, rowCount);
    if (rows.hasNulls) {
      this.nulls ??= new KeySegments(this.nullWords);
      for (let i = 0; i < rowCount; i++) this.nulls.write(first + i, rows.nulls, i * this.nullWords);
    }
    host.slotEnd = first + rowCount;
    this.rowCount += rowCount;
    this.reserveLive(host.slotEnd);
    this.live.fill(1, first, host.slotEnd);
    for (const k of this.counting) {
      for (let i = 0; i < rowCount; i++) lanes[k]!.retain(rows.words, i * width + offsets[k]!);
    }
    if (this.direct !== undefined) this.appendDirectly(first, rowCount);
    return first;
  }

  private appendDirectly(first: number, rowCount: number): void {
    this.growDirect((this.lanes[0] as BytesLane).dictionary.codeCount + 1);
    const direct = this.direct!;
    const { words } = this.rows;
    for (let i = 0; i < rowCount; i++) direct[words[i]! + 1] = first + i + 1;
  }

  /** Puts what was appended into the index. */
  private indexAppended(): void {
    this.isAppended = false;
    if (this.direct !== undefined) return;
    this.chooseIndex();
    if (this.chains === undefined) this.fillIndex();
  }

  private fillIndex(): void {
    const { index, host, live } = this;
    index.fill(host.slotEnd, live, (slot, words, at) => this.hashOfSlot(slot, words, at));
  }

  /** Finds keys by a string of theirs, or no more. */
  private chooseIndex(): void {
    const { lanes, rowCount, chains } = this;
    if (rowCount <= CACHED_KEYS || this.sharesStrings || lanes.length === 1) return;
    let entries = 0;
    let word = 0;
    lanes.forEach((lane, k) => {
      if (!(lane instanceof BytesLane) || lane.dictionary.entryCount <= entries) return;
      entries = lane.dictionary.entryCount;
      word = this.offsets[k]!;
    });
    if (chains !== undefined && rowCount > SHARED_TOO_OFTEN * entries) this.leaveChains();
    if (chains !== undefined || rowCount > SHARED_SELDOM * entries || !this.shape.generated) return;
    this.index = new KeyIndex(this.shape, this.entries);
    this.chains = new KeyChains(word);
    this.reserveChains(this.chains, 0);
    this.chains.fill(this.entries, this.host.slotEnd, this.live);
  }

  private leaveChains(): void {
    this.chains = undefined;
    this.sharesStrings = true;
    this.fillIndex();
  }

  /** Makes room for keys of so many rows. */
  private reserveChains(chains: KeyChains, rowCount: number): void {
    const lane = this.lanes[this.offsets.indexOf(chains.word)] as BytesLane;
    chains.reserve(lane.dictionary.codeCount, this.host.slotEnd + rowCount);
  }

  /** Adds the keys that the last `find` of the same columns did not find. */
  private addMissing(columns: readonly Column[], rowCount: number, slots: Int32Array): void {
    const { lastSlots, rows } = this;
    for (let i = 0; i < rowCount; i++) slots[i] = lastSlots[i]!;
    if (this.direct === undefined && this.shape.generated && !rows.hasUnknown) {
      // the words of that look-up are those of this one
      this.lastColumns = undefined;
      return this.look(rowCount, slots, ADD_MISSING);
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
    if (this.isAppended) this.indexAppended();
    this.encode(columns, rowCount, add);
    if (this.direct) this.lookDirectly(rowCount, slots, add);
    else this.look(rowCount, slots, add ? FIND_OR_ADD : FIND);
  }

  /** Removes the keys in some slots, each once. Where they are many, the index is gone through once for all of them. */
  removeSlots(slots: Int32Array): void {
    if (this.isAppended) this.indexAppended();
    const { index, shape, direct, chains, entries, width, host } = this;
    const many = isMany(slots.length, this.rowCount, host.slotEnd);
    this.lastColumns = undefined;
    chains?.allow(slots.length);
    // the first of them are used again first
    for (let k = slots.length - 1; k >= 0; k--) {
      const slot = slots[k]!;
      const segment = entries.segments[slot >> SEGMENT_SHIFT]!;
      const at = (slot & SEGMENT_MASK) * width;
      if (direct !== undefined) direct[segment[at]! + 1] = 0;
      else if (chains !== undefined) {
        // chains that have become too dear are left when all slots are known to be free
        if (chains.allowance >= 0) chains.remove(segment[at + chains.word]!, slot);
      } else if (!many) index.remove(timeHash(shape, segment, at), this.hashOfSlot(slot, segment, at), slot);
      for (const lane of this.counting) this.lanes[lane]!.release(segment, at + this.offsets[lane]!);
      this.live[slot] = 0;
      host.free.push(slot);
    }
    if (many && direct === undefined && chains === undefined) index.keep(this.live);
    if (chains !== undefined && chains.allowance < 0) this.leaveChains();
    for (const lane of this.counting) this.lanes[lane]!.sweep();
    this.rowCount -= slots.length;
  }

  /** Forgets all keys and keeps the memory. */
  clear(): void {
    this.lastColumns = undefined;
    this.isAppended = false;
    this.index.clear(this.rowCount);
    this.chains = undefined;
    this.live.fill(0, 0, this.host.slotEnd);
    this.direct?.fill(0);
    this.nulls = undefined;
    if (this.whole === undefined) for (const lane of this.lanes) lane.clear();
    this.rowCount = 0;
    this.host.slotEnd = 0;
    this.host.free.length = 0;
    this.decodedEnd = 0;
    this.reused = [];
  }

  byteSize(): number {
    const lanes = this.whole === undefined ? this.lanes.reduce((sum, lane) => sum + lane.byteSize(), 0) : 0;
    const nulls = this.nulls?.byteSize() ?? 0;
    const direct = (this.direct?.byteLength ?? 0) + (this.chains?.byteSize() ?? 0);
    return lanes + nulls + direct + this.entries.byteSize() + this.index.byteSize() + this.live.byteLength;
  }

  private encode(columns: readonly Column[], rowCount: number, add: boolean): void {
    const { rows, lanes, offsets } = this;
    this.prepareRows(rowCount, add);
    for (let k = 0; k < lanes.length; k++) lanes[k]!.encode(columns[k]!, rows, offsets[k]!);
  }

  private prepareRows(rowCount: number, add: boolean): void {
    const { rows } = this;
    if (rows.words.length < rowCount * this.width) rows.words = new Int32Array(rowCount * this.width);
    if (rows.nulls.length < rowCount * this.nullWords) rows.nulls = new Int32Array(rowCount * this.nullWords);
    else if (rows.hasNulls) rows.nulls.fill(0);
    rows.rowCount = rowCount;
    rows.hasNulls = false;
    rows.hasUnknown = false;
    rows.add = add;
  }

  /** The dictionary's codes are dense: they lead to slots without a hash. */
  private lookDirectly(rowCount: number, slots: Int32Array, add: boolean): void {
    const { words } = this.rows;
    if (add) this.growDirect((this.lanes[0] as BytesLane).dictionary.codeCount + 1);
    if (add) return this.addDirectly(rowCount, slots);
    const direct = this.direct!;
    const { length } = direct;
    for (let i = 0; i < rowCount; i++) {
      // unknown codes are below all places
      const place = words[i]! + 1;
      slots[i] = (place >>> 0 < length ? direct[place]! : 0) - 1;
    }
  }

  private addDirectly(rowCount: number, slots: Int32Array): void {
    const { host, entries } = this;
    const { words } = this.rows;
    const direct = this.direct!;
    if (this.added.length < rowCount) this.added = new Int32Array(Math.max(rowCount, 4096));
    const { added } = this;
    let count = 0;
    for (let i = 0; i < rowCount; i++) {
      const place = words[i]! + 1;
      let slot = direct[place]! - 1;
      if (slot < 0) {
        slot = host.free.pop() ?? host.slotEnd++;
        direct[place] = slot + 1;
        added[count++] = i;
      }
      slots[i] = slot;
    }
    if (count === 0) return;
    for (let k = 0; k < count; k++) entries.write(slots[added[k]!]!, words, added[k]!);
    this.fillAll(added, count, slots);
  }

  private look(rowCount: number, slots: Int32Array, mode: number): void {
    if (!this.shape.generated) {
      this.index.keyCount = this.rowCount;
      return this.lookOneByOne(rowCount, slots, mode);
    }
    this.chooseIndex();
    if (this.added.length < rowCount) this.added = new Int32Array(Math.max(rowCount, 4096));
    const from = this.chains === undefined ? 0 : this.lookInChains(this.chains, rowCount, slots, mode);
    if (from < rowCount) this.lookInIndex(from, rowCount, slots, mode);
  }

  /** Gives the first row that it leaves to the index. */
  private lookInChains(chains: KeyChains, rowCount: number, slots: Int32Array, mode: number): number {
    const { shape, rows, added, host } = this;
    this.reserveChains(chains, rowCount);
    const nulls = rows.hasNulls || this.nulls !== undefined;
    const probe = chainProbe(shape, chains.word, nulls);
    const { segments } = this.entries;
    chains.allow(rowCount);
    const count = probe(chains, segments, rows.words, 0, rowCount, slots, mode, added, 0, host);
    if (count > 0 && !nulls) this.fillAll(added, count, slots);
    if (chains.allowance < 0) this.leaveChains();
    return chains.reached;
  }

  private lookInIndex(first: number, rowCount: number, slots: Int32Array, mode: number): void {
    const { shape, rows, index, host, added } = this;
    index.keyCount = this.rowCount;
    const nulls = rows.hasNulls || this.nulls !== undefined;
    const probe = keyProbe(shape, nulls);
    const { words } = rows;
    const { segments } = this.entries;
    const touch = nulls || this.rowCount <= CACHED_KEYS ? undefined : keyTouch(shape);
    const step = touch === undefined ? rowCount : AHEAD_ROWS;
    let count = 0;
    for (let from = first; from < rowCount; from += step) {
      const to = Math.min(rowCount, from + step);
      if (touch !== undefined) this.touched = touch(index, segments, words, from, to, slots, mode, this.near);
      count = probe(index, segments, words, from, to, slots, mode, added, count, host);
    }
    if (count > 0 && !nulls) this.fillAll(added, count, slots);
  }

  /** Of keys that have no words or very many. */
  private lookOneByOne(rowCount: number, slots: Int32Array, mode: number): void {
    const { width, rows, index, host, entries } = this;
    const { words } = rows;
    if (this.lanes.length === 0 && this.rowCount === 1) {
      // the one group without keys
      slots.fill(0, 0, rowCount);
      return;
    }
    for (let i = 0; i < rowCount; i++) {
      const row = i * width;
      const hash = this.withNullsOf(index.hash(words, row), i);
      const bucket = index.bucketOf(0);
      const table = bucket.tables[bucket.part(hash)]!;
      const mask = table.length - 1;
      let slot = NONE;
      for (let at = (hash << 1) & mask; table[at] !== 0; at = (at + 2) & mask) {
        if (table[at + 1] !== hash) continue;
        const candidate = table[at]! - 1;
        if (!entries.equals(candidate, words, row) || !this.sameNulls(candidate, i)) continue;
        slot = candidate;
        break;
      }
      if (slot === NONE && mode !== FIND) {
        slot = host.free.pop() ?? host.slotEnd++;
        index.insert(0, hash, slot, words, row);
        this.fill(slot, i);
      }
      slots[i] = slot;
    }
  }

  private sameNulls(slot: number, i: number): boolean {
    const { rows, nulls, nullWords } = this;
    if (!rows.hasNulls && nulls === undefined) return true;
    for (let k = 0; k < nullWords; k++) {
      if ((nulls?.word(slot, k) ?? 0) !== rows.nulls[i * nullWords + k]) return false;
    }
    return true;
  }

  private withNullsOf(hash: number, i: number): number {
    const { rows, nullWords } = this;
    if (!rows.hasNulls) return hash;
    let result = hash;
    for (let k = 0; k < nullWords; k++) result = withNulls(result, rows.nulls[i * nullWords + k]!);
    return result;
  }

  private hashOfSlot(slot: number, segment: Int32Array, at: number): number {
    let hash = this.index.hash(segment, at);
    // keys of one word are told apart by their null bits when they are compared
    if (this.shape.inline) return hash;
    for (let k = 0; k < this.nullWords; k++) hash = withNulls(hash, this.nulls?.word(slot, k) ?? 0);
    return hash;
  }

  /** Fills a slot with the key of row `i`. */
  private fill(slot: number, i: number): void {
    const { rows, lanes, offsets, width } = this;
    this.reserveLive(slot + 1);
    this.live[slot] = 1;
    this.rowCount++;
    this.entries.write(slot, rows.words, i * width);
    if (rows.hasNulls) {
      this.nulls ??= new KeySegments(this.nullWords);
      this.nulls.write(slot, rows.nulls, i * this.nullWords);
    } else this.nulls?.erase(slot);
    for (const k of this.counting) lanes[k]!.retain(rows.words, i * width + offsets[k]!);
    if (slot < this.decodedEnd) this.noteReused(slot);
  }

  /** Does what is left to do for slots of some rows without nulls that have their words, one step at a time for all of them. */
  private fillAll(added: Int32Array, count: number, slots: Int32Array): void {
    const { lanes, offsets, width } = this;
    const { words } = this.rows;
    this.reserveLive(this.host.slotEnd);
    const { live } = this;
    for (let k = 0; k < count; k++) live[slots[added[k]!]!] = 1;
    this.rowCount += count;
    for (const k of this.counting) {
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

  private reserveLive(length: number): void {
    if (length <= this.live.length) return;
    const live = new Uint8Array(Math.max(length, this.live.length * 2));
    live.set(this.live);
    this.live = live;
  }

  private noteReused(slot: number): void {
    this.reused.push(slot);
    if (this.reused.length <= this.host.slotEnd) return;
    this.reused = [];
    this.decodedEnd = 0;
  }

  /** Brings the lanes' columns up to date. */
  private decode(): void {
    for (const slot of this.reused) this.decodeSlots(slot, 1);
    this.reused = [];
    const { slotEnd } = this.host;
    for (let slot = this.decodedEnd; slot < slotEnd; ) {
      const end = Math.min(slotEnd, (slot | SEGMENT_MASK) + 1);
      this.decodeSlots(slot, end - slot);
      slot = end;
    }
    this.decodedEnd = slotEnd;
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
  return bits === 0 ? hash : mix(hash ^ Math.imul(bits, PRIME_A));
}

/** The words of the first key that is a time or a date. */
function timeWords(
  types: readonly DataType[],
  lanes: readonly KeyLane[],
  offsets: readonly number[],
): { readonly at: number; readonly width: number } | undefined {
  const k = types.findIndex(
    ({ kind }) => kind === "timestamp" || kind === "timestamp_ntz" || kind === "date",
  );
  return k < 0 ? undefined : { at: offsets[k]!, width: lanes[k]!.width };
}
