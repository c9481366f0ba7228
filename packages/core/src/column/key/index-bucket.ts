const PART_COUNT = 256;
const SMALLEST = 64;
/** Tables of fewer entries grow in larger steps. */
const SMALL = 2048;
/** Entries in one table from which on a bucket has many of them. */
const SPLIT_AT = 1 << 16;

/** How the entries of an index are laid out, and how to place them anew. */
export interface EntryLayout {
  /** Words per entry; the first is the slot plus one, or 0 in one that is empty. */
  readonly stride: number;
  /** The hash of the key in the entry that begins at `table[at]`. */
  hashAt(table: Int32Array, at: number): number;
}

/**
 * A hash table by open addressing. It is one table of entries at first, and 256 from some size on, chosen by the upper 8 bits of the hash;
 * the lower bits give the place to begin at. Each table grows by itself, so that no single insertion pays for millions.
 */
export class IndexBucket {
  tables: Int32Array[];
  /** Per table: the number of its entries less one, and how many more it takes before it has to grow. */
  masks: Int32Array;
  room: Int32Array;
  partMask = 0;
  readonly layout: EntryLayout;

  constructor(layout: EntryLayout, expected: number) {
    this.layout = layout;
    const size = sizeFor(expected);
    this.tables = [new Int32Array(size * layout.stride)];
    this.masks = Int32Array.of(size - 1);
    this.room = Int32Array.of(roomOf(size));
  }

  /** The number of the table for a hash. */
  part(hash: number): number {
    return (hash >>> 24) & this.partMask;
  }

  /** Makes room for one more entry of a hash. */
  makeRoom(hash: number): void {
    while (this.room[this.part(hash)] === 0) {
      const p = this.part(hash);
      if (this.partMask === 0 && this.masks[0]! >= SPLIT_AT) this.split();
      else this.replace(p, (this.masks[p]! + 1) * (this.masks[p]! < SMALL ? 4 : 2));
    }
  }

  /** The place of a new entry, which the caller fills; there must be room. */
  place(hash: number): number {
    const p = this.part(hash);
    const { stride } = this.layout;
    const table = this.tables[p]!;
    const mask = this.masks[p]!;
    let at = hash & mask;
    while (table[at * stride] !== 0) at = (at + 1) & mask;
    this.room[p]!--;
    return at * stride;
  }

  /** Removes the entry of a slot that is there. Later entries of its run move up, so that no tombstones are needed. */
  remove(hash: number, slot: number): void {
    const { layout } = this;
    const { stride } = layout;
    const p = this.part(hash);
    const table = this.tables[p]!;
    const mask = this.masks[p]!;
    let gap = hash & mask;
    while (table[gap * stride] !== slot + 1) gap = (gap + 1) & mask;
    for (let at = (gap + 1) & mask; table[at * stride] !== 0; at = (at + 1) & mask) {
      const home = layout.hashAt(table, at * stride) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      table.copyWithin(gap * stride, at * stride, (at + 1) * stride);
      gap = at;
    }
    table[gap * stride] = 0;
    this.room[p]!++;
    if (mask >= SMALLEST && this.room[p] === roomOf(mask + 1)) this.replace(p, SMALLEST);
  }

  /** Forgets all entries and keeps the memory. */
  clear(): void {
    for (let p = 0; p < this.tables.length; p++) {
      this.tables[p]!.fill(0);
      this.room[p] = roomOf(this.masks[p]! + 1);
    }
  }

  byteSize(): number {
    return this.tables.reduce((sum, table) => sum + table.byteLength, 0);
  }

  private replace(p: number, size: number): void {
    const old = this.tables[p]!;
    const { layout, masks, room } = this;
    const count = roomOf(masks[p]! + 1) - room[p]!;
    const table = new Int32Array(size * layout.stride);
    moveEntries(old, table, size - 1, layout);
    this.tables[p] = table;
    masks[p] = size - 1;
    room[p] = roomOf(size) - count;
  }

  private split(): void {
    const [whole] = this.tables as [Int32Array];
    const size = Math.max(SMALLEST, ((this.masks[0]! + 1) / PART_COUNT) * 2);
    const { layout } = this;
    this.tables = Array.from({ length: PART_COUNT }, () => new Int32Array(size * layout.stride));
    this.masks = new Int32Array(PART_COUNT).fill(size - 1);
    this.room = new Int32Array(PART_COUNT).fill(roomOf(size));
    this.partMask = PART_COUNT - 1;
    for (let from = 0; from < whole.length; from += layout.stride) {
      if (whole[from] === 0) continue;
      const hash = layout.hashAt(whole, from);
      this.makeRoom(hash);
      const table = this.tables[this.part(hash)]!;
      const to = this.place(hash);
      for (let k = 0; k < layout.stride; k++) table[to + k] = whole[from + k]!;
    }
  }
}

function moveEntries(from: Int32Array, to: Int32Array, mask: number, layout: EntryLayout): void {
  const { stride } = layout;
  for (let at = 0; at < from.length; at += stride) {
    if (from[at] === 0) continue;
    let place = layout.hashAt(from, at) & mask;
    while (to[place * stride] !== 0) place = (place + 1) & mask;
    for (let k = 0; k < stride; k++) to[place * stride + k] = from[at + k]!;
  }
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
