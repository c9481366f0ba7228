import { KIND_MISSING } from "./field-kind.js";
import { RECORD_OK } from "./record-status.js";

/** The fields of one wanted column, one entry per record. Spans are byte offsets into the chunk. */
export interface FieldColumn {
  /** Offset of the first byte of the value. */
  starts: Int32Array;
  /** Length of the value in bytes; -1 when it is null or missing. */
  lengths: Int32Array;
  /** One of the `KIND_` codes. */
  kinds: Uint8Array;
}

/**
 * The result of tokenising a piece of a chunk: for each record its span and status, and for each wanted column
 * the span and kind of its field.
 *
 * A table is filled from row 0 on every call and is reused; its arrays are replaced when it grows, so fetch them
 * after the call. Spans point into the bytes that the call was given and hold only as long as those bytes do.
 */
export class FieldTable {
  /** How many rows the arrays have room for. */
  capacity: number;
  /** How many rows the last call filled. */
  rowCount = 0;
  /** The wanted columns, in the order in which the tokeniser was given them. */
  readonly columns: FieldColumn[];
  /** Offset of the first byte of the record's text. */
  recordStarts: Int32Array;
  /** Offset behind the last byte of the record's text, without the line end. */
  recordEnds: Int32Array;
  /** `RECORD_OK`, or the reason why the record is malformed; then every field of the row is missing. */
  statuses: Uint8Array;
  /** Offset at which a malformed record was found to be malformed; -1 for the others. */
  errorOffsets: Int32Array;
  /** How many tokens a CSV record has; 0 for other formats. */
  tokenCounts: Int32Array;
  /** Lines between the start of the call's input and the line on which the record starts. */
  lineOffsets: Int32Array;
  /** Lines (of any kind, also empty ones) that ended within the bytes which the last call consumed. */
  lineCount = 0;

  constructor(columnCount: number, capacity: number) {
    this.capacity = capacity;
    this.columns = [];
    for (let column = 0; column < columnCount; column++) {
      this.columns.push({
        starts: new Int32Array(capacity),
        lengths: new Int32Array(capacity),
        kinds: new Uint8Array(capacity),
      });
    }
    this.recordStarts = new Int32Array(capacity);
    this.recordEnds = new Int32Array(capacity);
    this.statuses = new Uint8Array(capacity);
    this.errorOffsets = new Int32Array(capacity);
    this.tokenCounts = new Int32Array(capacity);
    this.lineOffsets = new Int32Array(capacity);
  }

  /** Makes room for at least `rows` rows; what is in the table stays. */
  ensureCapacity(rows: number): void {
    if (rows <= this.capacity) return;
    const capacity = Math.max(rows, this.capacity * 2, 16);
    for (const column of this.columns) {
      column.starts = grownInts(column.starts, capacity);
      column.lengths = grownInts(column.lengths, capacity);
      column.kinds = grownBytes(column.kinds, capacity);
    }
    this.recordStarts = grownInts(this.recordStarts, capacity);
    this.recordEnds = grownInts(this.recordEnds, capacity);
    this.statuses = grownBytes(this.statuses, capacity);
    this.errorOffsets = grownInts(this.errorOffsets, capacity);
    this.tokenCounts = grownInts(this.tokenCounts, capacity);
    this.lineOffsets = grownInts(this.lineOffsets, capacity);
    this.capacity = capacity;
  }

  /** Marks every field of a row as missing and its status as good. */
  clearRow(row: number): void {
    for (const column of this.columns) {
      column.starts[row] = 0;
      column.lengths[row] = -1;
      column.kinds[row] = KIND_MISSING;
    }
    this.statuses[row] = RECORD_OK;
    this.errorOffsets[row] = -1;
    this.tokenCounts[row] = 0;
  }
}

function grownInts(old: Int32Array, capacity: number): Int32Array {
  const grown = new Int32Array(capacity);
  grown.set(old);
  return grown;
}

function grownBytes(old: Uint8Array, capacity: number): Uint8Array {
  const grown = new Uint8Array(capacity);
  grown.set(old);
  return grown;
}
