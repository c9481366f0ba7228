import type { ByteArena } from "../text/byte-arena.js";
import { KIND_MISSING, KIND_PLAIN, KIND_QUOTED } from "../text/field-kind.js";
import type { FieldTable } from "../text/field-table.js";
import { LineEnds } from "../text/line-ends.js";
import { RECORD_OK } from "../text/record-status.js";
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

/** What the fast path says of a record that it cannot read. */
const REFUSED = -1;

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
  readonly #isFast: boolean;
  #separatesRecords: Uint8Array | undefined;
  #tokens = 0;
  #starts: Int32Array[] = [];
  #lengths: Int32Array[] = [];
  #kinds: Uint8Array[] = [];

  /** `wantedColumns` are the zero-based positions, in ascending order, of the columns of the field tables. */
  constructor(wantedColumns: ArrayLike<number>, options: CsvOptions = {}) {
    this.dialect = resolveCsvOptions(options);
    this.#wanted = Int32Array.from(wantedColumns);
    for (let i = 0; i < this.#wanted.length; i++) {
      const isAscending = this.#wanted[i] > (i === 0 ? -1 : this.#wanted[i - 1]);
      if (!isAscending) throw new RangeError("the wanted columns are not in ascending order");
    }
    const { maxColumns, maxCharsPerColumn, separator, lineSeparator, trimLeading, trimTrailing } = this.dialect;
    this.#writer = new CsvRowWriter(this.#wanted, maxColumns, maxCharsPerColumn);
    this.#scanner = new CsvRecordScanner(this.dialect, this.#writer);
    this.#lineEnds = new LineEnds(lineSeparator);
    this.#isFast =
      separator.length === 1 &&
      (lineSeparator === undefined || lineSeparator.length === 1) &&
      !trimLeading &&
      !trimTrailing &&
      maxCharsPerColumn < 0;
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
    this.#fetch(table);
    const { multiLine } = this.dialect;
    if (multiLine && !this.#detectLineEnd(bytes, start, end, isLast)) return start;
    const limit = multiLine ? end : this.#lineEnds.completeUntil(bytes, start, end, isLast);
    const consumed = this.#records(bytes, start, limit, isLast, table, rowLimit);
    table.lineCount = this.#scanner.lineCount;
    return consumed;
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

  #fetch(table: FieldTable): void {
    if (table.columns.length > 0 && this.#starts[0] === table.columns[0].starts) return;
    this.#starts = table.columns.map((column) => column.starts);
    this.#lengths = table.columns.map((column) => column.lengths);
    this.#kinds = table.columns.map((column) => column.kinds);
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
    const { multiLine, comment } = this.dialect;
    const scanner = this.#scanner;
    // The fast path needs a line end ahead to stop at, so it leaves the last line alone when that has none. It knows
    // one line end byte besides `\r`, so it cannot read records that end with either `\r` or `\n`.
    const isFast = this.#isFast && this.#separatesRecords !== CR_BYTES;
    const fastLimit = isFast ? this.#lastStop(bytes, start, limit) : start;
    let position = start;
    while (position < limit && table.rowCount < rowLimit) {
      if (position < fastLimit && bytes[position] > SPACE && (comment.length === 0 || bytes[position] !== comment[0])) {
        const row = table.rowCount;
        const stop = this.#fastRecord(bytes, position, row);
        const width = stop < 0 ? 0 : this.#stopWidth(bytes, stop, limit);
        if (width > 0) {
          this.#describe(table, row, position, stop);
          position = stop + width;
          continue;
        }
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

  /** Offset behind the last byte that stops the fast path. */
  #lastStop(bytes: Uint8Array, start: number, limit: number): number {
    const stop = this.#stopByte();
    let position = limit;
    while (position > start && bytes[position - 1] !== stop) position--;
    return position;
  }

  #stopByte(): number {
    const separator = this.dialect.multiLine ? this.#separatesRecords : this.dialect.lineSeparator;
    return separator === undefined ? LF : separator[separator.length - 1];
  }

  /** Width of the line end at which the fast path stopped; 0 when it is none in this input. */
  #stopWidth(bytes: Uint8Array, stop: number, limit: number): number {
    const byte = bytes[stop];
    if (!this.dialect.multiLine) return this.#lineEnds.width(bytes, stop, limit);
    if (byte === this.#stopByte() && this.#separatesRecords?.length === 1) return 1;
    if (this.#separatesRecords !== CRLF_BYTES) return 0;
    if (byte === LF) return 1;
    return bytes[stop + 1] === LF ? 2 : 0;
  }

  #describe(table: FieldTable, row: number, start: number, end: number): void {
    table.recordStarts[row] = start;
    table.recordEnds[row] = end;
    table.statuses[row] = RECORD_OK;
    table.errorOffsets[row] = -1;
    table.tokenCounts[row] = this.#tokens;
    table.lineOffsets[row] = this.#scanner.lineCount++;
    table.rowCount = row + 1;
  }

  /**
   * Reads a record whose quoted values are simple; returns the offset of the byte at which it ended, which may be a
   * line end, or `REFUSED`.
   */
  #fastRecord(bytes: Uint8Array, start: number, row: number): number {
    const separator = this.dialect.separator[0];
    const quote = this.dialect.quote;
    const stop = this.#stopByte();
    const carriageReturn = this.dialect.lineSeparator === undefined ? CR : stop;
    const highest = Math.max(stop, carriageReturn);
    const wanted = this.#wanted;
    const wantedCount = wanted.length;
    const starts = this.#starts;
    const lengths = this.#lengths;
    const kinds = this.#kinds;
    let next = start;
    let token = 0;
    let column = 0;
    let target = wantedCount > 0 ? wanted[0] : -1;
    for (;;) {
      let from = next;
      let kind = KIND_PLAIN;
      let byte = bytes[next];
      let length = 0;
      if (byte === quote) {
        next = this.#fastQuoteEnd(bytes, next + 1);
        if (next < 0) return REFUSED;
        from++;
        length = next - from;
        kind = KIND_QUOTED;
        byte = bytes[++next];
        if (byte !== separator && byte !== stop && byte !== carriageReturn) return REFUSED;
      } else {
        while (byte !== separator && (byte > highest || (byte !== stop && byte !== carriageReturn))) {
          byte = bytes[++next];
        }
        length = next - from;
      }
      if (token === target) {
        starts[column][row] = from;
        lengths[column][row] = length;
        kinds[column][row] = kind;
        target = ++column < wantedCount ? wanted[column] : -1;
      }
      token++;
      if (byte !== separator) break;
      next++;
      if (target < 0 && !this.dialect.countTokens && !this.dialect.multiLine) {
        for (byte = bytes[next]; byte !== stop && byte !== carriageReturn; byte = bytes[next]) next++;
        token++;
        break;
      }
    }
    for (; column < wantedCount; column++) {
      lengths[column][row] = -1;
      kinds[column][row] = KIND_MISSING;
    }
    this.#tokens = token;
    return token > this.dialect.maxColumns ? REFUSED : next;
  }

  /** Offset of the quote that closes a quoted value, or `REFUSED` when the value has escapes or line ends. */
  #fastQuoteEnd(bytes: Uint8Array, start: number): number {
    const { quote, escape, escapeEscape } = this.dialect;
    const stop = this.#stopByte();
    let next = start;
    for (;;) {
      const byte = bytes[next];
      if (byte === quote) return next;
      if (byte === escape || byte === escapeEscape || byte === stop || byte === CR || byte === LF) return REFUSED;
      next++;
    }
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
  #freeRecord(bytes: Uint8Array, position: number, limit: number, isLast: boolean, table: FieldTable): number {
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
    this.#fetch(table);
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
