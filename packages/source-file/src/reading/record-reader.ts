import {
  BATCH_ROWS,
  Batch,
  BytesBuilder,
  type Column,
  gatherColumn,
  type StreamError,
  type StructType,
} from "@ss/core";
import { decodeUtf8, FieldTable, KernelArrays, skipByteOrderMark } from "@ss/kernels";
import type { FieldDecoder } from "../decode/field-decoder.js";
import { malformedRecord } from "../errors.js";
import { BadRows } from "./bad-rows.js";
import { Breath } from "./breath.js";
import type { ChunkReader } from "./chunk-reader.js";
import type { ParseMode } from "./text-options.js";

/**
 * Rows of the first batch of a scan; each one after it may have twice as many. Code that runs for the first time is slow, and a large
 * batch of it would hold up the timers of the process.
 */
const FIRST_ROWS = 64;

/** Finds records and their fields in bytes; the tokenisers of the kernels have this form. */
export interface Tokenizer {
  tokenize(
    bytes: Uint8Array,
    start: number,
    end: number,
    isLast: boolean,
    table: FieldTable,
    rowLimit: number,
  ): number;
}

/** Where an output column comes from: a column of the tokeniser's, or the text of corrupt records. */
export interface OutputColumn {
  readonly decoder: FieldDecoder | undefined;
  /** Position among the tokeniser's columns; -1 for the corrupt record. */
  readonly field: number;
}

/** What a scan of records needs, prepared once for all its files. */
export interface RecordScan {
  readonly schema: StructType;
  readonly outputs: readonly OutputColumn[];
  readonly fieldCount: number;
  readonly mode: ParseMode;
  /** Marks what is wrong with rows beyond their fields, and prepares the fields (nulls). */
  inspect(bytes: Uint8Array, table: FieldTable, bad: BadRows): void;
  /** What is wrong with a record that FAILFAST refuses, as the format puts it. */
  causeOf(fault: RecordFault): StreamError | undefined;
}

/** The first fault of a batch. */
export interface RecordFault {
  /** The text of the record. */
  readonly record: string;
  /** A `RECORD_` status of the kernels. */
  readonly status: number;
  /** The column whose value is no good; empty where the record itself is not. */
  readonly column: string;
  /** The value's text and a `KIND_` of the kernels. */
  readonly value: string;
  readonly kind: number;
}

/**
 * Reads the records of one file (or a part of it) as batches. One reader serves one file at a time; its arrays are used
 * again for the next.
 */
export class RecordReader {
  private readonly scan: RecordScan;
  private readonly arrays = new KernelArrays();
  private readonly table: FieldTable;
  private readonly bad = new BadRows();
  private rowLimit = FIRST_ROWS;
  private readonly keepsText: boolean;
  private readonly corrupt = new BytesBuilder({ kind: "string" });
  private text: Uint8Array = new Uint8Array(0);
  private textBase = 0;

  constructor(scan: RecordScan) {
    this.scan = scan;
    this.table = new FieldTable(scan.fieldCount, BATCH_ROWS, this.arrays);
    // decoding writes over escaped strings, so the text of records that may turn out corrupt is kept before it
    this.keepsText = scan.mode === "FAILFAST" || scan.outputs.some(({ field }) => field < 0);
  }

  /** `onHeader` is told where the first record is, a header, and it is passed over; undefined where there is none. */
  async *read(
    chunk: ChunkReader,
    tokenizer: Tokenizer,
    path: string,
    onHeader: ((bytes: Uint8Array, start: number, end: number) => void) | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Batch> {
    const { table } = this;
    const breath = new Breath();
    let consumed = chunk.end;
    let seeks = onHeader !== undefined;
    let isFirst = true;
    let line = 1;
    while (await chunk.advance(consumed)) {
      consumed = chunk.start;
      if (isFirst) consumed = skipByteOrderMark(chunk.bytes, consumed, chunk.end);
      isFirst = false;
      for (;;) {
        signal.throwIfAborted();
        const limit = seeks ? 1 : this.rowLimit;
        const next = tokenizer.tokenize(chunk.bytes, consumed, chunk.end, chunk.isLast, table, limit);
        const progressed = next > consumed;
        consumed = next;
        if (seeks && table.rowCount > 0) {
          seeks = false;
          onHeader?.(chunk.bytes, table.recordStarts[0]!, table.recordEnds[0]!);
        } else if (table.rowCount > 0) {
          this.rowLimit = Math.min(2 * this.rowLimit, BATCH_ROWS);
          const batch = this.batch(chunk.bytes, path, line);
          if (batch.rowCount > 0) yield batch;
        }
        line += table.lineCount;
        if (breath.isDue) await breath.take();
        if (!progressed || consumed >= chunk.end) break;
      }
    }
  }

  private batch(bytes: Uint8Array, path: string, line: number): Batch {
    const { table, bad, scan } = this;
    const rows = table.rowCount;
    bad.reset(rows);
    if (this.keepsText) this.keepText(bytes);
    scan.inspect(bytes, table, bad);
    const columns = new Array<Column>(scan.outputs.length);
    for (let k = 0; k < columns.length; k++) {
      const { decoder, field } = scan.outputs[k]!;
      if (decoder !== undefined) columns[k] = decoder.decode(bytes, table.columns[field]!, rows, bad);
    }
    if (bad.count > 0 && scan.mode === "FAILFAST") throw this.failure(path, line);
    for (let k = 0; k < columns.length; k++) columns[k] ??= this.corruptColumn(rows);
    if (bad.count > 0 && scan.mode === "DROPMALFORMED") return this.goodRows(columns, rows);
    return new Batch(scan.schema, columns, rows);
  }

  private keepText(bytes: Uint8Array): void {
    const { recordStarts, recordEnds, rowCount } = this.table;
    this.textBase = recordStarts[0]!;
    const length = recordEnds[rowCount - 1]! - this.textBase;
    if (this.text.length < length) this.text = new Uint8Array(length);
    this.text.set(bytes.subarray(this.textBase, this.textBase + length));
  }

  private corruptColumn(rows: number): Column {
    const { corrupt, bad, table, text, textBase } = this;
    corrupt.reset();
    for (let i = 0; i < rows; i++) {
      if (bad.count === 0 || bad.flags[i] === 0) corrupt.appendNull();
      else
        corrupt.appendBytes(
          text,
          table.recordStarts[i]! - textBase,
          table.recordEnds[i]! - table.recordStarts[i]!,
        );
    }
    return corrupt.view();
  }

  private failure(path: string, line: number): Error {
    const { scan, table, bad, text, textBase } = this;
    const row = bad.firstRow;
    const start = table.recordStarts[row]!;
    const record = decodeUtf8(text, start - textBase, table.recordEnds[row]! - start);
    const column = bad.firstColumn;
    const field = table.columns[scan.outputs[scan.schema.indexOf(column)]?.field ?? -1];
    const value =
      field === undefined ? "" : decodeUtf8(text, field.starts[row]! - textBase, field.lengths[row]!);
    const cause = scan.causeOf({
      record,
      status: table.statuses[row]!,
      column,
      value,
      kind: field?.kinds[row] ?? 0,
    });
    return malformedRecord(record, `${path} line ${line + table.lineOffsets[row]!}`, column, cause);
  }

  private goodRows(columns: readonly Column[], rows: number): Batch {
    const good = new Int32Array(rows - this.bad.count);
    let count = 0;
    for (let i = 0; i < rows; i++) if (this.bad.flags[i] === 0) good[count++] = i;
    const kept = columns.map((column) => gatherColumn(column, good, count));
    return new Batch(this.scan.schema, kept, count);
  }
}
