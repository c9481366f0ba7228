import { BytesLane } from "./bytes-lane.js";
import { isMany } from "./hash-index.js";
import { KeyChains } from "./key-chains.js";
import { KeyIndex } from "./key-index.js";
import type { KeyLayout } from "./key-layout.js";
import { chainProbe, FIND, keyProbe, keyTouch } from "./key-probe.js";
import { timeHash } from "./key-shape.js";
import type { KeySlots } from "./key-slots.js";
import type { RowWords } from "./row-words.js";

const NONE = -1;
/** With more keys than these, reading ahead for rows to come gains more than it costs. */
const CACHED_KEYS = 1 << 16;
/** Rows that are read ahead for together. */
const AHEAD_ROWS = 64;
/** A string that three keys share with each other leads to none of them quickly enough; at three keys for two strings it does. */
const SHARED_TOO_OFTEN = 3;
const SHARED_SELDOM = 1.5;

/**
 * Finds the slots of keys by their words: by an index of their hashes or, once there are many keys and hardly two with the same string, by
 * that string's code.
 */
export class KeyFinder {
  private readonly layout: KeyLayout;
  private readonly rows: RowWords;
  private readonly keys: KeySlots;
  private index: KeyIndex;
  /** In place of the index. */
  private chains: KeyChains | undefined;
  /** Whether many keys have had the same string. */
  private sharesStrings = false;
  /** Whether the index is gone through once for all slots that are being removed. */
  private removesMany = false;
  /** Rows with keys that the look-up under way has added. */
  private added: Int32Array = new Int32Array(0);
  private readonly near: Int32Array = new Int32Array(AHEAD_ROWS);
  /** Keeps what was read ahead from being optimised away. */
  protected touched = 0;

  constructor(layout: KeyLayout, rows: RowWords, keys: KeySlots) {
    this.layout = layout;
    this.rows = rows;
    this.keys = keys;
    this.index = new KeyIndex(layout.shape, keys.entries);
  }

  /** The slot of each of the rows at hand into `slots`; `mode` says what is done about keys that are not there. */
  look(slots: Int32Array, mode: number): void {
    const { rowCount } = this.rows;
    if (!this.layout.shape.generated) return this.lookOneByOne(slots, mode);
    this.choose();
    if (this.added.length < rowCount) this.added = new Int32Array(Math.max(rowCount, 4096));
    const from = this.chains === undefined ? 0 : this.lookInChains(this.chains, slots, mode);
    if (from < rowCount) this.lookInIndex(from, slots, mode);
  }

  /** Takes in the keys of all slots, when it has none. */
  fill(): void {
    this.choose();
    if (this.chains === undefined) this.fillIndex();
  }

  /** Begins to remove so many slots. */
  beginRemoval(count: number): void {
    const { keys } = this;
    this.chains?.allow(count);
    this.removesMany = isMany(count, keys.rowCount, keys.slotEnd);
  }

  /** Removes a slot, whose words begin at `segment[at]`. */
  remove(slot: number, segment: Int32Array, at: number): void {
    const { chains } = this;
    if (chains !== undefined) {
      // chains that have become too dear are left when all slots are known to be free
      if (chains.allowance >= 0) chains.remove(segment[at + chains.word]!, slot);
    } else if (!this.removesMany) {
      this.index.remove(timeHash(this.layout.shape, segment, at), this.hashOfSlot(slot, segment, at), slot);
    }
  }

  /** Ends a removal: the slots are live no more. */
  endRemoval(): void {
    const { chains } = this;
    if (chains === undefined) {
      if (this.removesMany) this.index.keep(this.keys.live);
    } else if (chains.allowance < 0) this.leaveChains();
  }

  /** Forgets all keys and keeps memory of the index. */
  clear(): void {
    this.index.clear(this.keys.rowCount);
    this.chains = undefined;
  }

  byteSize(): number {
    return this.index.byteSize() + (this.chains?.byteSize() ?? 0);
  }

  private fillIndex(): void {
    const { slotEnd, live } = this.keys;
    this.index.fill(slotEnd, live, (slot, words, at) => this.hashOfSlot(slot, words, at));
  }

  /** Finds keys by a string of theirs, or no more. */
  private choose(): void {
    const { keys, chains } = this;
    const { lanes, offsets, shape } = this.layout;
    const { rowCount } = keys;
    if (rowCount <= CACHED_KEYS || this.sharesStrings || lanes.length === 1) return;
    let entries = 0;
    let word = 0;
    lanes.forEach((lane, k) => {
      if (!(lane instanceof BytesLane) || lane.dictionary.entryCount <= entries) return;
      entries = lane.dictionary.entryCount;
      word = offsets[k]!;
    });
    if (chains !== undefined && rowCount > SHARED_TOO_OFTEN * entries) this.leaveChains();
    if (chains !== undefined || rowCount > SHARED_SELDOM * entries || !shape.generated) return;
    this.index = new KeyIndex(shape, keys.entries);
    this.chains = new KeyChains(word);
    this.reserveChains(this.chains, 0);
    this.chains.fill(keys.entries, keys.slotEnd, keys.live);
  }

  private leaveChains(): void {
    this.chains = undefined;
    this.sharesStrings = true;
    this.fillIndex();
  }

  /** Makes room for keys of so many rows. */
  private reserveChains(chains: KeyChains, rowCount: number): void {
    const { lanes, offsets } = this.layout;
    const lane = lanes[offsets.indexOf(chains.word)] as BytesLane;
    chains.reserve(lane.dictionary.codeCount, this.keys.slotEnd + rowCount);
  }

  /** Gives the first row that it leaves to the index. */
  private lookInChains(chains: KeyChains, slots: Int32Array, mode: number): number {
    const { rows, added, keys } = this;
    const { rowCount, words } = rows;
    this.reserveChains(chains, rowCount);
    const nulls = rows.hasNulls || keys.nulls !== undefined;
    const probe = chainProbe(this.layout.shape, chains.word, nulls);
    chains.allow(rowCount);
    const count = probe(chains, keys.entries.segments, words, 0, rowCount, slots, mode, added, 0, keys);
    if (count > 0 && !nulls) keys.fillAll(added, count, slots);
    if (chains.allowance < 0) this.leaveChains();
    return chains.reached;
  }

  private lookInIndex(first: number, slots: Int32Array, mode: number): void {
    const { rows, index, keys, added } = this;
    const { shape } = this.layout;
    const { rowCount, words } = rows;
    index.keyCount = keys.rowCount;
    const nulls = rows.hasNulls || keys.nulls !== undefined;
    const probe = keyProbe(shape, nulls);
    const { segments } = keys.entries;
    const touch = nulls || keys.rowCount <= CACHED_KEYS ? undefined : keyTouch(shape);
    const step = touch === undefined ? rowCount : AHEAD_ROWS;
    let count = 0;
    for (let from = first; from < rowCount; from += step) {
      const to = Math.min(rowCount, from + step);
      if (touch !== undefined) this.touched = touch(index, segments, words, from, to, slots, mode, this.near);
      count = probe(index, segments, words, from, to, slots, mode, added, count, keys);
    }
    if (count > 0 && !nulls) keys.fillAll(added, count, slots);
  }

  /** Of keys that have no words or very many. */
  private lookOneByOne(slots: Int32Array, mode: number): void {
    const { rows, index, keys } = this;
    const { lanes, width } = this.layout;
    const { words, rowCount } = rows;
    index.keyCount = keys.rowCount;
    if (lanes.length === 0 && keys.rowCount === 1) {
      // the one group without keys
      slots.fill(0, 0, rowCount);
      return;
    }
    for (let i = 0; i < rowCount; i++) {
      const row = i * width;
      const hash = keys.withNullsOf(index.hash(words, row), i);
      const bucket = index.bucketOf(0);
      const table = bucket.tables[bucket.part(hash)]!;
      const mask = table.length - 1;
      let slot = NONE;
      for (let at = (hash << 1) & mask; table[at] !== 0; at = (at + 2) & mask) {
        if (table[at + 1] !== hash) continue;
        const candidate = table[at]! - 1;
        if (!keys.entries.equals(candidate, words, row) || !keys.sameNulls(candidate, i)) continue;
        slot = candidate;
        break;
      }
      if (slot === NONE && mode !== FIND) {
        slot = keys.free.pop() ?? keys.slotEnd++;
        index.insert(0, hash, slot, words, row);
        keys.fill(slot, i);
      }
      slots[i] = slot;
    }
  }

  private hashOfSlot(slot: number, segment: Int32Array, at: number): number {
    const hash = this.index.hash(segment, at);
    // keys of one word are told apart by their null bits when they are compared
    return this.layout.shape.inline ? hash : this.keys.withNullsOfSlot(hash, slot);
  }
}
