import { viewOf } from "./byte-view.js";
import type { FieldTable } from "./field-table.js";
import { LineEnds } from "./line-ends.js";
import { RECORD_OK } from "./record-status.js";

const LF = 10;
const CR = 13;

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
    const plain = this.#lineEnds.separator === undefined;
    let position = start;
    let row = 0;
    while (position < limit && row < rowLimit) {
      const lineEnd = plain
        ? findNewline(bytes, position, limit)
        : this.#lineEnds.find(bytes, position, limit);
      table.recordStarts[row] = position;
      table.recordEnds[row] = lineEnd;
      table.statuses[row] = RECORD_OK;
      table.errorOffsets[row] = -1;
      table.tokenCounts[row] = 0;
      table.lineOffsets[row] = row;
      row++;
      position = lineEnd + this.#lineEnds.width(bytes, lineEnd, limit);
    }
    table.rowCount = row;
    table.lineCount = row;
    return position;
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
