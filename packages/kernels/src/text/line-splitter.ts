import { kernelAddress, kernels } from "../wasm/kernel-module.js";
import { viewOf } from "./byte-view.js";
import type { FieldTable } from "./field-table.js";
import { LineEnds } from "./line-ends.js";
import { RECORD_OK } from "./record-status.js";

const LF = 10;
const CR = 13;
/** What tells the kernel that lines end at `\n`, `\r\n` and `\r`. */
const ANY_LINE_END = 256;
/** The kernel may load this many bytes behind the end of its input. */
const REACH_BYTES = 64;

/** Splits chunks into lines: every line, also an empty one, is a record without fields. */
export class LineSplitter {
  readonly #lineEnds: LineEnds;

  /** Lines end at `\n`, `\r\n` and `\r`, or only at `separator`. */
  constructor(separator?: Uint8Array) {
    this.#lineEnds = new LineEnds(separator);
  }

  /**
   * Fills `table` with up to `rowLimit` lines and returns the offset of the first byte not consumed.
   *
   * An incomplete last line is left for the next call, unless `isLast` says that no more bytes follow. A line end at
   * the very end of the input starts no further line.
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
    const found = this.#kernelRows(bytes, start, limit, table, rowLimit);
    const rows = found < 0 ? this.#rows(bytes, start, limit, table, rowLimit) : found;
    table.statuses.fill(RECORD_OK, 0, rows);
    table.errorOffsets.fill(-1, 0, rows);
    table.tokenCounts.fill(0, 0, rows);
    const { lineOffsets, recordEnds } = table;
    for (let row = 0; row < rows; row++) lineOffsets[row] = row;
    table.rowCount = rows;
    table.lineCount = rows;
    if (rows === 0) return start;
    const lineEnd = recordEnds[rows - 1];
    return lineEnd + this.#lineEnds.width(bytes, lineEnd, limit);
  }

  /** Finds the lines up to `limit`, at most `rowLimit`, and returns how many there are. */
  #rows(bytes: Uint8Array, start: number, limit: number, table: FieldTable, rowLimit: number): number {
    const plain = this.#lineEnds.separator === undefined;
    const { recordStarts, recordEnds } = table;
    let position = start;
    let row = 0;
    while (position < limit && row < rowLimit) {
      const lineEnd = plain
        ? findNewline(bytes, position, limit)
        : this.#lineEnds.find(bytes, position, limit);
      recordStarts[row] = position;
      recordEnds[row] = lineEnd;
      row++;
      position = lineEnd + this.#lineEnds.width(bytes, lineEnd, limit);
    }
    return row;
  }

  /** The same by the WebAssembly kernel, where bytes and table lie in its memory; -1 where they do not. */
  #kernelRows(bytes: Uint8Array, start: number, limit: number, table: FieldTable, rowLimit: number): number {
    const separator = this.#lineEnds.separator;
    const data = separator === undefined || separator.length === 1 ? kernelAddress(bytes) : -1;
    if (data < 0) return -1;
    const starts = kernelAddress(table.recordStarts);
    const ends = kernelAddress(table.recordEnds);
    const { exports, memory } = kernels();
    if (starts < 0 || ends < 0 || data + limit + REACH_BYTES > memory.current().byteLength) return -1;
    const byte = separator === undefined ? ANY_LINE_END : separator[0];
    return exports.splitLines(data, start, limit, byte, starts, ends, rowLimit);
  }
}

/** Offset of the first `\n` or `\r`, or `end`; looks at four bytes at a time. */
function findNewline(bytes: Uint8Array, start: number, end: number): number {
  const view = viewOf(bytes);
  let position = start;
  while (position + 4 <= end) {
    const word = view.getInt32(position, true);
    // Bytes below 0x10 set their high bit in the difference; the lowest such bit is exact.
    if (((word - 0x10101010) & ~word & 0x80808080) !== 0) {
      for (const stop = position + 4; position < stop; position++) {
        const byte = bytes[position];
        if (byte === LF || byte === CR) return position;
      }
    } else {
      position += 4;
    }
  }
  for (; position < end; position++) {
    const byte = bytes[position];
    if (byte === LF || byte === CR) return position;
  }
  return end;
}
