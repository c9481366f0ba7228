import type { ByteArena } from "../text/byte-arena.js";
import { indexOfBytes } from "../text/byte-compare.js";
import { type CsvDialect, resolveCsvOptions } from "./csv-options.js";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** How CSV is written; the defaults are those of Spark's CSV writer. */
export interface CsvWriteOptions {
  /** Separates the values of a record. Default `,`. */
  readonly separator?: string;
  /** Encloses values; one ASCII character, or "" for none. Default `"`. */
  readonly quote?: string;
  /** Escapes a quote inside quotes; one ASCII character, or "" for none. Default `\`. */
  readonly escape?: string;
  /** Escapes the escape; one ASCII character, "" for none. Default: the escape, unless that is the quote. */
  readonly charToEscapeQuoteEscaping?: string;
  /** Puts every value in quotes. Default false. */
  readonly quoteAll?: boolean;
  /** Puts values that hold a quote in quotes. Default true. */
  readonly escapeQuotes?: boolean;
  /** Drops white space at the start of values. Default true. */
  readonly ignoreLeadingWhiteSpace?: boolean;
  /** Drops white space at the end of values. Default true. */
  readonly ignoreTrailingWhiteSpace?: boolean;
  /** Stands for null. Default "". */
  readonly nullValue?: string;
  /** Stands for an empty string, as is. Default `""`. */
  readonly emptyValue?: string;
  /** Ends records; one or two characters. Of two, each `\n` within a value becomes those too. Default `\n`. */
  readonly lineSeparator?: string;
  /** A reader takes lines that begin with it for comments; one ASCII character, or "" for none. Default `#`. */
  readonly comment?: string;
}

const encoder = new TextEncoder();

/**
 * Writes the values of CSV records into an arena; the caller writes separators and line ends between them.
 *
 * A value is put in quotes when it holds the separator or a line end, begins with a quote, or (`escapeQuotes`) holds
 * one, and when it is the first of its record and begins like a comment. Inside quotes the escape goes before quotes, and the escape of the escape before escapes.
 */
export class CsvFieldWriter {
  readonly #dialect: CsvDialect;
  readonly #quoteAll: boolean;
  readonly #escapeQuotes: boolean;
  readonly #nullValue: Uint8Array;
  readonly #emptyValue: Uint8Array;
  readonly #lineEnd: Uint8Array;
  /** The first and the last byte of the line end: values that hold one of them are put in quotes. */
  readonly #lineEndFirst: number;
  readonly #lineEndLast: number;
  readonly #comment: number;
  #isFirst = true;

  constructor(options: CsvWriteOptions = {}) {
    const { separator, quote, escape, charToEscapeQuoteEscaping, lineSeparator } = options;
    this.#dialect = resolveCsvOptions({
      ...(separator === undefined ? {} : { separator }),
      ...(quote === undefined ? {} : { quote }),
      ...(escape === undefined ? {} : { escape }),
      ...(charToEscapeQuoteEscaping === undefined ? {} : { charToEscapeQuoteEscaping }),
      ignoreLeadingWhiteSpace: options.ignoreLeadingWhiteSpace ?? true,
      ignoreTrailingWhiteSpace: options.ignoreTrailingWhiteSpace ?? true,
    });
    this.#quoteAll = (options.quoteAll ?? false) && this.#dialect.quote >= 0;
    this.#escapeQuotes = options.escapeQuotes ?? true;
    this.#nullValue = encoder.encode(options.nullValue ?? "");
    this.#emptyValue = encoder.encode(options.emptyValue ?? '""');
    this.#lineEnd = encoder.encode(lineSeparator ?? "\n");
    this.#lineEndFirst = this.#lineEnd[0] ?? LF;
    this.#lineEndLast = this.#lineEnd.at(-1) ?? LF;
    this.#comment = encoder.encode(options.comment ?? "#")[0] ?? -1;
  }

  /** Appends what stands between two values. */
  separator(arena: ByteArena): void {
    this.#isFirst = false;
    arena.appendBytes(this.#dialect.separator, 0, this.#dialect.separator.length);
  }

  /** Appends what ends a record. */
  lineEnd(arena: ByteArena): void {
    this.#isFirst = true;
    arena.appendBytes(this.#lineEnd, 0, this.#lineEnd.length);
  }

  /** Appends a null. */
  nullField(arena: ByteArena): void {
    this.#text(this.#nullValue, 0, this.#nullValue.length, arena);
  }

  /** Appends a value, which is a slice of `bytes`. */
  field(bytes: Uint8Array, start: number, length: number, arena: ByteArena): void {
    const { trimLeading, trimTrailing } = this.#dialect;
    const end = start + length;
    let first = start;
    let last = end;
    if (trimLeading) while (first < end && bytes[first] <= SPACE) first++;
    if (trimTrailing) while (last > first && bytes[last - 1] <= SPACE) last--;
    if (last === first) arena.appendBytes(this.#emptyValue, 0, this.#emptyValue.length);
    else this.#text(bytes, first, last, arena);
  }

  #text(bytes: Uint8Array, start: number, end: number, arena: ByteArena): void {
    if (!this.#quoteAll && !this.#needsQuotes(bytes, start, end)) {
      arena.appendBytes(bytes, start, end - start);
      return;
    }
    const { quote, escape, escapeEscape } = this.#dialect;
    const lineEnd = this.#lineEnd;
    arena.reserve((end - start) * Math.max(2, lineEnd.length) + 2);
    const target = arena.bytes;
    let write = arena.length;
    target[write++] = quote;
    for (let position = start; position < end; position++) {
      const byte = bytes[position];
      if (byte === quote) {
        if (escape >= 0) target[write++] = escape;
      } else if (byte === escape && escapeEscape >= 0) {
        target[write++] = escapeEscape;
      } else if (byte === LF && lineEnd.length > 1) {
        target.set(lineEnd, write);
        write += lineEnd.length;
        continue;
      }
      target[write++] = byte;
    }
    target[write++] = quote;
    arena.length = write;
  }

  #needsQuotes(bytes: Uint8Array, start: number, end: number): boolean {
    const { quote, separator } = this.#dialect;
    if (quote < 0) return false;
    if (start === end) return false;
    if (bytes[start] === quote || (this.#isFirst && bytes[start] === this.#comment)) return true;
    const first = separator[0];
    const lineEndFirst = this.#lineEndFirst;
    const lineEndLast = this.#lineEndLast;
    const innerQuote = this.#escapeQuotes ? quote : LF;
    for (let position = start; position < end; position++) {
      const byte = bytes[position];
      if (byte === LF || byte === CR || byte === innerQuote) return true;
      if (byte === lineEndFirst || byte === lineEndLast) return true;
      if (byte !== first) continue;
      if (separator.length === 1 || indexOfBytes(bytes, position, end, separator) === position) return true;
    }
    return false;
  }
}
