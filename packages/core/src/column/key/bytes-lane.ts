import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import { BytesDictionary, type DictionaryAccelerator, UNKNOWN_CODE } from "./bytes-dictionary.js";
import { type KeyLane, type KeyRows, SlotValidity } from "./key-lane.js";
import type { KeySegments } from "./key-segments.js";

/** The code of a null. */
export const NULL_CODE = -1;
/** An entry of a column's dictionary that was not looked up yet. */
const UNSEEN = -3;
/** A dictionary is kept when a table is emptied, unless it holds more than this. */
const KEPT_CODES = 1 << 16;
const KEPT_BYTES = 1 << 22;

/** What a lane knows about the entries of a column's dictionary. */
interface EntryCodes {
  readonly codes: Int32Array;
  epoch: number;
  /** Whether some entries were looked for in vain, and the additions at that time. */
  missing: boolean;
  additions: number;
}

/** Strings and binaries: the word is the code that a dictionary gives the bytes, `NULL_CODE` for null. */
export class BytesLane implements KeyLane {
  readonly type: DataType;
  readonly width = 1;
  readonly counts = true;
  readonly bit: number;
  readonly dictionary: BytesDictionary;
  /** Slots that refer to each code. */
  private references: Int32Array = new Int32Array(256);
  /** By the dictionaries of columns, which stay the same over many batches. */
  private readonly known: WeakMap<object, EntryCodes> = new WeakMap();
  /** Codes that no slot refers to any more. */
  private released: Int32Array = new Int32Array(0);
  private releasedCount = 0;
  private scratch: Int32Array = new Int32Array(0);
  private scratchStarts: Int32Array = new Int32Array(0);
  private scratchLengths: Int32Array = new Int32Array(0);
  /** Decoded keys: codes, and where the dictionary has the bytes. */
  private slotCodes: Int32Array = new Int32Array(256);
  private slotStarts: Int32Array = new Int32Array(256);
  private slotLengths: Int32Array = new Int32Array(256);
  private slotEnd = 0;
  private movesSeen = 0;
  private readonly isNull: SlotValidity = new SlotValidity();
  private isAppending = false;

  constructor(type: DataType, bit: number, accelerator?: DictionaryAccelerator) {
    this.type = type;
    this.bit = bit;
    this.dictionary = new BytesDictionary(accelerator);
  }

  encode(column: c.Column, rows: KeyRows, offset: number): void {
    const direct = rows.stride === 1;
    const codes = direct ? rows.words : this.codesFor(rows.rowCount);
    // strings are different where a key is nothing but one
    this.isAppending = rows.distinct && direct && column.layout === "bytes";
    if (column.layout === "dictionary") this.encodeEntries(column, rows, codes);
    else this.encodeBytes(column as c.BytesColumn, rows, codes);
    const { words, stride, rowCount } = rows;
    if (!rows.add) rows.hasUnknown ||= hasUnknown(codes, rowCount);
    if (direct) return;
    for (let i = 0, at = offset; i < rowCount; i++, at += stride) words[at] = codes[i]!;
  }
  writeNull(rows: KeyRows, i: number, offset: number): void {
    rows.words[i * rows.stride + offset] = NULL_CODE;
  }
  retain(words: Int32Array, at: number): void {
    const code = words[at]!;
    if (code < 0) return;
    if (code >= this.references.length) {
      this.references = larger(this.references, Math.max(code + 1, this.references.length * 2));
    }
    this.references[code]!++;
  }
  release(words: Int32Array, at: number): void {
    const code = words[at]!;
    if (code < 0 || --this.references[code]! > 0) return;
    if (this.releasedCount === this.released.length) {
      this.released = larger(this.released, Math.max(64, 2 * this.releasedCount));
    }
    this.released[this.releasedCount++] = code;
  }
  sweep(): void {
    this.dictionary.remove(this.released.subarray(0, this.releasedCount));
    this.releasedCount = 0;
  }
  decode(
    words: Int32Array,
    at: number,
    stride: number,
    _nulls: KeySegments | undefined,
    slot: number,
    count: number,
  ): void {
    const end = slot + count;
    if (end > this.slotCodes.length) this.growSlots(Math.max(end, this.slotCodes.length * 2));
    this.slotEnd = Math.max(this.slotEnd, end);
    const { slotCodes } = this;
    let lowest = 0;
    for (let k = slot, from = at; k < end; k++, from += stride) {
      const code = words[from]!;
      slotCodes[k] = code;
      if (code < lowest) lowest = code;
    }
    if (lowest === 0 && this.isNull.validity() === null) this.isNull.reserve(end);
    else for (let k = slot; k < end; k++) this.isNull.set(k, slotCodes[k]! < 0);
    this.locate(slot, end);
  }
  /** The bytes stay where the dictionary has them. */
  column(length: number): c.Column {
    const { dictionary, slotStarts, slotLengths } = this;
    if (this.movesSeen !== dictionary.moves) {
      this.movesSeen = dictionary.moves;
      this.locate(0, this.slotEnd);
    }
    const validity = this.isNull.validity();
    return new c.BytesColumn(this.type, length, validity, dictionary.data, slotStarts, slotLengths);
  }
  clear(): void {
    this.isNull.clear();
    this.slotEnd = 0;
    this.references.fill(0);
    const { dictionary } = this;
    const isLarge = dictionary.codeCount > KEPT_CODES || dictionary.usedBytes > KEPT_BYTES;
    // what is appended next may be there
    if (isLarge || dictionary.isAppended) dictionary.clear();
  }
  byteSize(): number {
    return this.dictionary.byteSize() + this.references.byteLength + this.slotCodes.byteLength * 3;
  }

  private locate(from: number, to: number): void {
    const { slotCodes, slotStarts, slotLengths } = this;
    const { starts, lengths } = this.dictionary;
    for (let slot = from; slot < to; slot++) {
      const code = slotCodes[slot]!;
      slotStarts[slot] = code < 0 ? 0 : starts[code]!;
      // the slot of a removed key may have an entry that is gone
      slotLengths[slot] = code < 0 ? 0 : Math.max(0, lengths[code]!);
    }
  }

  private growSlots(length: number): void {
    this.slotCodes = larger(this.slotCodes, length);
    this.slotStarts = larger(this.slotStarts, length);
    this.slotLengths = larger(this.slotLengths, length);
  }

  private encodeBytes(column: c.BytesColumn, rows: KeyRows, codes: Int32Array): void {
    const { data, starts, lengths } = column;
    const { rowCount } = rows;
    if (column.validity === null) return this.look(data, starts, lengths, rowCount, codes, rows.add);
    // where a row is null, start and length say nothing
    this.reserve(rowCount);
    let count = 0;
    for (let i = 0; i < rowCount; i++) {
      if (column.isNull(i)) continue;
      this.scratchStarts[count] = starts[i]!;
      this.scratchLengths[count++] = lengths[i]!;
    }
    this.look(data, this.scratchStarts, this.scratchLengths, count, codes, rows.add);
    for (let i = rowCount - 1; i >= 0; i--) codes[i] = column.isNull(i) ? NULL_CODE : codes[--count]!;
  }

  /** Looks up each entry that occurs, the first time it does. */
  private encodeEntries(column: c.DictionaryColumn, rows: KeyRows, codes: Int32Array): void {
    const entries = column.dictionary as c.BytesColumn;
    const known = this.entryCodes(entries, rows.add);
    const { rowCount } = rows;
    const { validity, codes: rowEntries } = column;
    this.reserve(rowCount);
    let unseen = 0;
    for (let i = 0; i < rowCount; i++) {
      if (validity !== null && (validity[i >> 3]! & (1 << (i & 7))) === 0) {
        codes[i] = NULL_CODE;
        continue;
      }
      const entry = rowEntries[i]!;
      const code = known.codes[entry]!;
      codes[i] = code;
      if (code !== UNSEEN) continue;
      this.scratchStarts[unseen] = entries.starts[entry]!;
      this.scratchLengths[unseen++] = entries.lengths[entry]!;
    }
    if (unseen > 0) this.lookUnseen(entries.data, unseen, column, rows, codes, known);
    known.additions = this.dictionary.additions;
  }

  private lookUnseen(
    data: Uint8Array,
    count: number,
    column: c.DictionaryColumn,
    rows: KeyRows,
    codes: Int32Array,
    known: EntryCodes,
  ): void {
    const found = new Int32Array(count);
    this.look(data, this.scratchStarts, this.scratchLengths, count, found, rows.add);
    let next = 0;
    for (let i = 0; i < rows.rowCount; i++) {
      if (codes[i] !== UNSEEN) continue;
      const code = found[next++]!;
      codes[i] = code;
      known.codes[column.codes[i]!] = code;
      if (code === UNKNOWN_CODE) known.missing = true;
    }
  }

  private entryCodes(entries: c.BytesColumn, add: boolean): EntryCodes {
    const { epoch, additions } = this.dictionary;
    let known = this.known.get(entries);
    if (known === undefined) {
      known = { codes: new Int32Array(entries.length).fill(UNSEEN), epoch, missing: false, additions };
      this.known.set(entries, known);
    } else if (known.epoch !== epoch || (known.missing && (add || known.additions !== additions))) {
      known.codes.fill(UNSEEN);
      known.epoch = epoch;
      known.missing = false;
    }
    return known;
  }

  private look(
    data: Uint8Array,
    starts: Int32Array,
    lengths: Int32Array,
    count: number,
    codes: Int32Array,
    add: boolean,
  ): void {
    if (this.isAppending) this.dictionary.append(data, starts, lengths, count, codes);
    else if (add) this.dictionary.intern(data, starts, lengths, count, codes);
    else this.dictionary.find(data, starts, lengths, count, codes);
  }

  private codesFor(rowCount: number): Int32Array {
    if (this.scratch.length < rowCount) this.scratch = new Int32Array(Math.max(rowCount, 4096));
    return this.scratch;
  }

  private reserve(rowCount: number): void {
    if (this.scratchStarts.length >= rowCount) return;
    this.scratchStarts = new Int32Array(Math.max(rowCount, 4096));
    this.scratchLengths = new Int32Array(Math.max(rowCount, 4096));
  }
}

function hasUnknown(codes: Int32Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (codes[i] === UNKNOWN_CODE) return true;
  return false;
}

function larger(old: Int32Array, length: number): Int32Array {
  const grown = new Int32Array(length);
  grown.set(old);
  return grown;
}
