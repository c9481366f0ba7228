/** Which departures from strict JSON are accepted; the defaults are those of Spark's JSON reader. */
export interface JsonOptions {
  /** `/* *\/` and `//` comments between tokens. Default false. */
  readonly allowComments?: boolean;
  /** Keys without quotes. Default false. */
  readonly allowUnquotedFieldNames?: boolean;
  /** Strings and keys in single quotes. Default true. */
  readonly allowSingleQuotes?: boolean;
  /** Numbers such as `007`. Default false. */
  readonly allowNumericLeadingZeros?: boolean;
  /** `NaN`, `Infinity`, `+Infinity`, `-Infinity`, `+INF`, `-INF` without quotes. Default true. */
  readonly allowNonNumericNumbers?: boolean;
  /** A backslash before any character. Default false. */
  readonly allowBackslashEscapingAnyCharacter?: boolean;
  /** Control characters in strings. Default false. */
  readonly allowUnquotedControlChars?: boolean;
  /** How deep objects and arrays may be nested. Default 1000. */
  readonly maxNestingDepth?: number;
  /** The bytes that end a line; default `\n`, `\r\n` and `\r`. */
  readonly lineSeparator?: Uint8Array;
}
