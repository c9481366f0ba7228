import { BYTES_MAX, grownSize } from "../byte-room.js";
import { copyBytes, copySlices, totalOf } from "../copy-slices.js";
import { HashIndex, isMany } from "./hash-index.js";
import { hashSlice, sameSlice } from "./hash-slice.js";
import { plainMemory, type TableMemory } from "./table-memory.js";

/** Stands for bytes that the dictionary does not have. */
export const UNKNOWN_CODE = -2;

const FIRST_ENTRIES = 256;
const FIRST_BYTES = 8192;
/** Bytes of removed entries that are put up with. */
const GARBAGE_BYTES = 1 << 16;

// places in `counters`
const COUNT = 0;
const USED = 1;
const FREE = 2;
const ADDED = 3;

/** The arrays of a dictionary, as an accelerator sees them. They are replaced as they grow; `version` tells. */
export interface DictionaryTables {
  readonly index: HashIndex;
  /** Number of codes given out so far, bytes in use of `data`, the first free code plus one, number of additions. */
  readonly counters: Int32Array;
  readonly data: Uint8Array;
  readonly starts: Int32Array;
  /** Of a free code: minus one, minus the next free code plus one. */
  readonly lengths: Int32Array;
  readonly version: number;
}

/**
 * Code outside of this package that looks slices up in a dictionary's own arrays, which it provides the memory for.
 *
 * It gives the number of slices it went through: fewer than asked for when the next one needs more room (it is then added by
 * the dictionary itself), and -1 when it cannot read these arrays at all.
 */
export interface DictionaryAccelerator extends TableMemory {
  look(
    tables: DictionaryTables,
    data: Uint8Array,
    starts: Int32Array,
    lengths: Int32Array,
    from: number,
    to: number,
    codes: Int32Array,
    add: boolean,
  ): number;
}

/** Makes accelerators, one per dictionary. */
export type AcceleratorFactory = () => DictionaryAccelerator;

/**
 * Gives byte strings small numbers, equal ones the same: 0, 1, 2, ... Codes of removed strings are used again.
 */
export class BytesDictionary implements DictionaryTables {
  data: Uint8Array;
  starts: Int32Array;
  lengths: Int32Array;
  readonly counters: Int32Array;
  readonly index: HashIndex;
  private arraysVersion = 0;
  private readonly memory: TableMemory;
  private readonly accelerator: DictionaryAccelerator | undefined;
  private view: DataView;
  private garbage = 0;
  /** Whether all entries were appended and none is in the index. */
  isAppended = false;
  /** Of all that were ever added. */
  private removals = 0;
  /** Changes when codes get another meaning: after a removal or when the dictionary was emptied. */
  epoch = 0;
  /** Changes when entries have moved within `data`. */
  moves = 0;

  constructor(accelerator?: DictionaryAccelerator) {
    this.accelerator = accelerator;
    this.memory = accelerator ?? plainMemory;
    this.data = this.memory.bytes(FIRST_BYTES);
    this.view = viewOf(this.data);
    this.starts = this.memory.int32(FIRST_ENTRIES);
    this.lengths = this.memory.int32(FIRST_ENTRIES);
    this.counters = this.memory.int32(4);
    this.index = new HashIndex(this.memory);
  }

  /** One above the highest code that was ever given out. */
  get codeCount(): number {
    return this.counters[COUNT]!;
  }

  /** Bytes of all entries. */
  get usedBytes(): number {
    return this.counters[USED]!;
  }

  /** Grows with every entry that is added. */
  get additions(): number {
    return this.counters[ADDED]!;
  }

  /** How many entries there are. */
  get entryCount(): number {
    // the counter of additions goes round
    return (this.counters[ADDED]! - this.removals) | 0;
  }

  get version(): number {
    return this.arraysVersion + this.index.version;
  }

  /** The codes of slices, added where they are new. */
  intern(data: Uint8Array, starts: Int32Array, lengths: Int32Array, count: number, codes: Int32Array): void {
    this.look(data, starts, lengths, count, codes, true);
  }

  /** The codes of slices, `UNKNOWN_CODE` for those that are not there. */
  find(data: Uint8Array, starts: Int32Array, lengths: Int32Array, count: number, codes: Int32Array): void {
    this.look(data, starts, lengths, count, codes, false);
  }

  /**
   * Adds slices that are all different and not there: to a dictionary that is empty, or was filled by such calls alone. They are put into the
   * index when it is needed, all at once.
   */
  append(data: Uint8Array, starts: Int32Array, lengths: Int32Array, count: number, codes: Int32Array): void {
    if (this.codeCount > 0 && !this.isAppended) return this.intern(data, starts, lengths, count, codes);
    this.isAppended = true;
    const { counters } = this;
    const used = counters[USED]!;
    const total = totalOf(lengths, count);
    if (used + total > this.data.length) this.growData(used + total);
    copySlices(this.data, used, data, starts, lengths, count);
    const first = counters[COUNT]!;
    while (first + count > this.starts.length) this.growEntries();
    for (let i = 0, at = used; i < count; i++) {
      codes[i] = first + i;
      this.starts[first + i] = at;
      at += lengths[i]!;
    }
    this.lengths.set(lengths.subarray(0, count), first);
    counters[COUNT] = first + count;
    counters[USED] = used + total;
    counters[ADDED]! += count;
  }

  /** Puts what was appended into the index. */
  private indexAppended(): void {
    this.isAppended = false;
    const hashes = new Int32Array(this.codeCount);
    for (let code = 0; code < hashes.length; code++) {
      hashes[code] = hashSlice(this.view, this.starts[code]!, this.lengths[code]!);
    }
    this.index.fill(hashes, hashes.length);
  }

  /** Removes entries, each once. Where they are many, the index is gone through once for all of them. */
  remove(codes: Int32Array): void {
    if (codes.length === 0) return;
    if (this.isAppended) this.indexAppended();
    const { counters, lengths } = this;
    const many = isMany(codes.length, this.entryCount, this.codeCount);
    for (let k = 0; k < codes.length; k++) {
      const code = codes[k]!;
      const length = lengths[code]!;
      if (!many) this.index.remove(hashSlice(this.view, this.starts[code]!, length), code);
      this.garbage += length;
      lengths[code] = -1 - counters[FREE]!;
      counters[FREE] = code + 1;
    }
    this.removals = (this.removals + codes.length) | 0;
    this.epoch++;
    if (many) this.index.keep(lengths);
    if (this.garbage > GARBAGE_BYTES && this.garbage > this.usedBytes >> 1) this.compact();
  }

  /** Forgets all entries and keeps the arrays. */
  clear(): void {
    this.isAppended = false;
    this.index.clear();
    this.counters.fill(0, COUNT, ADDED);
    this.removals = this.additions;
    this.garbage = 0;
    this.epoch++;
    this.moves++;
  }

  byteSize(): number {
    return this.data.byteLength + this.starts.byteLength * 2 + this.index.byteSize();
  }

  private look(
    data: Uint8Array,
    starts: Int32Array,
    lengths: Int32Array,
    count: number,
    codes: Int32Array,
    add: boolean,
  ): void {
    if (this.isAppended) this.indexAppended();
    let from = 0;
    const { accelerator } = this;
    while (from < count && accelerator !== undefined) {
      const to = accelerator.look(this, data, starts, lengths, from, count, codes, add);
      if (to < 0) break;
      from = to;
      if (from < count) this.lookHere(data, starts, lengths, from, ++from, codes, add);
    }
    if (from < count) this.lookHere(data, starts, lengths, from, count, codes, add);
  }

  private lookHere(
    data: Uint8Array,
    starts: Int32Array,
    lengths: Int32Array,
    from: number,
    to: number,
    codes: Int32Array,
    add: boolean,
  ): void {
    const view = viewOf(data);
    const { index } = this;
    for (let i = from; i < to; i++) {
      const start = starts[i]!;
      const length = lengths[i]!;
      const hash = hashSlice(view, start, length);
      const part = index.parts[(hash >>> 24) & index.partMask]!;
      const mask = part.length - 1;
      let at = (hash << 1) & mask;
      let code = UNKNOWN_CODE;
      for (let stored = part[at + 1]!; stored !== 0; stored = part[at + 1]!) {
        if (
          part[at] === hash &&
          this.lengths[stored - 1] === length &&
          sameSlice(view, start, this.view, this.starts[stored - 1]!, length)
        ) {
          code = stored - 1;
          break;
        }
        at = (at + 2) & mask;
      }
      codes[i] = code === UNKNOWN_CODE && add ? this.add(data, start, length, hash) : code;
    }
  }

  private add(data: Uint8Array, start: number, length: number, hash: number): number {
    const { counters } = this;
    const used = counters[USED]!;
    // before a code is given out, so that nothing has changed where there is no room
    if (used + length > this.data.length) this.growData(used + length);
    let code = counters[FREE]! - 1;
    if (code >= 0) {
      counters[FREE] = -1 - this.lengths[code]!;
    } else {
      code = counters[COUNT]!++;
      if (code >= this.starts.length) this.growEntries();
    }
    copyBytes(this.data, used, data, start, length);
    this.starts[code] = used;
    this.lengths[code] = length;
    counters[USED] = used + length;
    counters[ADDED]!++;
    this.index.add(hash, code);
    return code;
  }

  private growEntries(): void {
    const { starts, lengths } = this;
    this.starts = this.memory.int32(starts.length * 2);
    this.starts.set(starts);
    this.lengths = this.memory.int32(lengths.length * 2);
    this.lengths.set(lengths);
    this.memory.free(starts);
    this.memory.free(lengths);
    this.arraysVersion++;
  }

  private growData(needed: number): void {
    const old = this.data;
    this.replaceData(grownSize(old.length, needed, "The distinct strings of the keys"));
    this.data.set(old.subarray(0, this.usedBytes));
    this.memory.free(old);
  }

  private replaceData(size: number): void {
    this.data = this.memory.bytes(size);
    this.view = viewOf(this.data);
    this.arraysVersion++;
  }

  private compact(): void {
    const old = this.data;
    let size = FIRST_BYTES;
    while (size < (this.usedBytes - this.garbage) * 1.5) size *= 2;
    this.replaceData(Math.min(size, BYTES_MAX));
    let used = 0;
    for (let code = 0; code < this.codeCount; code++) {
      const length = this.lengths[code]!;
      if (length < 0) continue;
      const start = this.starts[code]!;
      copyBytes(this.data, used, old, start, length);
      this.starts[code] = used;
      used += length;
    }
    this.counters[USED] = used;
    this.garbage = 0;
    this.moves++;
    this.memory.free(old);
  }
}

let lastBytes: Uint8Array | undefined;
let lastView: DataView = new DataView(new ArrayBuffer(0));

/** A view of the same bytes; the last one is kept, as calls for the same bytes follow each other. */
function viewOf(bytes: Uint8Array): DataView {
  if (bytes === lastBytes) return lastView;
  lastBytes = bytes;
  lastView = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return lastView;
}
