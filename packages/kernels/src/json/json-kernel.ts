import type { FieldColumn, FieldTable } from "../text/field-table.js";
import { KernelArrays } from "../wasm/kernel-arrays.js";
import { type Kernels, kernels } from "../wasm/kernel-module.js";

// The state that assembly/json-state.ts describes.
const HEADER_BYTES = 128;
const ENTRY_BYTES = 128;
/** Entries before those of the wanted keys. */
const FIXED_ENTRIES = 3;
/** How many keys beyond the wanted ones are remembered, and the bytes that there are for them. */
const OTHER_KEYS_MAX = 256;
const OTHER_KEY_BYTES = 8192;
/** The kernel may load this many bytes behind the end of its input. */
const REACH_BYTES = 64;

const ENTRIES = 0;
const ENTRY_MAX = 2;
const WANTED_COUNT = 3;
const KEY_TABLE = 4;
const KEY_TABLE_MASK = 5;
const KEY_BYTES = 6;
const KEY_BYTES_END = 7;
const DEPTH_MAX = 8;
const RECORD_STARTS = 9;
const RECORD_ENDS = 10;
const STATUSES = 11;
const ERROR_OFFSETS = 12;
const TOKEN_COUNTS = 13;
const LINE_OFFSETS = 14;
const CAPACITY = 15;
const POSITION = 16;
const LINE = 17;
/** Within an entry. */
const STARTS = 3;
const LENGTHS = 4;
const KINDS = 5;

/** The longest object that is copied into the kernels' memory, where it lies elsewhere. */
const COPY_BYTES = 1 << 16;

/** A run that read fewer records than this before it stopped was not worth its start. */
const RECORDS_WORTH_A_RUN = 4;
const PAUSE_MAX = 255;

/**
 * Tokenises JSON lines in WebAssembly as far as it can prove them right. It stops before the first record that it cannot, which
 * is then the twin's; where that happens often it pauses for ever more records.
 */
export class JsonKernel {
  /** Where the last run stopped: the start of a record, or the limit. */
  position = 0;
  /** How many lines there were up to there. */
  line = 0;
  private readonly kernels: Kernels = kernels();
  /** Holds the state until the kernel is forgotten. */
  private readonly arrays: KernelArrays;
  private readonly state: Int32Array;
  private readonly firstEntry: number;
  /** Where slices of bytes that lie elsewhere are copied, in words; those of `wordBytes` begin `shift` bytes into `words`. */
  private copy: Int32Array = new Int32Array(0);
  private copyAddress = 0;
  private wordBytes: Uint8Array | undefined;
  private words: Int32Array = new Int32Array(0);
  private shift = 0;
  private bytes: Uint8Array | undefined;
  private base = -1;
  private recordStarts: Int32Array | undefined;
  private tableFits = false;
  private pause = 0;
  private wait = 0;

  private constructor(state: Int32Array, arrays: KernelArrays, firstEntry: number) {
    this.state = state;
    this.arrays = arrays;
    this.firstEntry = firstEntry;
  }

  /** Undefined when the kernels' memory is full. */
  static create(wantedKeys: readonly Uint8Array[], maxNestingDepth: number): JsonKernel | undefined {
    const arrays = new KernelArrays();
    const { memory, exports } = kernels();
    const wanted = wantedKeys.length;
    const entryMax = FIXED_ENTRIES + wanted + OTHER_KEYS_MAX;
    const slots = 1 << (33 - Math.clz32(entryMax));
    const wantedBytes = wantedKeys.reduce((sum, key) => sum + key.length, 0);
    const entriesAt = HEADER_BYTES;
    const slotsAt = entriesAt + entryMax * ENTRY_BYTES;
    const keysAt = slotsAt + slots * 4;
    const size = keysAt + wantedBytes + OTHER_KEY_BYTES;
    const state = arrays.int32((size + 3) >> 2);
    const lengths = arrays.int32(wanted);
    const address = memory.addressOf(state);
    if (address < 0 || memory.addressOf(lengths) < 0) return undefined;
    const keys = new Uint8Array(state.buffer, address + keysAt, wantedBytes);
    let at = 0;
    for (const [column, key] of wantedKeys.entries()) {
      keys.set(key, at);
      lengths[column] = key.length;
      at += key.length;
    }
    state[ENTRIES] = address + entriesAt;
    state[ENTRY_MAX] = entryMax;
    state[WANTED_COUNT] = wanted;
    state[KEY_TABLE] = address + slotsAt;
    state[KEY_TABLE_MASK] = slots - 1;
    state[KEY_BYTES] = address + keysAt + wantedBytes;
    state[KEY_BYTES_END] = address + size;
    state[DEPTH_MAX] = maxNestingDepth;
    exports.jsonStateInit(address, address + keysAt, memory.addressOf(lengths), wanted);
    arrays.free(lengths);
    return new JsonKernel(state, arrays, (entriesAt + FIXED_ENTRIES * ENTRY_BYTES) >> 2);
  }

  /** Whether the kernel can read these bytes up to `end`. */
  canRead(bytes: Uint8Array, end: number): boolean {
    const { memory } = this.kernels;
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.base = memory.addressOf(bytes);
    }
    return this.base >= 0 && this.base + end + REACH_BYTES <= memory.current().byteLength;
  }

  /** Whether the next record is the kernel's: the table has to lie in its memory, and it must not be at pause. */
  takes(table: FieldTable): boolean {
    // all arrays of a table are replaced together
    if (table.recordStarts !== this.recordStarts) this.bind(table);
    if (!this.tableFits) return false;
    if (this.wait === 0) return true;
    this.wait--;
    return false;
  }

  /** Fills rows from `row` on, and returns the row behind them; `position` and `line` say how far it came. */
  run(start: number, limit: number, row: number, rowLimit: number, line: number): number {
    const { state } = this;
    const { exports } = this.kernels;
    const next = exports.jsonRecords(state.byteOffset, this.base, start, limit, row, rowLimit, line);
    this.position = state[POSITION]!;
    this.line = state[LINE]!;
    const isStopped = this.position < limit && next < rowLimit;
    this.note(!isStopped || this.line - line >= RECORDS_WORTH_A_RUN);
    return next;
  }

  /**
   * Fills rows `from` to `to` with the fields of the objects in those rows of a column, of bytes that it can read; returns the first
   * row that is the twin's, or `to`.
   */
  readColumn({ starts, lengths, kinds }: FieldColumn, from: number, to: number): number {
    const { memory, exports } = this.kernels;
    const startsAt = memory.addressOf(starts);
    const lengthsAt = memory.addressOf(lengths);
    const kindsAt = memory.addressOf(kinds);
    if (startsAt < 0 || lengthsAt < 0 || kindsAt < 0) return from;
    const next = exports.jsonObjects(
      this.state.byteOffset,
      this.base,
      startsAt,
      lengthsAt,
      kindsAt,
      from,
      to,
    );
    this.note(next === to || next - from >= RECORDS_WORTH_A_RUN);
    return next;
  }

  /**
   * Fills a row with the fields of the object that a slice of any bytes holds; false where it is the twin's. The spans are offsets
   * into those bytes, wherever they lie.
   */
  readObject(bytes: Uint8Array, start: number, end: number, row: number): boolean {
    const { state } = this;
    const base = this.canRead(bytes, end) ? this.base : this.baseOfCopy(bytes, start, end);
    const isRead =
      base !== 0 && this.kernels.exports.jsonObject(state.byteOffset, base, start, end, row) === 1;
    this.note(isRead);
    return isRead;
  }

  /** Where the bytes would begin, so that the copy of the slice is where they have the slice; 0 when it is not copied. */
  private baseOfCopy(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > COPY_BYTES || !this.makeCopy(bytes)) return 0;
    const { copy, words, shift } = this;
    const first = (start + shift) >> 2;
    const behind = Math.min((end + shift + 3) >> 2, words.length);
    // for the few words that an object has, a loop is faster than a call that copies them
    for (let word = first; word < behind; word++) copy[word - first] = words[word]!;
    const copied = behind * 4 - shift;
    if (copied < end) {
      let last = 0;
      for (let at = copied; at < end; at++) last |= bytes[at]! << ((at - copied) * 8);
      copy[behind - first] = last;
    }
    // addresses are taken modulo 2^32
    return this.copyAddress - (first * 4 - shift);
  }

  /** Prepares to copy slices of these bytes, word by word. */
  private makeCopy(bytes: Uint8Array): boolean {
    if (this.copyAddress === 0) {
      this.copy = this.arrays.int32((COPY_BYTES + REACH_BYTES) >> 2);
      this.copyAddress = this.kernels.memory.addressOf(this.copy);
    }
    if (bytes !== this.wordBytes) {
      const { buffer, byteOffset } = bytes;
      this.wordBytes = bytes;
      this.shift = byteOffset & 3;
      this.words = new Int32Array(
        buffer,
        byteOffset - this.shift,
        (buffer.byteLength - byteOffset + this.shift) >> 2,
      );
    }
    return this.copyAddress > 0;
  }

  private note(isWorthIt: boolean): void {
    this.pause = isWorthIt ? 0 : Math.min(this.pause * 2 + 1, PAUSE_MAX);
    this.wait = this.pause;
  }

  private bind(table: FieldTable): void {
    const { state } = this;
    let fits = table.columns.length === state[WANTED_COUNT];
    const put = (index: number, array: ArrayBufferView): void => {
      const address = this.kernels.memory.addressOf(array);
      if (address < 0) fits = false;
      state[index] = address;
    };
    put(RECORD_STARTS, table.recordStarts);
    put(RECORD_ENDS, table.recordEnds);
    put(STATUSES, table.statuses);
    put(ERROR_OFFSETS, table.errorOffsets);
    put(TOKEN_COUNTS, table.tokenCounts);
    put(LINE_OFFSETS, table.lineOffsets);
    state[CAPACITY] = table.capacity;
    let entry = this.firstEntry;
    for (const column of fits ? table.columns : []) {
      put(entry + STARTS, column.starts);
      put(entry + LENGTHS, column.lengths);
      put(entry + KINDS, column.kinds);
      entry += ENTRY_BYTES >> 2;
    }
    this.recordStarts = table.recordStarts;
    this.tableFits = fits;
  }
}
