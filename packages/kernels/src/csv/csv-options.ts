/** What to do when a quote inside a quoted value is neither escaped nor the closing one; names as in Spark. */
export type UnescapedQuoteHandling =
  | "STOP_AT_CLOSING_QUOTE"
  | "BACK_TO_DELIMITER"
  | "STOP_AT_DELIMITER"
  | "SKIP_VALUE"
  | "RAISE_ERROR";

/** The dialect of CSV text; the defaults are those of Spark's CSV reader. */
export interface CsvOptions {
  /** Separates the values of a record; one or several characters. Default `,`. */
  readonly separator?: string;
  /** Encloses values; one ASCII character, or "" for none. Default `"`. */
  readonly quote?: string;
  /** Escapes a quote inside a quoted value; one ASCII character, or "" for none. Default `\`. */
  readonly escape?: string;
  /** Escapes the escape; one ASCII character, "" for none. Default: the escape, unless that is the quote. */
  readonly charToEscapeQuoteEscaping?: string;
  /** Lines that begin with it are skipped. Default "", none. */
  readonly comment?: string;
  /** Drops white space before values without quotes, and before opening quotes. Default false. */
  readonly ignoreLeadingWhiteSpace?: boolean;
  /** Drops white space behind values without quotes. Default false. */
  readonly ignoreTrailingWhiteSpace?: boolean;
  /** Lets quoted values hold line ends. Default false: every line is a record. */
  readonly multiLine?: boolean;
  /** The characters that end a line; default `\n`, `\r\n` and `\r` (with `multiLine`: the first one found, and `\n`). */
  readonly lineSeparator?: string;
  /** The byte that ends a line, where it is one that no text has; in the place of `lineSeparator`. */
  readonly lineSeparatorByte?: number;
  /** More values than that make a record malformed. Default 20480. */
  readonly maxColumns?: number;
  /** More characters than that in a value, escapes included, make a record malformed; -1: no limit. Default -1. */
  readonly maxCharsPerColumn?: number;
  /** Default `STOP_AT_DELIMITER`. */
  readonly unescapedQuoteHandling?: UnescapedQuoteHandling;
  /**
   * Whether `tokenCounts` and `maxColumns` need the whole record. Default true. When false, values behind the last
   * wanted column may be neither counted nor checked.
   */
  readonly countTokens?: boolean;
}

/** The options with every default filled in, characters as bytes; -1 stands for no character. */
export interface CsvDialect {
  readonly separator: Uint8Array;
  readonly quote: number;
  readonly escape: number;
  readonly escapeEscape: number;
  readonly comment: Uint8Array;
  readonly trimLeading: boolean;
  readonly trimTrailing: boolean;
  readonly multiLine: boolean;
  readonly lineSeparator: Uint8Array | undefined;
  readonly maxColumns: number;
  readonly maxCharsPerColumn: number;
  readonly handling: UnescapedQuoteHandling;
  readonly countTokens: boolean;
}

const encoder = new TextEncoder();

/** Checks options and fills in the defaults; throws a RangeError for characters that are not supported. */
export function resolveCsvOptions(options: CsvOptions): CsvDialect {
  const separator = encoder.encode(options.separator ?? ",");
  if (separator.length === 0) throw new RangeError("the separator is empty");
  const quote = asciiByte("quote", options.quote ?? '"');
  const escape = asciiByte("escape", options.escape ?? "\\");
  const escapeEscape =
    options.charToEscapeQuoteEscaping === undefined
      ? escape === quote
        ? -1
        : escape
      : asciiByte("charToEscapeQuoteEscaping", options.charToEscapeQuoteEscaping);
  const lineSeparator = lineSeparatorBytes(options);
  if (lineSeparator?.length === 0) throw new RangeError("the line separator is empty");
  return {
    separator,
    quote,
    escape,
    escapeEscape,
    comment: encoder.encode(options.comment ?? ""),
    trimLeading: options.ignoreLeadingWhiteSpace ?? false,
    trimTrailing: options.ignoreTrailingWhiteSpace ?? false,
    multiLine: options.multiLine ?? false,
    lineSeparator,
    maxColumns: options.maxColumns ?? 20480,
    maxCharsPerColumn: options.maxCharsPerColumn ?? -1,
    handling: options.unescapedQuoteHandling ?? "STOP_AT_DELIMITER",
    countTokens: options.countTokens ?? true,
  };
}

function asciiByte(name: string, text: string): number {
  if (text === "" || text === "\0") return -1;
  const byte = text.charCodeAt(0);
  if (text.length > 1 || byte >= 0x80) throw new RangeError(`${name} must be one ASCII character: ${text}`);
  return byte;
}

function lineSeparatorBytes({ lineSeparator, lineSeparatorByte }: CsvOptions): Uint8Array | undefined {
  if (lineSeparatorByte !== undefined) return Uint8Array.of(lineSeparatorByte);
  return lineSeparator === undefined ? undefined : encoder.encode(lineSeparator);
}
