import { pairScratch, partPairs } from "./hash-partition.js";

const PART_COUNT = 256;
const SMALLEST = 64;
/** Tables of fewer entries grow in larger steps. */
const SMALL = 512;
/** Entries in one table from which on a bucket has many of them. */
const SPLIT_AT = 1 << 16;
/** Places for each entry from which on a table is made smaller. */
const SPARSE = 16;

/** The hash of the key of an entry, from its tag: the tag itself where that is the hash. */
export type TagHash = ((tag: number) => number) | undefined;

/**
 * A hash table by open addressing. It is one table at first, and 256 from some size on, chosen by the upper 8 bits of the hash; the lower
 * bits give the place to begin at. Each table grows by itself, so that no single insertion pays for millions. An entry is a pair: the slot
 * plus one, or 0 in one that is empty, and a tag.
 */
export class IndexBucket {
  tables: Int32Array[];
  /** Per table: how many more entries it takes before it has to grow. */
  room: Int32Array;
  partMask = 0;
  private readonly tagHash: TagHash;

  constructor(tagHash: TagHash, expected: number) {
    this.tagHash = tagHash;
    const size = sizeFor(expected);
    this.tables = [new Int32Array(size * 2)];
    this.room = Int32Array.of(roomOf(size));
  }

  /** The number of the table for a hash. */
  part(hash: number): number {
    return (hash >>> 24) & this.partMask;
  }

  /** Adds the entry of a key that is not there. */
  add(hash: number, slot: number, tag: number): void {
    while (this.room[this.part(hash)] === 0) this.grow(this.part(hash));
    const p = this.part(hash);
    this.room[p]!--;
    place(this.tables[p]!, hash, slot + 1, tag);
  }

  /** Removes the entry of a slot that is there. Later entries of its run move up, so that no tombstones are needed. */
  remove(hash: number, slot: number): void {
    const { tagHash } = this;
    const p = this.part(hash);
    const table = this.tables[p]!;
    const mask = table.length - 1;
    let gap = (hash << 1) & mask;
    while (table[gap] !== slot + 1) gap = (gap + 2) & mask;
    for (let at = (gap + 2) & mask; table[at] !== 0; at = (at + 2) & mask) {
      const tag = table[at + 1]!;
      const home = ((tagHash === undefined ? tag : tagHash(tag)) << 1) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      table[gap] = table[at]!;
      table[gap + 1] = tag;
      gap = at;
    }
    table[gap] = 0;
    this.room[p]!++;
    const size = table.length >> 1;
    if (size > SMALLEST && this.room[p] === roomOf(size)) this.replace(p, SMALLEST);
  }

  /**
   * Takes the entries of keys that are all different into a bucket that has none. Each pair of `pairs[2 * from .. 2 * to)` is a tag and
   * the slot plus one.
   */
  fill(pairs: Int32Array, from: number, to: number): void {
    if (to - from <= roomOf(SPLIT_AT)) {
      this.tables = [new Int32Array(2 * sizeFor(to - from))];
      this.room = new Int32Array(1);
      this.partMask = 0;
      return this.fillTable(0, pairs, from, to);
    }
    const { tagHash } = this;
    const partOf = tagHash === undefined ? (tag: number) => tag >>> 24 : (tag: number) => tagHash(tag) >>> 24;
    const parted = partPairs(pairs, from, to, partOf);
    this.room = new Int32Array(PART_COUNT);
    this.partMask = PART_COUNT - 1;
    this.tables = [];
    for (let p = 0; p < PART_COUNT; p++) {
      const [begin, end] = [parted.ends[p]!, parted.ends[p + 1]!];
      this.tables.push(new Int32Array(2 * sizeFor(end - begin)));
      this.fillTable(p, parted.pairs, begin, end);
    }
  }

  private fillTable(p: number, pairs: Int32Array, from: number, to: number): void {
    const { tagHash } = this;
    const table = this.tables[p]!;
    for (let k = 2 * from; k < 2 * to; k += 2) {
      const tag = pairs[k]!;
      place(table, tagHash === undefined ? tag : tagHash(tag), pairs[k + 1]!, tag);
    }
    this.room[p] = roomOf(table.length >> 1) - (to - from);
  }

  /** Keeps the entries of slots that are live (1 in `live`) and forgets the others; gives how many it keeps. */
  keep(live: Uint8Array): number {
    let kept = 0;
    for (let p = 0; p < this.tables.length; p++) kept += this.keepInTable(p, live);
    return kept;
  }

  private keepInTable(p: number, live: Uint8Array): number {
    const table = this.tables[p]!;
    const before = roomOf(table.length >> 1) - this.room[p]!;
    const pairs = pairScratch(table.length);
    let end = 0;
    for (let at = 0; at < table.length; at += 2) {
      const stored = table[at]!;
      if (stored === 0) continue;
      pairs[end] = table[at + 1]!;
      pairs[end + 1] = stored;
      end += 2 * live[stored - 1]!;
    }
    const count = end >> 1;
    if (count === before) return count;
    // a table that has become far too large gives way to one with room for as many again
    if (SPARSE * count < table.length >> 1) this.tables[p] = new Int32Array(2 * sizeFor(2 * count));
    else table.fill(0);
    this.fillTable(p, pairs, 0, count);
    return count;
  }

  /** Forgets all entries and keeps the memory. */
  clear(): void {
    this.tables.forEach((table, p) => {
      table.fill(0);
      this.room[p] = roomOf(table.length >> 1);
    });
  }

  byteSize(): number {
    return this.tables.reduce((sum, table) => sum + table.byteLength, 0);
  }

  private grow(p: number): void {
    const size = this.tables[p]!.length >> 1;
    if (this.partMask === 0 && size > SPLIT_AT) return this.split(size);
    this.replace(p, size < SMALL ? size * 4 : size * 2);
  }

  private replace(p: number, size: number): void {
    const { tagHash } = this;
    const old = this.tables[p]!;
    const table = new Int32Array(size * 2);
    let count = 0;
    for (let at = 0; at < old.length; at += 2) {
      const stored = old[at]!;
      if (stored === 0) continue;
      const tag = old[at + 1]!;
      place(table, tagHash === undefined ? tag : tagHash(tag), stored, tag);
      count++;
    }
    this.tables[p] = table;
    this.room[p] = roomOf(size) - count;
  }

  private split(wholeSize: number): void {
    const { tagHash } = this;
    const [whole] = this.tables as [Int32Array];
    const size = (wholeSize / PART_COUNT) * 2;
    this.tables = Array.from({ length: PART_COUNT }, () => new Int32Array(size * 2));
    this.room = new Int32Array(PART_COUNT).fill(roomOf(size));
    this.partMask = PART_COUNT - 1;
    for (let at = 0; at < whole.length; at += 2) {
      const tag = whole[at + 1]!;
      if (whole[at] !== 0) this.add(tagHash === undefined ? tag : tagHash(tag), whole[at]! - 1, tag);
    }
  }
}

function place(table: Int32Array, hash: number, stored: number, tag: number): void {
  const mask = table.length - 1;
  let at = (hash << 1) & mask;
  while (table[at] !== 0) at = (at + 2) & mask;
  table[at] = stored;
  table[at + 1] = tag;
}

/** At most two entries of three are in use. */
function roomOf(size: number): number {
  return Math.floor((size * 2) / 3);
}

function sizeFor(expected: number): number {
  let size = SMALLEST;
  while (size < SPLIT_AT && roomOf(size) < expected) size *= 2;
  return size;
}
