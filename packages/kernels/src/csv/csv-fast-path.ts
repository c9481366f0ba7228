import { viewOf } from "../text/byte-view.js";
import { KIND_MISSING, KIND_PLAIN, KIND_QUOTED } from "../text/field-kind.js";
import type { FieldTable } from "../text/field-table.js";
import { RECORD_OK } from "../text/record-status.js";
import type { CsvDialect } from "./csv-options.js";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** What a carriage return that is not the caller's line end means. */
const ENDS_LINE = 0;
const ENDS_BEFORE_LF = 1;
const IS_DATA = 2;

/**
 * Reads runs of ordinary CSV records: a separator of one byte, nothing to trim, and quoted values without escapes and
 * line ends. At the first record of another sort it stops and leaves that to the exact scanner.
 *
 * Bytes are tested four at a time. In the test words, a high bit is set in each byte that equals a sought byte or is
 * below 0x10; the lowest set bit is exact, and a borrow can only spoil the ones above it.
 */
export class CsvFastPath {
  readonly #dialect: CsvDialect;
  readonly #wanted: Int32Array;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #limit = 0;
  #stop = LF;
  #carriageReturns = ENDS_LINE;

  constructor(dialect: CsvDialect, wanted: Int32Array) {
    this.#dialect = dialect;
    this.#wanted = wanted;
  }

  /**
   * Sets the bytes to read, up to `limit`.
   *
   * `recordEnd` is what ends records where lines need not be records: `\n`, `\r\n` or a byte of the caller's.
   */
  open(bytes: Uint8Array, start: number, limit: number, recordEnd: Uint8Array | undefined): void {
    const lineEnd = recordEnd ?? this.#dialect.lineSeparator;
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#stop = lineEnd === undefined ? LF : lineEnd[lineEnd.length - 1];
    this.#carriageReturns =
      recordEnd === undefined ? ENDS_LINE : recordEnd.length === 1 ? IS_DATA : ENDS_BEFORE_LF;
    // Records are read only where a line end is ahead to stop at, and where whole words can be loaded.
    let last = Math.min(limit, bytes.length - 4);
    while (last > start && bytes[last - 1] !== this.#stop) last--;
    this.#limit = last;
  }

  /**
   * Appends the records from `position` on to the table, the first of them on line `line`, and returns where the first
   * record starts that it did not read.
   */
  records(position: number, table: FieldTable, rowLimit: number, line: number): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const limit = this.#limit;
    const stop = this.#stop;
    const carriageReturns = this.#carriageReturns;
    const wanted = this.#wanted;
    const wantedCount = wanted.length;
    const { quote, maxColumns, lineSeparator } = this.#dialect;
    const separator = this.#dialect.separator[0];
    const separators = Math.imul(separator, 0x01010101);
    const carriageReturn = lineSeparator === undefined ? CR : stop;
    const stops = stop < 0x10 ? 0 : Math.imul(stop, 0x01010101);
    const comment = this.#dialect.comment.length === 0 ? -1 : this.#dialect.comment[0];
    const skipsRest = !this.#dialect.countTokens && !this.#dialect.multiLine;
    const firstRow = table.rowCount;
    const columns = table.columns;
    const { recordStarts, recordEnds, tokenCounts, lineOffsets, statuses, errorOffsets } = table;
    let row = firstRow;
    let recordStart = position;
    while (recordStart < limit && row < rowLimit) {
      let byte = bytes[recordStart];
      if (byte <= SPACE || byte === stop || byte === comment) break;
      let next = recordStart;
      let token = 0;
      let column = 0;
      let target = wantedCount > 0 ? wanted[0] : -1;
      let isRead = true;
      for (;;) {
        let from = next;
        let kind = KIND_PLAIN;
        let length = 0;
        if (byte === quote) {
          from++;
          next = this.#quotedEnd(from);
          if (next < 0) {
            isRead = false;
            break;
          }
          kind = KIND_QUOTED;
          length = next - from;
          byte = bytes[++next];
          if (byte !== separator && byte !== stop && byte !== carriageReturn) {
            isRead = false;
            break;
          }
        } else {
          for (;;) {
            const word = view.getInt32(next, true);
            const separatorHits = word ^ separators;
            const stopHits = word ^ stops;
            const hits =
              (((separatorHits - 0x01010101) & ~separatorHits) |
                ((stopHits - 0x01010101) & ~stopHits) |
                ((word - 0x10101010) & ~word)) &
              0x80808080;
            if (hits === 0) {
              next += 4;
              continue;
            }
            next += (31 - Math.clz32(hits & -hits)) >> 3;
            byte = bytes[next];
            if (byte === separator || byte === stop || byte === carriageReturn) break;
            next++;
          }
          length = next - from;
        }
        if (token === target) {
          const fields = columns[column];
          fields.starts[row] = from;
          fields.lengths[row] = length;
          fields.kinds[row] = kind;
          target = ++column < wantedCount ? wanted[column] : -1;
        }
        token++;
        if (byte !== separator) break;
        byte = bytes[++next];
        if (skipsRest && target < 0) {
          while (byte !== stop && byte !== carriageReturn) byte = bytes[++next];
          token++;
          break;
        }
      }
      if (!isRead || token > maxColumns) break;
      let behind = next + 1;
      if (byte !== stop) {
        if (carriageReturns === IS_DATA) break;
        if (bytes[behind] === LF) behind++;
        else if (carriageReturns === ENDS_BEFORE_LF) break;
      }
      for (; column < wantedCount; column++) {
        columns[column].lengths[row] = -1;
        columns[column].kinds[row] = KIND_MISSING;
      }
      recordStarts[row] = recordStart;
      recordEnds[row] = next;
      tokenCounts[row] = token;
      statuses[row] = RECORD_OK;
      errorOffsets[row] = -1;
      lineOffsets[row] = line + row - firstRow;
      row++;
      recordStart = behind;
    }
    table.rowCount = row;
    return recordStart;
  }

  /** Offset of the quote that closes the quoted value from `start` on, or -1 when it has escapes or line ends. */
  #quotedEnd(start: number): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const stop = this.#stop;
    const { quote, escape, escapeEscape } = this.#dialect;
    const quotes = Math.imul(quote, 0x01010101);
    const stops = stop < 0x10 ? 0 : Math.imul(stop, 0x01010101);
    // Without escapes these words merely find quotes once more.
    const escapes = escape < 0 ? quotes : Math.imul(escape, 0x01010101);
    const others = escapeEscape < 0 ? quotes : Math.imul(escapeEscape, 0x01010101);
    let next = start;
    for (;;) {
      const word = view.getInt32(next, true);
      const quoteHits = word ^ quotes;
      const escapeHits = word ^ escapes;
      const otherHits = word ^ others;
      const stopHits = word ^ stops;
      const hits =
        (((quoteHits - 0x01010101) & ~quoteHits) |
          ((escapeHits - 0x01010101) & ~escapeHits) |
          ((otherHits - 0x01010101) & ~otherHits) |
          ((stopHits - 0x01010101) & ~stopHits) |
          ((word - 0x10101010) & ~word)) &
        0x80808080;
      if (hits === 0) {
        next += 4;
        continue;
      }
      next += (31 - Math.clz32(hits & -hits)) >> 3;
      const byte = bytes[next];
      if (byte === quote) return next;
      if (byte === escape || byte === escapeEscape || byte === stop || byte === CR || byte === LF) return -1;
      next++;
    }
  }
}
