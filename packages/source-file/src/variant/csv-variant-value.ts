import {
  DatetimeParser,
  decodeUtf8,
  parseInt64Into,
  parseScaledInteger,
  parseTimestampInto,
  parseTimestampNtzInto,
  type VariantBuilder,
} from "@ss/kernels";
import type { TimeText } from "../decode/time-decoders.js";

/** How the texts of CSV values are read as variants. */
export interface CsvVariantTexts {
  /** Undefined where dates are not tried. */
  readonly date: TimeText | undefined;
  readonly timestamp: TimeText;
  /** Given where timestamps without a zone are what is meant by timestamps. */
  readonly timestampNtz: TimeText | undefined;
}

/** What a value is tried as, in this order; what is none of these is a text. */
const LONG = 0;
const DECIMAL = 1;
const DATE = 2;
const TIMESTAMP = 3;
const BOOLEAN = 4;

/** The digits of numbers that no decimal holds; longer texts are not looked at. */
const DECIMAL_TEXT_MAX = 400;

/** Reads the values of CSV columns into variants. */
export class CsvVariantValues {
  private readonly date: DatetimeParser | undefined;
  private readonly timestamp: DatetimeParser | undefined;
  private readonly ntz: DatetimeParser | undefined;
  private readonly texts: CsvVariantTexts;
  private readonly words = new Int32Array(2);
  private readonly micros = new BigInt64Array(this.words.buffer);
  /** The type of each column's latest value. */
  private types = new Uint8Array(64);

  constructor(texts: CsvVariantTexts) {
    const parserOf = (text: TimeText | undefined): DatetimeParser | undefined =>
      text?.pattern === undefined ? undefined : new DatetimeParser(text.pattern, true, text.locale);
    this.texts = texts;
    this.date = parserOf(texts.date);
    this.timestamp = parserOf(texts.timestamp);
    this.ntz = parserOf(texts.timestampNtz);
  }

  /** Begins a file: every column may have whole numbers again. */
  reset(): void {
    this.types.fill(LONG);
  }

  /**
   * Appends a value of a column: a whole number, a decimal, a date, a timestamp, TRUE or FALSE, or else the text. A column
   * that had a value of one of them has no more of those before it in this order.
   */
  append(column: number, bytes: Uint8Array, start: number, end: number, builder: VariantBuilder): void {
    if (column >= this.types.length) this.growTypes(column);
    for (let type = this.types[column]!; ; type++) {
      if (!this.appendAs(type, bytes, start, end, builder)) continue;
      this.types[column] = type;
      return;
    }
  }

  private growTypes(column: number): void {
    const types = new Uint8Array(2 * column);
    types.set(this.types);
    this.types = types;
  }

  private appendAs(
    type: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    builder: VariantBuilder,
  ): boolean {
    switch (type) {
      case LONG:
        return this.appendLong(bytes, start, end, builder);
      case DECIMAL:
        return appendDecimal(bytes, start, end, builder);
      case DATE:
        return this.appendDate(bytes, start, end, builder);
      case TIMESTAMP:
        return this.appendTimestamp(bytes, start, end, builder);
      case BOOLEAN:
        return appendBoolean(bytes, start, end, builder);
      default:
        builder.appendString(bytes, start, end - start);
        return true;
    }
  }

  private appendLong(bytes: Uint8Array, start: number, end: number, builder: VariantBuilder): boolean {
    const first = bytes[start] === 43 || bytes[start] === 45 ? start + 1 : start;
    if (first === end) return false;
    for (let at = first; at < end; at++) if (!isDigit(bytes[at]!)) return false;
    if (!parseInt64Into(bytes, start, end, this.words, 0)) return false;
    builder.appendLong(this.words[0]!, this.words[1]!);
    return true;
  }

  private appendDate(bytes: Uint8Array, start: number, end: number, builder: VariantBuilder): boolean {
    if (this.date === undefined) return false;
    const days = this.date.parseDateBytes(bytes, start, end);
    if (days !== days) return false;
    builder.appendDate(days);
    return true;
  }

  private appendTimestamp(bytes: Uint8Array, start: number, end: number, builder: VariantBuilder): boolean {
    const { words, texts } = this;
    if (texts.timestampNtz !== undefined) {
      const isLocal = this.ntz
        ? this.ntz.parseTimestampNtzInto(bytes, start, end, false, words, 0)
        : parseTimestampNtzInto(bytes, start, end, false, words, 0);
      if (isLocal) {
        builder.appendTimestampNtz(this.micros[0]!);
        return true;
      }
    }
    const { zone } = texts.timestamp;
    const isInstant = this.timestamp
      ? this.timestamp.parseTimestampInto(bytes, start, end, zone, words, 0)
      : parseTimestampInto(bytes, start, end, zone, words, 0);
    if (isInstant) builder.appendTimestamp(this.micros[0]!);
    return isInstant;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** A number of at most 38 digits, perhaps with an exponent. */
function appendDecimal(bytes: Uint8Array, start: number, end: number, builder: VariantBuilder): boolean {
  if (end - start > DECIMAL_TEXT_MAX || bytes[start]! <= 32 || bytes[end - 1]! <= 32) return false;
  const number = parseScaledInteger(decodeUtf8(bytes, start, end - start));
  if (number === undefined || number.scale > 38 || number.scale < -38) return false;
  const scale = Math.max(number.scale, 0);
  const unscaled = number.scale < 0 ? number.unscaled * 10n ** BigInt(-number.scale) : number.unscaled;
  const digits = String(unscaled < 0n ? -unscaled : unscaled).length;
  if (digits > 38) return false;
  builder.appendDecimal(unscaled, scale);
  return true;
}

function appendBoolean(bytes: Uint8Array, start: number, end: number, builder: VariantBuilder): boolean {
  if (end - start !== 4 && end - start !== 5) return false;
  const text = decodeUtf8(bytes, start, end - start).toLowerCase();
  if (text !== "true" && text !== "false") return false;
  builder.appendBoolean(text === "true");
  return true;
}
