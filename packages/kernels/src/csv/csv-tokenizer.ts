import type { ByteArena } from "../text/byte-arena.js";
import type { FieldTable } from "../text/field-table.js";
import { LineEnds } from "../text/line-ends.js";
import { CsvFastPath } from "./csv-fast-path.js";
import { CsvKernel } from "./csv-kernel.js";
import { type CsvDialect, type CsvOptions, resolveCsvOptions } from "./csv-options.js";
import { CsvRecordScanner } from "./csv-record-scanner.js";
import { CsvRowWriter } from "./csv-row-writer.js";
import { CSV_KEEP_LINE_ENDS, CSV_NORMALIZE_CR, CSV_NORMALIZE_CRLF, unescapeCsv } from "./unescape-csv.js";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const LF_BYTES: Uint8Array = Uint8Array.of(LF);
const CR_BYTES: Uint8Array = Uint8Array.of(CR);
const CRLF_BYTES: Uint8Array = Uint8Array.of(CR, LF);

/**
 * Finds the values of wanted columns in CSV records.
 *
 * A record is a line, or with `multiLine` what stands between two line ends outside quotes. Lines that are empty,
 * blank (line by line only) or comments give no row. The header is a record like any other. Malformed are only
 * records that break a limit or, with `RAISE_ERROR`, have an unescaped quote; whether the number of tokens is
 * right is for the caller to judge.
 */
export class CsvTokenizer {
  /** The options with their defaults. */
  readonly dialect: CsvDialect;
  readonly #wanted: Int32Array;
  readonly #writer: CsvRowWriter;
  readonly #scanner: CsvRecordScanner;
  readonly #lineEnds: LineEnds;
  readonly #fast: CsvFastPath;
  readonly #isFast: boolean;
  /** Undefined until bytes come that a kernel can read; null when it does not know the dialect. */
  #kernel: CsvKernel | null | undefined;
  #separatesRecords: Uint8Array | undefined;

  /** `wantedColumns` are the zero-based positions, in ascending order, of the columns of the field tables. */
  constructor(wantedColumns: ArrayLike<number>, options: CsvOptions = {}) {
    this.dialect = resolveCsvOptions(options);
    this.#wanted = Int32Array.from(wantedColumns);
    for (let i = 0; i < this.#wanted.length; i++) {
      const isAscending = this.#wanted[i] > (i === 0 ? -1 : this.#wanted[i - 1]);
      if (!isAscending) throw new RangeError("the wanted columns are not in ascending order");
    }
    const { maxColumns, maxCharsPerColumn, separator, lineSeparator, trimLeading, trimTrailing } =
      this.dialect;
    this.#writer = new CsvRowWriter(this.#wanted, maxColumns, maxCharsPerColumn);
    this.#scanner = new CsvRecordScanner(this.dialect, this.#writer);
    this.#lineEnds = new LineEnds(lineSeparator);
    this.#fast = new CsvFastPath(this.dialect, this.#wanted);
    this.#isFast =
      separator.length === 1 &&
      (lineSeparator === undefined || lineSeparator.length === 1) &&
      !trimLeading &&
      !trimTrailing &&
      maxCharsPerColumn < 0;
    if (!CsvKernel.knows(this.dialect)) this.#kernel = null;
    this.reset();
  }

  /** Begins a new input: forgets which line end the one before had. */
  reset(): void {
    this.#separatesRecords = this.dialect.lineSeparator;
  }

  /**
   * Fills `table` with the rows of about `rowLimit` records and returns the offset of the first byte not consumed.
   *
   * A record that may be incomplete is left for the next call unless `isLast`. (With `BACK_TO_DELIMITER` one piece of
   * input can give several records, so there may be more rows than `rowLimit`.)
   */
  tokenize(
    bytes: Uint8Array,
    start: number,
    end: number,
    isLast: boolean,
    table: FieldTable,
    rowLimit: number,
  ): number {
    table.ensureCapacity(rowLimit);
    table.rowCount = 0;
    table.lineCount = 0;
    if (table.columns.length !== this.#wanted.length) {
      throw new RangeError(`the table has ${table.columns.length} columns, not ${this.#wanted.length}`);
    }
    this.#writer.open(table, bytes);
    this.#scanner.lineCount = 0;
    const { multiLine } = this.dialect;
    if (multiLine && !this.#detectLineEnd(bytes, start, end, isLast)) return start;
    const limit = multiLine ? end : this.#lineEnds.completeUntil(bytes, start, end, isLast);
    const consumed = this.#records(bytes, start, limit, isLast, table, rowLimit);
    table.lineCount = this.#scanner.lineCount;
    return consumed;
  }

  /**
   * Tokenises spans that are one record each, whatever line ends they hold: rows from `from` to `to` of `table`, which has room for
   * them, get the values of the spans of the same numbers, which ascend and are each followed by the line separator. Returns the
   * first row that is not read, because there may be something out of the ordinary about it.
   */
  tokenizeSpans(
    bytes: Uint8Array,
    starts: Int32Array,
    lengths: Int32Array,
    from: number,
    to: number,
    table: FieldTable,
  ): number {
    let behind = from;
    // blank lines are no records, but values may be blank
    while (behind < to && lengths[behind] > 0 && bytes[starts[behind]] > SPACE) behind++;
    if (behind === from) return from;
    const kernel = this.#kernelFor(bytes, starts[behind - 1] + lengths[behind - 1] + 1, table);
    if (kernel === null) return from;
    table.rowCount = from;
    kernel.records(starts[from], table, behind, 0);
    // a record is the span's where both begin and end together
    for (let row = from; row < table.rowCount; row++) {
      if (table.recordStarts[row] !== starts[row]) return row;
      if (table.recordEnds[row] !== starts[row] + lengths[row]) return row;
    }
    return table.rowCount;
  }

  /** Appends the value of a field of kind `KIND_QUOTED_ESCAPED` or `KIND_QUOTED_TAIL` and returns its length. */
  unescape(bytes: Uint8Array, start: number, length: number, kind: number, arena: ByteArena): number {
    return unescapeCsv(bytes, start, length, kind, this.dialect, this.#normalization(), arena);
  }

  #normalization(): number {
    if (!this.dialect.multiLine || this.dialect.lineSeparator !== undefined) return CSV_KEEP_LINE_ENDS;
    if (this.#separatesRecords === CRLF_BYTES) return CSV_NORMALIZE_CRLF;
    return this.#separatesRecords === CR_BYTES ? CSV_NORMALIZE_CR : CSV_KEEP_LINE_ENDS;
  }

  /** Finds out how records end when quotes can hold line ends: as the first line does. False: not known yet. */
  #detectLineEnd(bytes: Uint8Array, start: number, end: number, isLast: boolean): boolean {
    if (this.#separatesRecords !== undefined) return true;
    for (let position = start; position < end; position++) {
      const byte = bytes[position];
      if (byte !== LF && byte !== CR) continue;
      if (byte === CR && position + 1 === end && !isLast) return false;
      const isCrLf = byte === CR && position + 1 < end && bytes[position + 1] === LF;
      this.#separatesRecords = byte === LF ? LF_BYTES : isCrLf ? CRLF_BYTES : CR_BYTES;
      return true;
    }
    // An input without line ends is a single record.
    return isLast;
  }

  #records(
    bytes: Uint8Array,
    start: number,
    limit: number,
    isLast: boolean,
    table: FieldTable,
    rowLimit: number,
  ): number {
    const { multiLine } = this.dialect;
    const scanner = this.#scanner;
    const kernel = this.#kernelFor(bytes, limit, table);
    // With `\r` between records, which then end at a lone `\n` too, there is no fast path.
    const usesFastPath = kernel === null && this.#isFast && this.#separatesRecords !== CR_BYTES;
    if (usesFastPath) this.#fast.open(bytes, start, limit, multiLine ? this.#separatesRecords : undefined);
    let position = start;
    while (position < limit && table.rowCount < rowLimit) {
      if (kernel !== null) {
        position = kernel.records(position, table, rowLimit, scanner.lineCount);
        scanner.lineCount = kernel.line;
        if (position >= limit || table.rowCount >= rowLimit) break;
      } else if (usesFastPath) {
        const before = table.rowCount;
        position = this.#fast.records(position, table, rowLimit, scanner.lineCount);
        scanner.lineCount += table.rowCount - before;
        if (position >= limit || table.rowCount >= rowLimit) break;
      }
      const next = multiLine
        ? this.#freeRecord(bytes, position, limit, isLast, table)
        : this.#lineRecord(bytes, position, limit, table);
      if (next < 0) break;
      position = next;
    }
    table.lineCount = scanner.lineCount;
    return position;
  }

  /** The kernel that reads these bytes, or null. */
  #kernelFor(bytes: Uint8Array, limit: number, table: FieldTable): CsvKernel | null {
    if (this.#kernel === null || bytes.buffer instanceof ArrayBuffer) return null;
    const recordEnd = this.#separatesRecords;
    if (this.dialect.multiLine && recordEnd === undefined) return null;
    this.#kernel ??= new CsvKernel(this.dialect, this.#wanted);
    return this.#kernel.open(bytes, limit, recordEnd, table) ? this.#kernel : null;
  }

  /** Reads the line at `position`, of any shape, and returns where the next one starts. */
  #lineRecord(bytes: Uint8Array, position: number, limit: number, table: FieldTable): number {
    const lineEnd = this.#lineEnds.find(bytes, position, limit);
    const scanner = this.#scanner;
    scanner.open(bytes, lineEnd, true, undefined, false, false);
    if (!isBlank(bytes, position, lineEnd) && !this.#isComment(bytes, position, lineEnd)) {
      this.#writer.begin(table.rowCount, position, scanner.lineCount);
      scanner.record(position);
      this.#finish(table, lineEnd);
    }
    scanner.lineCount++;
    return lineEnd + this.#lineEnds.width(bytes, lineEnd, limit);
  }

  /** Reads the record at `position`, whose quoted values may hold line ends; a negative result: incomplete. */
  #freeRecord(
    bytes: Uint8Array,
    position: number,
    limit: number,
    isLast: boolean,
    table: FieldTable,
  ): number {
    const scanner = this.#scanner;
    const separator = this.#separatesRecords ?? LF_BYTES;
    const bareLf = this.dialect.lineSeparator === undefined && separator !== LF_BYTES;
    const lineCount = scanner.lineCount;
    scanner.open(bytes, limit, isLast, separator, bareLf, bareLf);
    let recordEnd = position;
    if (this.#isComment(bytes, position, limit)) {
      while (recordEnd < limit && scanner.lineEndWidth(recordEnd) === 0) recordEnd++;
      if (recordEnd === limit && !isLast) return -1;
    } else {
      this.#writer.begin(table.rowCount, position, lineCount);
      recordEnd = scanner.record(position);
      if (recordEnd < 0) {
        scanner.lineCount = lineCount;
        return -1;
      }
      this.#finish(table, recordEnd);
    }
    scanner.lineCount++;
    return recordEnd + scanner.lineEndWidth(recordEnd);
  }

  #finish(table: FieldTable, recordEnd: number): void {
    const { row, tokenCount } = this.#writer;
    if (tokenCount > 0) this.#writer.finish(recordEnd);
    table.rowCount = tokenCount > 0 ? row + 1 : row;
  }

  #isComment(bytes: Uint8Array, position: number, end: number): boolean {
    const { comment } = this.dialect;
    if (comment.length === 0 || position + comment.length > end) return false;
    for (let i = 0; i < comment.length; i++) if (bytes[position + i] !== comment[i]) return false;
    return true;
  }
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let position = start; position < end; position++) if (bytes[position] > SPACE) return false;
  return true;
}
