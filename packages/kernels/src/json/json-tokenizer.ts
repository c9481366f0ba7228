import { ByteArena } from "../text/byte-arena.js";
import { viewOf } from "../text/byte-view.js";
import { KIND_MISSING, KIND_OBJECT, KIND_STRING, KIND_STRING_ESCAPED } from "../text/field-kind.js";
import type { FieldColumn, FieldTable } from "../text/field-table.js";
import { LineEnds } from "../text/line-ends.js";
import {
  RECORD_NOT_AN_OBJECT,
  RECORD_OK,
  RECORD_UNEXPECTED_BYTE,
  RECORD_UNEXPECTED_END,
} from "../text/record-status.js";
import { JsonKernel } from "./json-kernel.js";
import type { JsonOptions } from "./json-options.js";
import { JsonScanner } from "./json-scanner.js";
import { KeyGuesses } from "./key-guesses.js";
import { unescapeJson } from "./unescape-json.js";

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Finds the fields of wanted keys in JSON records: the lines of a file, a whole document, or spans of objects.
 *
 * Every record is checked to its end, also the values that are not wanted. Of a key that occurs twice the last
 * value counts. What follows the end of the record's object (or top-level array) is ignored, as in Spark, whose
 * parser stops reading there. A malformed record is one row with a status; a top-level array gives a row per
 * element, or one malformed row when any part of it is malformed or an element is no object.
 */
export class JsonTokenizer {
  readonly #scanner: JsonScanner;
  readonly #guesses: KeyGuesses;
  readonly #lineEnds: LineEnds;
  readonly #boundsLines: boolean;
  readonly #scratch = new ByteArena(256);
  readonly #wantedKeys: readonly Uint8Array[];
  readonly #maxNestingDepth: number;
  readonly #usesKernel: boolean;
  /** Made when bytes come that lie in the kernels' memory. */
  #kernel: JsonKernel | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #end = 0;
  #starts: Int32Array[] = [];
  #lengths: Int32Array[] = [];
  #kinds: Uint8Array[] = [];
  #keyNumber = -1;
  #lineEndsAreSpace = true;

  /** `wantedKeys` are the distinct keys, as UTF-8, of the columns of the field tables that will be filled. */
  constructor(wantedKeys: readonly Uint8Array[], options: JsonOptions = {}) {
    this.#scanner = new JsonScanner(options);
    this.#guesses = new KeyGuesses(wantedKeys);
    this.#lineEnds = new LineEnds(options.lineSeparator);
    this.#wantedKeys = wantedKeys;
    this.#maxNestingDepth = options.maxNestingDepth ?? 1000;
    // All other options only add to what is right, and what a kernel finds right without them is so with them.
    this.#usesKernel = options.lineSeparator === undefined;
    // Ordinarily no token can reach past the end of its line, so the line end need not be sought beforehand.
    this.#boundsLines =
      options.lineSeparator !== undefined ||
      options.allowComments === true ||
      options.allowUnquotedControlChars === true ||
      options.allowBackslashEscapingAnyCharacter === true;
  }

  /**
   * Tokenises JSON lines: fills `table` with the rows of about `rowLimit` records and returns the offset of the first
   * byte not consumed.
   *
   * A line that may be incomplete is left for the next call unless `isLast`. Blank lines give no row. The rows of a
   * top-level array are never split between calls, so there may be more than `rowLimit`.
   */
  tokenize(
    bytes: Uint8Array,
    start: number,
    end: number,
    isLast: boolean,
    table: FieldTable,
    rowLimit: number,
  ): number {
    const limit = this.#lineEnds.completeUntil(bytes, start, end, isLast);
    table.ensureCapacity(rowLimit);
    this.#open(bytes, limit, table);
    this.#setLineEndsAreSpace(this.#lineEnds.separator !== undefined);
    const kernel = this.#kernelFor(bytes, limit);
    let position = start;
    let row = 0;
    let line = 0;
    while (position < limit && row < rowLimit) {
      if (kernel?.takes(table)) {
        row = kernel.run(position, limit, row, rowLimit, line);
        position = kernel.position;
        line = kernel.line;
        if (position >= limit || row >= rowLimit) break;
      }
      const next = this.#line(table, row, position, limit, line);
      row = table.rowCount;
      if (next > position) line++;
      position = next;
    }
    table.rowCount = row;
    table.lineCount = line;
    return position;
  }

  /** Tokenises a slice that is one document, an object or an array of objects; fills `table` from row 0. */
  tokenizeDocument(bytes: Uint8Array, start: number, end: number, table: FieldTable): void {
    table.ensureCapacity(1);
    table.rowCount = 0;
    this.#open(bytes, end, table);
    this.#setLineEndsAreSpace(true);
    const first = this.#scanner.skipSpace(start);
    if (first < end) {
      this.#root(table, 0, first);
      this.#describe(table, 0, start, end, 0);
    }
    let lines = 0;
    for (let i = start; i < end; i++) if (bytes[i] === LF) lines++;
    table.lineCount = lines;
  }

  /** Tokenises a slice that must be one object into one row of the table, and returns the row's status. */
  tokenizeObject(bytes: Uint8Array, start: number, end: number, table: FieldTable, row: number): number {
    table.ensureCapacity(row + 1);
    const kernel = this.#objectKernel(table);
    if (kernel?.takes(table) && kernel.readObject(bytes, start, end, row)) {
      table.rowCount = row + 1;
      this.#good(table, row);
      this.#describe(table, row, start, end, 0);
      return RECORD_OK;
    }
    this.#open(bytes, end, table);
    this.#setLineEndsAreSpace(true);
    const first = this.#scanner.skipSpace(start);
    table.rowCount = row;
    const isObject = this.#scanner.byteAt(first) === OPEN_BRACE;
    if (!isObject || this.#object(first + 1, row) < 0) {
      if (!isObject) this.#scanner.fail(RECORD_NOT_AN_OBJECT, first);
      this.#malformed(table, row);
    } else {
      this.#good(table, row);
    }
    this.#describe(table, row, start, end, 0);
    table.rowCount = row + 1;
    return table.statuses[row];
  }

  /**
   * Tokenises rows `from` to `to` of a column whose values are themselves objects: row i of `table` gets the fields of `column`'s row i.
   *
   * Where the column holds no object all fields are missing.
   */
  tokenizeColumn(bytes: Uint8Array, column: FieldColumn, to: number, table: FieldTable, from = 0): void {
    table.ensureCapacity(to);
    const objects = this.#objectKernel(table);
    const kernel = objects?.canRead(bytes, bytes.length) ? objects : undefined;
    let row = from;
    while (row < to) {
      if (kernel?.takes(table)) {
        row = kernel.readColumn(column, row, to);
        if (row >= to) break;
      }
      const start = column.starts[row];
      if (column.kinds[row] === KIND_OBJECT) {
        this.tokenizeObject(bytes, start, start + column.lengths[row], table, row);
      } else {
        table.clearRow(row);
        table.recordStarts[row] = start;
        table.recordEnds[row] = start;
        table.lineOffsets[row] = 0;
      }
      row++;
    }
    table.rowCount = to;
    table.lineCount = 0;
  }

  /**
   * Tokenises spans that must be one object each: rows `from` to `to` of `table`, which has room for them, get the fields of the
   * spans of the same numbers, in ascending order. A span of the length -1 has none. A line feed follows every other span.
   */
  tokenizeSpans(
    bytes: Uint8Array,
    starts: Int32Array,
    lengths: Int32Array,
    from: number,
    to: number,
    table: FieldTable,
  ): void {
    const kernel = this.#kernelFor(bytes, bytes.length);
    let row = from;
    let behind = row;
    while (row < to) {
      behind = Math.max(behind, row);
      while (behind < to && lengths[behind] >= 0) behind++;
      if (kernel?.takes(table) && behind > row) {
        const end = starts[behind - 1] + lengths[behind - 1] + 1;
        const read = kernel.run(starts[row], end, row, behind, 0);
        // a text that goes on behind its object with a line of another one looks like two records
        const agreed = sameUntil(table.recordStarts, starts, row, read);
        for (; row < agreed; row++) this.#good(table, row);
      }
      if (row < behind) {
        this.tokenizeObject(bytes, starts[row], starts[row] + lengths[row], table, row);
        row++;
      } else if (row < to) {
        table.clearRow(row++);
      }
    }
    table.rowCount = to;
  }

  /** The kernel, when it can read these bytes. */
  #kernelFor(bytes: Uint8Array, limit: number): JsonKernel | undefined {
    // the kernels' memory is a shared one, so ordinary bytes need no look at it
    if (!this.#usesKernel || bytes.buffer instanceof ArrayBuffer) return undefined;
    this.#kernel ??= JsonKernel.create(this.#wantedKeys, this.#maxNestingDepth);
    return this.#kernel?.canRead(bytes, limit) ? this.#kernel : undefined;
  }

  /** The kernel for objects, which need not lie in its memory; the table has to. */
  #objectKernel(table: FieldTable): JsonKernel | undefined {
    if (table.recordStarts.buffer instanceof ArrayBuffer) return undefined;
    this.#kernel ??= JsonKernel.create(this.#wantedKeys, this.#maxNestingDepth);
    return this.#kernel;
  }

  #open(bytes: Uint8Array, end: number, table: FieldTable): void {
    if (table.columns.length !== this.#guesses.wantedCount) {
      throw new RangeError(`the table has ${table.columns.length} columns, not ${this.#guesses.wantedCount}`);
    }
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    this.#scanner.outerDepth = 1;
    this.#bind(end, table);
  }

  #setLineEndsAreSpace(areSpace: boolean): void {
    if (areSpace === this.#lineEndsAreSpace) return;
    this.#lineEndsAreSpace = areSpace;
    this.#scanner.setLineEndsAreSpace(areSpace);
    // What was learned may have line ends between tokens.
    this.#guesses.successors.fill(-1);
  }

  /** Sets the offset that must not be passed, and fetches the arrays of the table. */
  #bind(end: number, table: FieldTable): void {
    this.#end = end;
    this.#scanner.open(this.#bytes, end);
    if (this.#starts[0] === table.columns[0]?.starts) return;
    this.#starts = table.columns.map((column) => column.starts);
    this.#lengths = table.columns.map((column) => column.lengths);
    this.#kinds = table.columns.map((column) => column.kinds);
  }

  /** Tokenises the line at `start`, sets the table's row count, and returns where the next line starts. */
  #line(table: FieldTable, row: number, start: number, limit: number, line: number): number {
    const scanner = this.#scanner;
    const bytes = this.#bytes;
    let lineEnd = -1;
    if (this.#boundsLines) {
      lineEnd = this.#lineEnds.find(bytes, start, limit);
      this.#bind(lineEnd, table);
    }
    table.rowCount = row;
    const first = bytes[start] === OPEN_BRACE ? start : scanner.skipSpace(start);
    const byte = scanner.byteAt(first);
    const isBlank = byte < 0 || (lineEnd < 0 && (byte === LF || byte === CR));
    let behind = first;
    if (!isBlank) {
      behind = this.#root(table, row, first);
      if (behind < 0) behind = scanner.errorOffset;
    }
    if (lineEnd < 0) {
      // A record ordinarily ends with its line; what else follows it is skipped.
      lineEnd = bytes[behind] === LF && behind < limit ? behind : this.#lineEnds.find(bytes, behind, limit);
    }
    if (!isBlank) {
      if (table.errorOffsets[row] >= lineEnd) table.statuses[row] = RECORD_UNEXPECTED_END;
      this.#describe(table, row, start, lineEnd, line);
    }
    return lineEnd + this.#lineEnds.width(bytes, lineEnd, limit);
  }

  /** Reads an object or an array of objects into rows from `row` on; returns the offset behind it, or -1. */
  #root(table: FieldTable, row: number, position: number): number {
    const byte = this.#scanner.byteAt(position);
    let behind = -1;
    let next = row + 1;
    if (byte === OPEN_BRACE) {
      behind = this.#object(position + 1, row);
      if (behind >= 0) this.#good(table, row);
    } else if (byte === OPEN_BRACKET) {
      behind = this.#rootArray(table, row, position);
      next = table.rowCount;
    } else {
      this.#scanner.fail(RECORD_NOT_AN_OBJECT, position);
    }
    if (behind < 0) {
      this.#malformed(table, row);
      next = row + 1;
    }
    table.rowCount = next;
    return behind;
  }

  #rootArray(table: FieldTable, firstRow: number, position: number): number {
    const scanner = this.#scanner;
    let row = firstRow;
    let next = scanner.skipSpace(position + 1);
    scanner.outerDepth = 2;
    if (scanner.byteAt(next) !== CLOSE_BRACKET) {
      for (;;) {
        table.ensureCapacity(row + 1);
        this.#bind(this.#end, table);
        if (scanner.byteAt(next) !== OPEN_BRACE)
          return this.#leaveArray(scanner.fail(RECORD_NOT_AN_OBJECT, next));
        next = this.#object(next + 1, row);
        if (next < 0) return this.#leaveArray(-1);
        this.#good(table, row);
        row++;
        next = scanner.skipSpace(next);
        const after = scanner.byteAt(next);
        if (after === CLOSE_BRACKET) break;
        if (after !== COMMA) return this.#leaveArray(scanner.fail(RECORD_UNEXPECTED_BYTE, next));
        next = scanner.skipSpace(next + 1);
      }
    }
    table.rowCount = row;
    return this.#leaveArray(next + 1);
  }

  #leaveArray(result: number): number {
    this.#scanner.outerDepth = 1;
    return result;
  }

  /** Reads the members behind an opening brace into a row; returns the offset behind the closing one, or -1. */
  #object(position: number, row: number): number {
    const scanner = this.#scanner;
    const guesses = this.#guesses;
    const wantedCount = guesses.wantedCount;
    const bytes = this.#bytes;
    const view = this.#view;
    const end = this.#end;
    const successors = guesses.successors;
    const starts = this.#starts;
    const lengths = this.#lengths;
    const kinds = this.#kinds;
    for (let column = 0; column < wantedCount; column++) {
      lengths[column][row] = -1;
      kinds[column][row] = KIND_MISSING;
    }
    let key = guesses.root;
    let next = position;
    for (;;) {
      const guess = successors[key];
      let value = guess < 0 ? -1 : guesses.match(guess, view, next, end);
      if (value >= 0) {
        key = guess;
      } else {
        const memberStart = scanner.skipSpace(next);
        // Only the first round can meet the closing brace here: behind a comma it is an error.
        if (key === guesses.root && scanner.byteAt(memberStart) === CLOSE_BRACE) return memberStart + 1;
        value = this.#member(key, next, memberStart);
        if (value < 0) return -1;
        key = this.#keyNumber;
      }
      let kind = KIND_STRING;
      let start = value + 1;
      let length = 0;
      if (value < end && bytes[value] === QUOTE) {
        const close = scanner.stringEnd(start, QUOTE);
        if (close < 0) return -1;
        if (scanner.escaped) kind = KIND_STRING_ESCAPED;
        length = close - start;
        next = close + 1;
      } else {
        // A guessed piece may have had less white space than there is now.
        next = scanner.value(scanner.skipSpace(value));
        if (next < 0) return -1;
        kind = scanner.kind;
        start = scanner.valueStart;
        length = scanner.valueLength;
      }
      if (key >= 0 && key < wantedCount) {
        starts[key][row] = start;
        lengths[key][row] = length;
        kinds[key][row] = kind;
      }
      let after = next < end ? bytes[next] : -1;
      if (after !== COMMA && after !== CLOSE_BRACE) {
        next = scanner.skipSpace(next);
        after = scanner.byteAt(next);
      }
      next++;
      if (after === CLOSE_BRACE) return next;
      if (after !== COMMA)
        return scanner.fail(after < 0 ? RECORD_UNEXPECTED_END : RECORD_UNEXPECTED_BYTE, next - 1);
      if (key < 0) key = guesses.unknown;
    }
  }

  /** Reads a key that was not guessed, learns it, sets `#keyNumber`, and returns the offset of its value. */
  #member(previous: number, pieceStart: number, position: number): number {
    const scanner = this.#scanner;
    const value = scanner.member(position);
    if (value < 0) return -1;
    let number = -1;
    if (scanner.kind === KIND_STRING_ESCAPED) {
      this.#scratch.clear();
      const length = unescapeJson(this.#bytes, scanner.valueStart, scanner.valueLength, this.#scratch);
      number = this.#guesses.keyNumber(this.#scratch.bytes, 0, length);
    } else {
      number = this.#guesses.keyNumber(this.#bytes, scanner.valueStart, scanner.valueLength);
    }
    if (number >= 0 && this.#guesses.match(number, this.#view, pieceStart, this.#end) !== value) {
      this.#guesses.remember(number, this.#bytes, pieceStart, value);
    }
    this.#guesses.successors[previous] = number;
    this.#keyNumber = number;
    return value;
  }

  #good(table: FieldTable, row: number): void {
    table.statuses[row] = RECORD_OK;
    table.errorOffsets[row] = -1;
    table.tokenCounts[row] = 0;
  }

  #malformed(table: FieldTable, row: number): void {
    table.clearRow(row);
    table.statuses[row] = this.#scanner.status;
    table.errorOffsets[row] = this.#scanner.errorOffset;
  }

  /** Notes the text and the line of the rows that came from one record. */
  #describe(table: FieldTable, firstRow: number, start: number, end: number, line: number): void {
    for (let row = firstRow; row < Math.max(table.rowCount, firstRow + 1); row++) {
      table.recordStarts[row] = start;
      table.recordEnds[row] = end;
      table.lineOffsets[row] = line;
    }
  }
}

/** The first row from `row` on, before `end`, in which two columns differ. */
function sameUntil(one: Int32Array, other: Int32Array, row: number, end: number): number {
  let at = row;
  while (at < end && one[at] === other[at]) at++;
  return at;
}
