import { KIND_PLAIN, KIND_QUOTED, KIND_QUOTED_ESCAPED, KIND_QUOTED_TAIL } from "../text/field-kind.js";
import { RECORD_UNESCAPED_QUOTE } from "../text/record-status.js";
import type { CsvDialect } from "./csv-options.js";
import type { CsvRowWriter } from "./csv-row-writer.js";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** The record goes on behind the bytes at hand. */
export const INCOMPLETE = -1;

/**
 * Reads one CSV record of any shape and hands its values to a row writer: the exact twin of the tokeniser's fast
 * path.
 *
 * Rules, as Spark has them: a value is quoted only when the quote is its first byte, and quotes elsewhere are
 * ordinary. White space behind a closing quote is dropped. Inside quotes the escape before a quote gives a
 * quote, and the escape of the escape gives the escape; other escapes stay as they are. A quote that is
 * followed neither by the end of the value nor by white space up to it is "unescaped", and the configured handling
 * decides. Quotes still open at the end of the input are closed there.
 */
export class CsvRecordScanner {
  /** Line ends passed so far, those inside values included. */
  lineCount = 0;

  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  #isEnd = true;
  #lineEnd: Uint8Array | undefined;
  #bareLf = false;
  #normalizes = false;
  readonly #valueStops: Uint8Array = new Uint8Array(256);
  readonly #quotedStops: Uint8Array = new Uint8Array(256);
  readonly #dialect: CsvDialect;
  readonly #writer: CsvRowWriter;
  readonly #separator: Uint8Array;
  readonly #quote: number;
  readonly #escape: number;
  readonly #escapeEscape: number;

  constructor(dialect: CsvDialect, writer: CsvRowWriter) {
    this.#dialect = dialect;
    this.#writer = writer;
    this.#separator = dialect.separator;
    this.#quote = dialect.quote;
    this.#escape = dialect.escape;
    this.#escapeEscape = dialect.escapeEscape;
    this.#markBytes();
  }

  /**
   * Sets the bytes to read up to `end`; `isEnd` says that the record ends there at the latest.
   *
   * `lineEnd` is the sequence that ends records before that, and undefined when only `end` does. With `bareLf` a
   * `\n` of its own ends a record too, and `normalizes` says that line ends inside quotes are to become `\n`.
   */
  open(
    bytes: Uint8Array,
    end: number,
    isEnd: boolean,
    lineEnd: Uint8Array | undefined,
    bareLf: boolean,
    normalizes: boolean,
  ): void {
    this.#bytes = bytes;
    this.#end = end;
    this.#isEnd = isEnd;
    this.#normalizes = normalizes;
    if (lineEnd === this.#lineEnd && bareLf === this.#bareLf) return;
    this.#lineEnd = lineEnd;
    this.#bareLf = bareLf;
    this.#markBytes();
  }

  /** Marks the bytes at which a value without quotes may end, and those that matter inside quotes. */
  #markBytes(): void {
    const lineEnds = this.#lineEnd === undefined ? [] : [this.#lineEnd[0]];
    if (this.#bareLf) lineEnds.push(LF);
    this.#valueStops.fill(0);
    this.#quotedStops.fill(0);
    for (const byte of [...lineEnds, this.#separator[0]]) this.#valueStops[byte] = 1;
    for (const byte of [...lineEnds, this.#quote, this.#escape, this.#escapeEscape]) {
      if (byte >= 0) this.#quotedStops[byte] = 1;
    }
  }

  /** How many bytes the line end at `position` takes; 0 when there is none. */
  lineEndWidth(position: number): number {
    const lineEnd = this.#lineEnd;
    if (lineEnd === undefined || position >= this.#end) return 0;
    const bytes = this.#bytes;
    if (this.#bareLf && bytes[position] === LF) return 1;
    if (bytes[position] !== lineEnd[0] || position + lineEnd.length > this.#end) return 0;
    for (let i = 1; i < lineEnd.length; i++) if (bytes[position + i] !== lineEnd[i]) return 0;
    return lineEnd.length;
  }

  #isSeparator(position: number): boolean {
    const separator = this.#separator;
    const bytes = this.#bytes;
    if (bytes[position] !== separator[0] || position + separator.length > this.#end) return false;
    for (let i = 1; i < separator.length; i++) if (bytes[position + i] !== separator[i]) return false;
    return true;
  }

  /** Whether a value that nothing protects ends at `position`. */
  #endsValue(position: number): boolean {
    return position >= this.#end || this.#isSeparator(position) || this.lineEndWidth(position) > 0;
  }

  /**
   * Reads the record at `position`; returns the offset of the line end behind it (or `end`), or `INCOMPLETE`.
   *
   * The writer's row must have been begun. When it has no token afterwards the record was empty.
   */
  record(position: number): number {
    const trims = this.#dialect.trimLeading;
    let next = trims ? this.#skipSpace(position) : position;
    if (next >= this.#end || this.lineEndWidth(next) > 0) return this.#settled(next);
    for (;;) {
      if (trims) next = this.#skipSpace(next);
      if (next < this.#end && this.#bytes[next] === this.#quote) next = this.#quotedValue(next);
      else next = this.#plainValue(next, next);
      if (next < 0) return INCOMPLETE;
      if (next >= this.#end || !this.#isSeparator(next)) return this.#settled(next);
      next += this.#separator.length;
    }
  }

  #settled(position: number): number {
    return position >= this.#end && !this.#isEnd ? INCOMPLETE : position;
  }

  #skipSpace(position: number): number {
    const bytes = this.#bytes;
    let next = position;
    while (next < this.#end && bytes[next] <= SPACE && bytes[next] !== this.#quote && !this.#endsValue(next))
      next++;
    return next;
  }

  /** Adds the value from `start` to the first end of a value at or behind `from`. */
  #plainValue(start: number, from: number): number {
    const end = this.#valueEnd(from);
    this.#writer.add(start, this.#trimmedEnd(start, end) - start, KIND_PLAIN);
    return end;
  }

  #valueEnd(position: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    const stops = this.#valueStops;
    let next = position;
    for (;;) {
      while (next < end && stops[bytes[next]] === 0) next++;
      if (this.#endsValue(next)) return next;
      next++;
    }
  }

  #trimmedEnd(start: number, end: number): number {
    let trimmed = end;
    if (this.#dialect.trimTrailing) while (trimmed > start && this.#bytes[trimmed - 1] <= SPACE) trimmed--;
    return trimmed;
  }

  /** Reads the value whose opening quote is at `open`. */
  #quotedValue(open: number): number {
    const bytes = this.#bytes;
    const quote = this.#quote;
    const stops = this.#quotedStops;
    let opening = open;
    let start = open + 1;
    let kind = KIND_QUOTED;
    let next = start;
    while (next < this.#end) {
      if (stops[bytes[next]] === 0) {
        next++;
        continue;
      }
      const pair = this.#escapeWidth(next);
      if (pair > 0) {
        kind = KIND_QUOTED_ESCAPED;
        next += pair;
        continue;
      }
      const width = this.lineEndWidth(next);
      if (width > 0) {
        this.lineCount++;
        if (this.#normalizes && (width > 1 || bytes[next] === CR)) kind = KIND_QUOTED_ESCAPED;
        next += width;
        continue;
      }
      if (bytes[next] !== quote) {
        next++;
        continue;
      }
      if (next + 1 < this.#end && bytes[next + 1] === quote) {
        // With another escape than the quote, the first of two quotes is ordinary and the second one may close.
        if (this.#dialect.handling === "BACK_TO_DELIMITER") kind = KIND_QUOTED_ESCAPED;
        next++;
        continue;
      }
      const behind = this.#spaceEnd(next + 1);
      if (this.#endsValue(behind)) {
        this.#writer.add(start, next - start, kind);
        return this.#settled(behind);
      }
      switch (this.#dialect.handling) {
        case "STOP_AT_CLOSING_QUOTE":
          next = behind;
          break;
        case "SKIP_VALUE":
          this.#writer.add(start, 0, KIND_QUOTED);
          return this.#settled(this.#valueEnd(behind));
        case "RAISE_ERROR":
          this.#writer.fail(RECORD_UNESCAPED_QUOTE, next);
          this.#writer.add(start, 0, KIND_QUOTED);
          return this.#settled(this.#valueEnd(behind));
        case "BACK_TO_DELIMITER":
          // Unless the value has lost a quote already, white space behind this one makes it part of the text.
          if (behind > next + 1 && opening < start) return this.#tail(opening, behind, kind);
          start = this.#splitBack(start, next, kind);
          kind = start > next ? KIND_QUOTED : KIND_QUOTED_ESCAPED;
          opening = start > next ? next : start;
          next++;
          break;
        default:
          return this.#tail(opening, behind, kind);
      }
    }
    return this.#unclosed(opening, start, kind);
  }

  /** Width of an escaped quote or escape at `position`; 0 when there is none. */
  #escapeWidth(position: number): number {
    const bytes = this.#bytes;
    const byte = bytes[position];
    if (position + 1 >= this.#end) return 0;
    if (byte === this.#escapeEscape && bytes[position + 1] === this.#escape) return 2;
    return byte === this.#escape && bytes[position + 1] === this.#quote ? 2 : 0;
  }

  #spaceEnd(position: number): number {
    let next = position;
    while (next < this.#end && this.#bytes[next] <= SPACE && !this.#endsValue(next)) next++;
    return next;
  }

  /** Adds a value that goes on behind its closing quote, quotes included. */
  #tail(open: number, from: number, kind: number): number {
    const end = this.#valueEnd(from);
    const length = this.#trimmedEnd(open, end) - open;
    this.#writer.add(open, length, kind === KIND_QUOTED ? KIND_PLAIN : KIND_QUOTED_TAIL);
    return this.#settled(end);
  }

  /**
   * Takes the text between `start` and the quote at `end` for what it would be without quotes around it: adds the
   * values, and completes the records, that end in it. Returns where the last value starts: behind the quote when
   * that opens it.
   */
  #splitBack(start: number, end: number, kind: number): number {
    let from = start;
    let next = start;
    let line = this.lineCount - this.#countLineEnds(start, end);
    while (next < end) {
      const width = this.lineEndWidth(next);
      if (width === 0 && !this.#isSeparator(next)) {
        next++;
        continue;
      }
      this.#writer.add(from, next - from, kind);
      next += width === 0 ? this.#separator.length : width;
      if (width > 0) {
        line++;
        this.#writer.finish(next - width);
        this.#writer.begin(this.#writer.row + 1, next, line);
      }
      from = next;
    }
    return from === end ? end + 1 : from;
  }

  #countLineEnds(start: number, end: number): number {
    let count = 0;
    for (let next = start; next < end; ) {
      const width = this.lineEndWidth(next);
      if (width > 0) count++;
      next += Math.max(width, 1);
    }
    return count;
  }

  /** Adds a value whose quotes are still open at the end of the input. */
  #unclosed(open: number, start: number, kind: number): number {
    if (!this.#isEnd) return INCOMPLETE;
    const end = this.#end;
    if (start >= end && open < start) this.#writer.add(open, end - open, KIND_PLAIN);
    else this.#writer.add(start, end - start, kind);
    return end;
  }
}
