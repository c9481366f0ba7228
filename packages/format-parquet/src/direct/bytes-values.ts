import { BytesColumn, type Column, type DataType, DictionaryColumn, type Validity } from "@ss/core";
import { DeltaReader } from "./delta-reader.js";
import { HybridReader } from "./hybrid-reader.js";
import type { Page } from "./page-reader.js";
import { ParquetFault } from "./parquet-fault.js";
import {
  ENCODING,
  isDictionaryEncoding,
  spreadWords,
  unknownEncoding,
  type Values,
  valuesTooShort,
} from "./values.js";

/**
 * How the batch has its rows: as codes of the dictionary; as views of the page; or, where it takes rows of several pages
 * (which share no memory), as views of a copy.
 */
type Form = "codes" | "page" | "copy";

/**
 * STRING and BINARY. Where the file has a dictionary the columns have it too, one and the same for all batches of a row
 * group; a batch in which the writer gave its dictionary up is plain from its first row on.
 */
export class BytesValues implements Values {
  readonly encodings: readonly number[];
  private readonly type: DataType;
  /** Bytes of every value, or 0 where each has its length in front. */
  private readonly fixedLength: number;
  private readonly starts: Int32Array;
  private readonly lengths: Int32Array;
  private readonly codes: Int32Array;
  private readonly codeReader = new HybridReader();
  private readonly deltas = new DeltaReader();
  private dictionary: BytesColumn | undefined;
  private form: Form = "page";
  private data: Uint8Array = new Uint8Array(0);
  private copy: Uint8Array = new Uint8Array(0);
  private copied = 0;
  private encoding: number = ENCODING.plain;
  private bytes: Uint8Array = new Uint8Array(0);
  private position = 0;
  private end = 0;
  /** What the batch has of the page: rows from here on, bytes from there on. */
  private pageRow = 0;
  private pageStart = 0;
  private rows = 0;

  constructor(type: DataType, rows: number, fixedLength: number) {
    this.type = type;
    this.fixedLength = fixedLength;
    this.encodings = fixedLength === 0 ? [ENCODING.plain, ENCODING.deltaLength] : [ENCODING.plain];
    this.starts = new Int32Array(rows);
    this.lengths = new Int32Array(rows);
    this.codes = new Int32Array(rows);
  }

  startChunk(): void {
    this.dictionary = undefined;
  }

  setDictionary({ header, bytes, start, end }: Page): void {
    const { valueCount } = header;
    if (valueCount * (this.fixedLength || 4) > end - start)
      throw new ParquetFault("its dictionary is cut off");
    const starts = new Int32Array(valueCount);
    const lengths = new Int32Array(valueCount);
    if (this.fixedLength > 0) fixedViews(this.fixedLength, start, valueCount, starts, lengths, 0);
    else plainViews(bytes, start, end, valueCount, starts, lengths, 0);
    this.dictionary = new BytesColumn(this.type, valueCount, null, bytes, starts, lengths);
  }

  startPage(encoding: number, bytes: Uint8Array, start: number, end: number): void {
    this.encoding = encoding;
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    this.pageRow = this.rows;
    this.pageStart = start;
    if (encoding === ENCODING.plain) return;
    if (encoding === ENCODING.deltaLength && this.fixedLength === 0) {
      this.startDeltaLengths();
      return;
    }
    if (!isDictionaryEncoding(encoding)) throw unknownEncoding(encoding);
    if (this.dictionary === undefined)
      throw new ParquetFault("its values refer to a dictionary that is not there");
    if (end > start) this.codeReader.start(bytes, start + 1, end, bytes[start]!, this.dictionary.length);
  }

  /** All lengths come first, then all bytes. */
  private startDeltaLengths(): void {
    const { bytes, position, end, deltas } = this;
    if (end === position) {
      deltas.startEmpty();
      return;
    }
    deltas.start(bytes, position, end);
    const start = deltas.skip();
    deltas.start(bytes, position, start);
    this.position = start;
    this.pageStart = start;
  }

  begin(): void {
    this.rows = 0;
    this.pageRow = 0;
    this.pageStart = this.position;
    this.form = isDictionaryEncoding(this.encoding) ? "codes" : "page";
    this.data = this.bytes;
    this.copied = 0;
  }

  take(at: number, rows: number, present: number, validity: Uint8Array): void {
    const isCoded = isDictionaryEncoding(this.encoding);
    // the first page of a batch decides its form; the dictionary serves as long as nothing else comes
    if (at === 0) {
      this.form = isCoded ? "codes" : "page";
      this.data = this.bytes;
    } else if (this.form === "codes" && !isCoded) this.expand();
    if (isCoded) this.takeCodes(at, rows, present, validity);
    else this.takeViews(at, rows, present, validity);
    this.rows = at + rows;
  }

  private takeCodes(at: number, rows: number, present: number, validity: Uint8Array): void {
    const { codes } = this;
    if (present > 0 && this.end === this.position) throw valuesTooShort();
    this.codeReader.read(present, codes, at);
    spreadWords(codes, at, rows, present, validity);
    if (present < rows) clearNulls(codes, at, rows, validity);
    if (this.form !== "codes") this.expandRows(at, at + rows);
  }

  private takeViews(at: number, rows: number, present: number, validity: Uint8Array): void {
    const { starts, lengths } = this;
    this.position = this.views(at, present);
    if (present === rows) return;
    spreadWords(starts, at, rows, present, validity);
    spreadWords(lengths, at, rows, present, validity);
    clearNulls(starts, at, rows, validity);
    clearNulls(lengths, at, rows, validity);
  }

  private views(at: number, present: number): number {
    const { bytes, position, end, starts, lengths, fixedLength } = this;
    if (this.encoding === ENCODING.deltaLength) return this.deltaViews(at, present);
    if (fixedLength === 0) return plainViews(bytes, position, end, present, starts, lengths, at);
    if (fixedLength * present > end - position) throw valuesTooShort();
    return fixedViews(fixedLength, position, present, starts, lengths, at);
  }

  private deltaViews(at: number, present: number): number {
    const { deltas, end, starts, lengths } = this;
    let { position } = this;
    if (present === 0) return position;
    deltas.read(present, lengths, at, 1);
    for (let i = at; i < at + present; i++) {
      const length = lengths[i]!;
      if (length < 0 || length > end - position) throw valuesTooShort();
      starts[i] = position;
      position += length;
    }
    return position;
  }

  /** The writer has given its dictionary up: what the batch has as codes becomes views of a copy of the dictionary. */
  private expand(): void {
    this.form = "copy";
    this.expandRows(0, this.rows);
  }

  private expandRows(from: number, to: number): void {
    const { codes, starts, lengths } = this;
    const dictionary = this.dictionary!;
    if (dictionary.length === 0) {
      starts.fill(0, from, to);
      lengths.fill(0, from, to);
      return;
    }
    // only the bytes of values are copied, which end where the last value does
    const last = dictionary.length - 1;
    const base = this.append(dictionary.data, 0, dictionary.starts[last]! + dictionary.lengths[last]!);
    for (let i = from; i < to; i++) {
      const code = codes[i]!;
      starts[i] = base + dictionary.starts[code]!;
      lengths[i] = dictionary.lengths[code]!;
    }
  }

  leavePage(): void {
    if (this.form === "codes" || isDictionaryEncoding(this.encoding) || this.rows === this.pageRow) return;
    if (this.form === "page") this.form = "copy";
    const { starts, pageRow, rows } = this;
    const shift = this.append(this.bytes, this.pageStart, this.position) - this.pageStart;
    for (let i = pageRow; i < rows; i++) starts[i] = starts[i]! + shift;
  }

  /** Appends bytes to the copy and returns where they stand in it. */
  private append(bytes: Uint8Array, start: number, end: number): number {
    const at = this.copied;
    const size = at + end - start;
    if (this.copy.length < size) {
      const grown = new Uint8Array(Math.max(size, this.copy.length * 2));
      grown.set(this.copy.subarray(0, at));
      this.copy = grown;
    }
    this.copy.set(bytes.subarray(start, end), at);
    this.copied = size;
    return at;
  }

  column(rows: number, validity: Validity): Column {
    const { type, starts, lengths } = this;
    if (this.form === "codes")
      return new DictionaryColumn(type, rows, validity, this.codes, this.dictionary!);
    if (this.form === "page") return new BytesColumn(type, rows, validity, this.data, starts, lengths);
    this.leavePage();
    this.pageRow = this.rows;
    return new BytesColumn(type, rows, validity, this.copy, starts, lengths);
  }
}

function plainViews(
  bytes: Uint8Array,
  position: number,
  end: number,
  count: number,
  starts: Int32Array,
  lengths: Int32Array,
  at: number,
): number {
  for (let i = 0; i < count; i++) {
    const start = position + 4;
    if (start > end) throw valuesTooShort();
    const length =
      bytes[position]! |
      (bytes[position + 1]! << 8) |
      (bytes[position + 2]! << 16) |
      (bytes[position + 3]! << 24);
    // a negative length is one of 2^31 and above
    if (length < 0 || length > end - start) throw valuesTooShort();
    starts[at + i] = start;
    lengths[at + i] = length;
    position = start + length;
  }
  return position;
}

function fixedViews(
  length: number,
  position: number,
  count: number,
  starts: Int32Array,
  lengths: Int32Array,
  at: number,
): number {
  for (let i = 0; i < count; i++) {
    starts[at + i] = position + i * length;
    lengths[at + i] = length;
  }
  return position + count * length;
}

function clearNulls(target: Int32Array, at: number, rows: number, validity: Uint8Array): void {
  for (let i = at; i < at + rows; i++) if ((validity[i >> 3]! & (1 << (i & 7))) === 0) target[i] = 0;
}
