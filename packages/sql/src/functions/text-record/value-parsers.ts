import { type DataType, type DecimalType, Options } from "@ss/core";
import {
  type DatetimeParser,
  DECIMAL_OK,
  DEFAULT_LOCALE,
  LocalDecimal,
  parseDate,
  parseDayTimeInterval,
  parseDecimal64Into,
  parseDecimal128Into,
  parseDoubleInto,
  parseFloatInto,
  parseInt8,
  parseInt16,
  parseInt32,
  parseInt64Into,
  parseTime,
  parseTimestampInto,
  parseTimestampNtzInto,
  parseYearMonthInterval,
  type TimeZone,
  tryParseCalendarInterval,
} from "@ss/kernels";
import { dayTimeFields, yearMonthFields } from "../interval/interval-units.js";
import { type FunctionSettings, localeOf } from "./function-settings.js";

/** Reads `bytes[start .. end)` as a value into memory; false where it is none. */
export type ParseValue = (bytes: Uint8Array, start: number, end: number) => boolean;

/** How the options write values. */
export interface ValueText {
  readonly zone: TimeZone;
  readonly locale: string;
  /** The words for numbers that digits cannot write. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly date: DatetimeText;
  readonly timestamp: DatetimeText;
  readonly timestampNtz: DatetimeText;
  readonly time: DatetimeText;
}

/** How date and time text is read: by a pattern, else by the rules of casts; after a failed pattern too if `fallsBack`. */
interface DatetimeText {
  readonly pattern: DatetimeParser | undefined;
  readonly fallsBack: boolean;
  /** Whether `yyyy-MM-dd` is read: there is no pattern, or that is it. */
  readonly isIso: boolean;
}

/** The options of values; `parser` makes the parser of a pattern, or reports what is wrong with it, and `own` is the format's own. */
export function valueText(
  settings: FunctionSettings,
  zone: TimeZone,
  parser: (pattern: string, locale: string) => DatetimeParser,
  own: Pick<ValueText, "numbers"> & { readonly dateFormat: string | undefined },
): ValueText {
  const options = new Options(settings);
  const locale = localeOf(settings);
  const fallback = options.get("enableDateTimeParsingFallback");
  const text = (name: string, standard?: string): DatetimeText => {
    const pattern = options.get(name) ?? standard;
    return {
      pattern: pattern === undefined ? undefined : parser(pattern, locale),
      // only a pattern that somebody chose is binding
      fallsBack: fallback === undefined ? !options.has(name) : fallback.toLowerCase() === "true",
      isIso: pattern === undefined || pattern === "yyyy-MM-dd",
    };
  };
  return {
    zone,
    locale,
    numbers: own.numbers,
    // a pattern that no field needs is not looked at
    get date() {
      return text("dateFormat", own.dateFormat);
    },
    get timestamp() {
      return text("timestampFormat");
    },
    get timestampNtz() {
      return text("timestampNTZFormat");
    },
    get time() {
      return text("timeFormat");
    },
  };
}

/** Memory for one value of any fixed-size type. */
export interface ValueMemory {
  /** BOOLEAN (0 or 1), integers up to 32 bits, DATE, year-month intervals, and the months and days of calendar intervals. */
  readonly ints: Int32Array;
  readonly doubles: Float64Array;
  readonly floats: Float32Array;
  /** 64-bit values at 0; 128-bit values at 0 and 1. */
  readonly longs: BigInt64Array;
  /** The halves of `longs`. */
  readonly words: Int32Array;
}

/** Memory for one value. */
export function valueMemory(): ValueMemory {
  const longs = new BigInt64Array(2);
  return {
    ints: new Int32Array(2),
    doubles: new Float64Array(1),
    floats: new Float32Array(1),
    longs,
    words: new Int32Array(longs.buffer),
  };
}

/** The parser of a type of fixed size, into memory; undefined for nested types and for texts. */
export function valueParser(type: DataType, text: ValueText, memory: ValueMemory): ParseValue | undefined {
  const { ints, doubles, floats, longs, words } = memory;
  switch (type.kind) {
    case "boolean":
      return (bytes, start, end) => {
        ints[0] = isWord(bytes, start, end, "true") ? 1 : 0;
        return ints[0] === 1 || isWord(bytes, start, end, "false");
      };
    case "byte":
      return (bytes, start, end) => isTight(bytes, start, end) && keep(ints, parseInt8(bytes, start, end));
    case "short":
      return (bytes, start, end) => isTight(bytes, start, end) && keep(ints, parseInt16(bytes, start, end));
    case "integer":
      return (bytes, start, end) => isTight(bytes, start, end) && keep(ints, parseInt32(bytes, start, end));
    case "long":
      return (bytes, start, end) => isTight(bytes, start, end) && parseInt64Into(bytes, start, end, words, 0);
    case "double":
      return (bytes, start, end) =>
        (isDigitNumber(bytes, start, end) && parseDoubleInto(bytes, start, end, doubles, 0)) ||
        readWord(bytes, start, end, text, doubles);
    case "float":
      return (bytes, start, end) =>
        (isDigitNumber(bytes, start, end) && parseFloatInto(bytes, start, end, floats, 0)) ||
        readWord(bytes, start, end, text, floats);
    case "decimal":
      return text.locale === DEFAULT_LOCALE
        ? plainDecimal(type, memory)
        : localDecimal(new LocalDecimal(text.locale), decimalParser(type, memory));
    case "date":
      return dateParser(text.date, ints);
    case "timestamp":
      return timestampParser(text, words);
    case "timestamp_ntz": {
      const { pattern } = text.timestampNtz;
      return pattern === undefined
        ? (bytes, start, end) => parseTimestampNtzInto(bytes, start, end, false, words, 0)
        : (bytes, start, end) => pattern.parseTimestampNtzInto(bytes, start, end, false, words, 0);
    }
    case "time": {
      const { pattern } = text.time;
      return (bytes, start, end) => {
        const micros =
          pattern === undefined ? parseTime(bytes, start, end) : pattern.parseTime(textOf(bytes, start, end));
        if (micros !== micros) return false;
        longs[0] = BigInt(micros) * 1000n;
        return true;
      };
    }
    default:
      return intervalParser(type, memory);
  }
}

function intervalParser(type: DataType, { ints, longs }: ValueMemory): ParseValue | undefined {
  switch (type.kind) {
    case "yearMonthInterval": {
      const [from, to] = yearMonthFields(type);
      return attempted((text) => {
        ints[0] = parseYearMonthInterval(text, from, to);
      });
    }
    case "dayTimeInterval": {
      const [from, to] = dayTimeFields(type);
      return attempted((text) => {
        longs[0] = parseDayTimeInterval(text, from, to);
      });
    }
    case "interval":
      return (bytes, start, end) => {
        const interval = tryParseCalendarInterval(textOf(bytes, start, end));
        if (interval === undefined) return false;
        ints[0] = interval.months;
        ints[1] = interval.days;
        longs[0] = interval.micros;
        return true;
      };
    default:
      return undefined;
  }
}

function attempted(read: (text: string) => void): ParseValue {
  return (bytes, start, end) => {
    try {
      read(textOf(bytes, start, end));
      return true;
    } catch {
      return false;
    }
  };
}

function keep(ints: Int32Array, value: number): boolean {
  ints[0] = value;
  return value === value;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}

/** Whether bytes are an ASCII word, without regard to case. */
function isWord(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) if ((bytes[start + i]! | 32) !== word.charCodeAt(i)) return false;
  return true;
}

/** Whether no blank surrounds a whole number: the kernels drop blanks, as casts do; records do not allow any. */
function isTight(bytes: Uint8Array, start: number, end: number): boolean {
  return start < end && bytes[start]! > 32 && bytes[end - 1]! > 32 && bytes[end - 1] !== 127;
}

/** Whether the kernels' reading of a number is that of records, which know infinities only by the words of the options. */
function isDigitNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && bytes[at]! <= 32) at++;
  if (at < end && (bytes[at] === 45 || bytes[at] === 43)) at++;
  return at < end && bytes[at]! < 58;
}

function readWord(
  bytes: Uint8Array,
  start: number,
  end: number,
  text: ValueText,
  out: Float64Array | Float32Array,
): boolean {
  const value = text.numbers.get(textOf(bytes, start, end));
  if (value === undefined) return false;
  out[0] = value;
  return true;
}

/** Decimals of plain digits, into memory. */
export function decimalParser({ precision, scale }: DecimalType, { longs, words }: ValueMemory): ParseValue {
  return precision <= 18
    ? (bytes, start, end) => parseDecimal64Into(bytes, start, end, precision, scale, words, 0) === DECIMAL_OK
    : (bytes, start, end) =>
        parseDecimal128Into(bytes, start, end, precision, scale, longs, 0) === DECIMAL_OK;
}

const COMMA = 44;

/** Decimals that may have commas between thousands; blanks around them are not passed over. */
function plainDecimal(type: DecimalType, memory: ValueMemory): ParseValue {
  const parse = decimalParser(type, memory);
  return (bytes, start, end) => {
    if (!isTight(bytes, start, end)) return false;
    if (parse(bytes, start, end)) return true;
    const part = bytes.subarray(start, end);
    if (!part.includes(COMMA)) return false;
    const plain = part.filter((byte) => byte !== COMMA);
    return parse(plain, 0, plain.length);
  };
}

const encoder = new TextEncoder();

function localDecimal(local: LocalDecimal, parse: ParseValue): ParseValue {
  return (bytes, start, end) => {
    const plain = local.plain(textOf(bytes, start, end));
    if (plain === undefined) return false;
    const digits = encoder.encode(plain);
    return parse(digits, 0, digits.length);
  };
}

function dateParser({ pattern, fallsBack }: DatetimeText, ints: Int32Array): ParseValue {
  return (bytes, start, end) => {
    let days = pattern === undefined ? Number.NaN : pattern.parseDateBytes(bytes, start, end);
    if (days !== days && (pattern === undefined || fallsBack)) days = parseDate(bytes, start, end);
    return keep(ints, days);
  };
}

function timestampParser({ timestamp, zone }: ValueText, words: Int32Array): ParseValue {
  const { pattern, fallsBack } = timestamp;
  if (pattern === undefined) {
    return (bytes, start, end) => parseTimestampInto(bytes, start, end, zone, words, 0);
  }
  return (bytes, start, end) =>
    pattern.parseTimestampInto(bytes, start, end, zone, words, 0) ||
    (fallsBack && parseTimestampInto(bytes, start, end, zone, words, 0));
}
