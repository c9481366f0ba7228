import type { FieldTable } from "../text/field-table.js";
import { KernelArrays } from "../wasm/kernel-arrays.js";
import { kernelAddress, kernels } from "../wasm/kernel-module.js";
import type { CsvDialect } from "./csv-options.js";

const LF = 0x0a;
const CR = 0x0d;
/** Stands for a byte that there is none of. */
const NO_BYTE = 256;
/** Also stands for no limit. */
const INT_MAX = 0x7fffffff;
/** The kernel may load this many bytes behind the end of its input. */
const REACH_BYTES = 64;

// The layout of the kernel's task, in words (assembly/csv.ts).
const LINE_END = 4;
const OTHER_LINE_END = 5;
const FLAGS = 7;
const RECORD_STARTS = 11;
const ROW = 17;
const LINE = 18;
const COLUMNS = 19;
const COLUMN_WORDS = 4;

const MULTI_LINE = 1;
const SKIPS_REST = 2;
const TRIMS_LEADING = 4;
const TRIMS_TRAILING = 8;
const TWO_QUOTES_STAY = 16;
const CRLF_OR_LF = 32;
const CR_TAKES_LF = 64;
const REWRITES_CR = 128;

/**
 * Reads runs of CSV records with the WebAssembly kernel, where bytes and table lie in its memory. At the first record that the
 * kernel cannot be sure of it stops, and leaves that to the exact scanner: one that opens quotes and does not close them the
 * ordinary way, breaks a limit, or is not complete.
 */
export class CsvKernel {
  /** Lines passed so far, after `records`. */
  line = 0;
  private readonly arrays = new KernelArrays();
  private readonly task: Int32Array;
  private readonly address: number;
  private readonly wanted: Int32Array;
  private readonly flags: number;
  private readonly customLineEnd: boolean;
  private lineEnd: Uint8Array | undefined;
  private recordStarts: Int32Array | undefined;
  private bytes = -1;
  private limit = 0;

  /** Whether the kernel knows a dialect: one of single bytes that mean one thing each. */
  static knows(dialect: CsvDialect): boolean {
    const { separator, comment, lineSeparator, quote, escape, escapeEscape } = dialect;
    if (separator.length !== 1 || comment.length > 1 || (lineSeparator?.length ?? 1) !== 1) return false;
    const lineEnds = lineSeparator === undefined ? [LF, CR] : [lineSeparator[0]];
    const others = [quote, escape, escapeEscape];
    if (others.includes(separator[0])) return false;
    return !lineEnds.some((byte) => byte === separator[0] || byte === comment[0] || others.includes(byte));
  }

  constructor(dialect: CsvDialect, wanted: Int32Array) {
    this.wanted = wanted;
    this.task = this.arrays.int32(COLUMNS + wanted.length * COLUMN_WORDS);
    this.address = kernelAddress(this.task);
    const orNone = (byte: number | undefined): number => (byte === undefined || byte < 0 ? NO_BYTE : byte);
    const { multiLine, countTokens, trimLeading, trimTrailing, handling, maxCharsPerColumn } = dialect;
    this.flags =
      (multiLine ? MULTI_LINE : 0) |
      (countTokens || multiLine || maxCharsPerColumn >= 0 ? 0 : SKIPS_REST) |
      (trimLeading ? TRIMS_LEADING : 0) |
      (trimTrailing ? TRIMS_TRAILING : 0) |
      (handling === "BACK_TO_DELIMITER" ? 0 : TWO_QUOTES_STAY);
    this.task.set([
      dialect.separator[0],
      orNone(dialect.quote),
      orNone(dialect.escape),
      orNone(dialect.escapeEscape),
      LF,
      CR,
      orNone(dialect.comment[0]),
      this.flags,
      Math.min(dialect.maxColumns, INT_MAX),
      maxCharsPerColumn < 0 ? INT_MAX : Math.min(maxCharsPerColumn, INT_MAX),
      wanted.length,
    ]);
    this.customLineEnd = dialect.lineSeparator !== undefined;
    this.setLineEnds(dialect.lineSeparator);
  }

  /**
   * Sets the bytes to read, up to `limit`; false when those or the table do not lie in the kernels' memory.
   *
   * `lineEnd` is what ends records; undefined for `\n`, `\r\n` and `\r` where every line is a record.
   */
  open(bytes: Uint8Array, limit: number, lineEnd: Uint8Array | undefined, table: FieldTable): boolean {
    this.bytes = kernelAddress(bytes);
    this.limit = limit;
    if (this.address < 0 || this.bytes < 0) return false;
    if (this.bytes + limit + REACH_BYTES > kernels().memory.current().byteLength) return false;
    if (lineEnd !== this.lineEnd) this.setLineEnds(lineEnd);
    return this.setTable(table);
  }

  /**
   * Appends the records from `position` on to the table, the first of them on line `line`, and returns where the first record
   * starts that it did not read.
   */
  records(position: number, table: FieldTable, rowLimit: number, line: number): number {
    const { task } = this;
    this.line = line;
    if (!this.setTable(table)) return position;
    task[ROW] = table.rowCount;
    task[LINE] = line;
    const next = kernels().exports.csvRecords(this.bytes, position, this.limit, this.address, rowLimit);
    table.rowCount = task[ROW];
    this.line = task[LINE];
    return next;
  }

  private setLineEnds(lineEnd: Uint8Array | undefined): void {
    const { task } = this;
    this.lineEnd = lineEnd;
    const last = lineEnd === undefined ? CR : lineEnd[lineEnd.length - 1];
    let rule = 0;
    if (lineEnd === undefined) rule = CR_TAKES_LF;
    else if (lineEnd.length === 2) rule = CRLF_OR_LF;
    else if (last === CR && !this.customLineEnd) rule = REWRITES_CR;
    task[LINE_END] = rule === 0 ? last : LF;
    task[OTHER_LINE_END] = rule === 0 ? last : CR;
    task[FLAGS] = this.flags | rule;
  }

  /** Says where the table's arrays are; all of them are replaced together when it grows. */
  private setTable(table: FieldTable): boolean {
    if (table.recordStarts === this.recordStarts) return true;
    this.recordStarts = undefined;
    const { task } = this;
    const addresses = [
      table.recordStarts,
      table.recordEnds,
      table.statuses,
      table.errorOffsets,
      table.tokenCounts,
      table.lineOffsets,
    ].map(kernelAddress);
    task.set(addresses, RECORD_STARTS);
    let at = COLUMNS;
    for (const [i, { starts, lengths, kinds }] of table.columns.entries()) {
      const column = [starts, lengths, kinds].map(kernelAddress);
      addresses.push(...column);
      task[at] = this.wanted[i];
      task.set(column, at + 1);
      at += COLUMN_WORDS;
    }
    if (addresses.includes(-1)) return false;
    this.recordStarts = table.recordStarts;
    return true;
  }
}
