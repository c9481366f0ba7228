import type { KernelArrays } from "../wasm/kernel-arrays.js";
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
  /** Where the arrays come from: kernels fill those in their own memory; undefined for ordinary ones. */
  private readonly arrays: KernelArrays | undefined;

  /** With `arrays` the table lies in the kernels' memory, and `arrays` has to live as long as the table is used. */
  constructor(columnCount: number, capacity: number, arrays?: KernelArrays) {
    this.capacity = capacity;
    this.arrays = arrays;
    this.columns = [];
    for (let column = 0; column < columnCount; column++) {
      this.columns.push({
        starts: this.ints(capacity),
        lengths: this.ints(capacity),
        kinds: this.bytes(capacity),
      });
    }
    this.recordStarts = this.ints(capacity);
    this.recordEnds = this.ints(capacity);
    this.statuses = this.bytes(capacity);
    this.errorOffsets = this.ints(capacity);
    this.tokenCounts = this.ints(capacity);
    this.lineOffsets = this.ints(capacity);
  }

  /** Makes room for at least `rows` rows; what is in the table stays. */
  ensureCapacity(rows: number): void {
    if (rows <= this.capacity) return;
    const capacity = Math.max(rows, this.capacity * 2, 16);
    for (const column of this.columns) {
      column.starts = this.grownInts(column.starts, capacity);
      column.lengths = this.grownInts(column.lengths, capacity);
      column.kinds = this.grownBytes(column.kinds, capacity);
    }
    this.recordStarts = this.grownInts(this.recordStarts, capacity);
    this.recordEnds = this.grownInts(this.recordEnds, capacity);
    this.statuses = this.grownBytes(this.statuses, capacity);
    this.errorOffsets = this.grownInts(this.errorOffsets, capacity);
    this.tokenCounts = this.grownInts(this.tokenCounts, capacity);
    this.lineOffsets = this.grownInts(this.lineOffsets, capacity);
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

  private ints(length: number): Int32Array {
    return this.arrays ? this.arrays.int32(length) : new Int32Array(length);
  }

  private bytes(length: number): Uint8Array {
    return this.arrays ? this.arrays.bytes(length) : new Uint8Array(length);
  }

  private grownInts(old: Int32Array, capacity: number): Int32Array {
    const grown = this.ints(capacity);
    grown.set(old);
    this.arrays?.free(old);
    return grown;
  }

  private grownBytes(old: Uint8Array, capacity: number): Uint8Array {
    const grown = this.bytes(capacity);
    grown.set(old);
    this.arrays?.free(old);
    return grown;
  }
}
