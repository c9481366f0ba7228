import { KIND_MISSING } from "../text/field-kind.js";
import { FieldTable } from "../text/field-table.js";
import { RECORD_FIELD_TOO_LONG, RECORD_OK, RECORD_TOO_MANY_COLUMNS } from "../text/record-status.js";

/** Puts the values of one record after the other into a field table, keeping only those of wanted columns. */
export class CsvRowWriter {
  /** The row that is being written. */
  row = 0;
  /** How many values the record has so far. */
  tokenCount = 0;
  /** `RECORD_OK`, or what is wrong with the record. */
  status: number = RECORD_OK;

  #table: FieldTable = new FieldTable(0, 0);
  #bytes: Uint8Array = new Uint8Array(0);
  #recordStart = 0;
  #line = 0;
  #errorOffset = -1;
  #nextWanted = 0;
  readonly #wanted: Int32Array;
  readonly #tokensMax: number;
  readonly #charsMax: number;

  constructor(wanted: Int32Array, tokensMax: number, charsMax: number) {
    this.#wanted = wanted;
    this.#tokensMax = tokensMax;
    this.#charsMax = charsMax;
  }

  /** Sets the table to write to. */
  open(table: FieldTable, bytes: Uint8Array): void {
    this.#table = table;
    this.#bytes = bytes;
  }

  /** Starts the record at `start`, on line `line`, in row `row`. */
  begin(row: number, start: number, line: number): void {
    this.#table.ensureCapacity(row + 1);
    this.row = row;
    this.tokenCount = 0;
    this.status = RECORD_OK;
    this.#recordStart = start;
    this.#line = line;
    this.#errorOffset = -1;
    this.#nextWanted = 0;
  }

  /** Adds the next value of the record. */
  add(start: number, length: number, kind: number): void {
    const token = this.tokenCount++;
    if (this.tokenCount > this.#tokensMax) this.fail(RECORD_TOO_MANY_COLUMNS, start);
    if (this.#charsMax >= 0 && length > this.#charsMax && this.#charCount(start, length) > this.#charsMax) {
      this.fail(RECORD_FIELD_TOO_LONG, start);
    }
    if (this.#nextWanted === this.#wanted.length || this.#wanted[this.#nextWanted] !== token) return;
    const column = this.#table.columns[this.#nextWanted++];
    column.starts[this.row] = start;
    column.lengths[this.row] = length;
    column.kinds[this.row] = kind;
  }

  /** Marks the record as malformed; the first reason stays. */
  fail(status: number, offset: number): void {
    if (this.status !== RECORD_OK) return;
    this.status = status;
    this.#errorOffset = offset;
  }

  /** Completes the row of a record whose text ends at `end`. */
  finish(end: number): void {
    const table = this.#table;
    const row = this.row;
    if (this.status === RECORD_OK) {
      for (let i = this.#nextWanted; i < this.#wanted.length; i++) {
        table.columns[i].lengths[row] = -1;
        table.columns[i].kinds[row] = KIND_MISSING;
      }
    } else {
      table.clearRow(row);
    }
    table.recordStarts[row] = this.#recordStart;
    table.recordEnds[row] = end;
    table.statuses[row] = this.status;
    table.errorOffsets[row] = this.#errorOffset;
    table.tokenCounts[row] = this.tokenCount;
    table.lineOffsets[row] = this.#line;
  }

  /** Length in UTF-16 units, which is what Spark counts. */
  #charCount(start: number, length: number): number {
    let count = 0;
    for (let i = start; i < start + length; i++) {
      const byte = this.#bytes[i];
      if ((byte & 0xc0) !== 0x80) count += byte >= 0xf0 ? 2 : 1;
    }
    return count;
  }
}
