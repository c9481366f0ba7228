import { DEFAULT_LOCALE } from "../locale/language-tag.js";
import { compilePattern, type PatternNode } from "./pattern-compile.js";
import { OFFSET_SECONDS } from "./pattern-fields.js";
import { formatPattern } from "./pattern-format.js";
import { PatternReader } from "./pattern-parse.js";
import { type ResolvedFields, resolveFields } from "./pattern-resolve.js";
import { type PatternScanner, patternScanner } from "./pattern-scan.js";
import { type PatternParts, type PatternWriter, patternWriter } from "./pattern-write.js";
import type { TimeZone } from "./time-zone.js";
import { microOfSecondOfBigint, microsToBigint, secondOfBigint, storeMicros } from "./timestamp.js";
import { offsetZone } from "./zone-id.js";

/**
 * Formats values by a date-time pattern. Compile once, use for many rows.
 *
 * @throws DatetimePatternError From the constructor when the pattern is refused; see `compilePattern` for
 * `checkLegacy`. `locale` names months and the like.
 * @throws DatetimeFieldError From a method when the pattern asks for a field that the value lacks.
 */
export class DatetimeFormatter {
  readonly #nodes: readonly PatternNode[];

  constructor(pattern: string, checkLegacy = true, locale: string = DEFAULT_LOCALE) {
    this.#nodes = compilePattern(pattern, false, checkLegacy, locale);
  }

  /** A writer of values with these parts as bytes, undefined where the pattern is formatted as text only. */
  writer(parts: PatternParts): PatternWriter | undefined {
    return patternWriter(this.#nodes, parts);
  }

  /** The text of a TIMESTAMP in a zone. */
  formatTimestamp(micros: bigint, zone: TimeZone): string {
    return this.formatTimestampParts(secondOfBigint(micros), microOfSecondOfBigint(micros), zone);
  }

  /** {@link formatTimestamp} of an epoch second and a microsecond within it. */
  formatTimestampParts(second: number, micro: number, zone: TimeZone): string {
    const offset = zone.offsetAt(second);
    const local = second + offset;
    const days = Math.floor(local / 86400);
    const microsOfDay = (local - days * 86400) * 1e6 + micro;
    return formatPattern(this.#nodes, { days, microsOfDay, zone, second, offset });
  }

  /** The text of a TIMESTAMP_NTZ. */
  formatTimestampNtz(micros: bigint): string {
    const second = secondOfBigint(micros);
    const days = Math.floor(second / 86400);
    const microsOfDay = (second - days * 86400) * 1e6 + microOfSecondOfBigint(micros);
    return formatPattern(this.#nodes, { days, microsOfDay, zone: undefined, second: 0, offset: 0 });
  }

  /** The text of a DATE. */
  formatDate(days: number): string {
    return formatPattern(this.#nodes, {
      days,
      microsOfDay: undefined,
      zone: undefined,
      second: 0,
      offset: 0,
    });
  }

  /** The text of a TIME given as microseconds since midnight. */
  formatTime(microsOfDay: number): string {
    return formatPattern(this.#nodes, {
      days: undefined,
      microsOfDay,
      zone: undefined,
      second: 0,
      offset: 0,
    });
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Parses text by a date-time pattern. Compile once, use for many rows; not for concurrent use from one call
 * stack inside another, as it keeps the fields of the text it reads.
 *
 * @throws DatetimePatternError From the constructor when the pattern is refused; see `compilePattern` for
 * `checkLegacy`. `locale` names months and the like.
 */
export class DatetimeParser {
  /** Why the last parse failed, in the words of Spark's errors. Holds only after a failure. */
  failure = "";

  readonly #nodes: readonly PatternNode[];
  readonly #scanner: PatternScanner | undefined;
  readonly #reader: PatternReader = new PatternReader();
  readonly #resolved: ResolvedFields = { failure: undefined, isDefaulting: false, days: 0, nanosOfDay: 0 };

  constructor(pattern: string, checkLegacy = true, locale: string = DEFAULT_LOCALE) {
    this.#nodes = compilePattern(pattern, true, checkLegacy, locale);
    this.#scanner = patternScanner(this.#nodes);
  }

  /** The microseconds of timestamp text, or undefined; `zone` holds for text without a zone of its own. */
  parseTimestamp(text: string, zone: TimeZone): bigint | undefined {
    if (!this.#read(text)) return undefined;
    const second = this.#ownZone(zone).secondOfLocal(this.#localSecond());
    return this.#int64(second);
  }

  /** {@link parseTimestamp} from UTF-8 bytes into the int64 at `index` of a column. */
  parseTimestampInto(
    bytes: Uint8Array,
    start: number,
    end: number,
    zone: TimeZone,
    out: Int32Array,
    index: number,
  ): boolean {
    const scanner = this.#scanner;
    if (scanner?.scan(bytes, start, end)) {
      const local = scanner.days * 86400 + scanner.second;
      const { offset } = scanner;
      const second = offset === offset ? local - offset : zone.secondOfLocal(local);
      return storeMicros(second, scanner.micro, out, index);
    }
    if (!this.#read(decodeRange(bytes, start, end))) return false;
    const second = this.#ownZone(zone).secondOfLocal(this.#localSecond());
    return this.#stores(second, out, index);
  }

  /** The microseconds of timestamp text without regard to zones; with a zone in it only if `allowZone`. */
  parseTimestampNtz(text: string, allowZone: boolean): bigint | undefined {
    if (!this.#read(text)) return undefined;
    if (!allowZone && this.#hasZone()) {
      this.failure = `Text '${shorten(text)}' has a time zone`;
      return undefined;
    }
    return this.#int64(this.#localSecond());
  }

  /** {@link parseTimestampNtz} from UTF-8 bytes into the int64 at `index` of a column. */
  parseTimestampNtzInto(
    bytes: Uint8Array,
    start: number,
    end: number,
    allowZone: boolean,
    out: Int32Array,
    index: number,
  ): boolean {
    const scanner = this.#scanner;
    if (scanner?.scan(bytes, start, end) === true && scanner.offset !== scanner.offset) {
      return storeMicros(scanner.days * 86400 + scanner.second, scanner.micro, out, index);
    }
    const text = decodeRange(bytes, start, end);
    if (!this.#read(text)) return false;
    if (!allowZone && this.#hasZone()) {
      this.failure = `Text '${shorten(text)}' has a time zone`;
      return false;
    }
    return this.#stores(this.#localSecond(), out, index);
  }

  /** The days of date text, or NaN. */
  parseDate(text: string): number {
    if (!this.#read(text)) return Number.NaN;
    const days = this.#resolved.days;
    if (days === (days | 0)) return days;
    this.failure = "integer overflow";
    return Number.NaN;
  }

  /** {@link parseDate} from UTF-8 bytes. */
  parseDateBytes(bytes: Uint8Array, start: number, end: number): number {
    if (this.#scanner?.scan(bytes, start, end)) return this.#scanner.days;
    return this.parseDate(decodeRange(bytes, start, end));
  }

  /** The microseconds since midnight of time text, or NaN. */
  parseTime(text: string): number {
    return this.#read(text) ? Math.trunc(this.#resolved.nanosOfDay / 1000) : Number.NaN;
  }

  #read(text: string): boolean {
    const end = this.#reader.read(this.#nodes, text);
    if (end < 0) {
      const reason = this.#reader.failure;
      const detail = reason === undefined ? ` at index ${~end}` : `: ${reason}`;
      this.failure = `Text '${shorten(text)}' could not be parsed${detail}`;
      return false;
    }
    if (end < text.length) {
      this.failure = `Text '${shorten(text)}' could not be parsed, unparsed text found at index ${end}`;
      return false;
    }
    const resolved = this.#resolved;
    resolveFields(this.#reader.fields, resolved);
    if (resolved.failure === undefined) return true;
    this.failure = resolved.isDefaulting
      ? resolved.failure
      : `Text '${shorten(text)}' could not be parsed: ${resolved.failure}`;
    return false;
  }

  #hasZone(): boolean {
    const offset = this.#reader.fields[OFFSET_SECONDS] as number;
    return this.#reader.zone !== undefined || offset === offset;
  }

  #ownZone(zone: TimeZone): TimeZone {
    if (this.#reader.zone !== undefined) return this.#reader.zone;
    const offset = this.#reader.fields[OFFSET_SECONDS] as number;
    return offset === offset ? offsetZone(offset) : zone;
  }

  #localSecond(): number {
    return this.#resolved.days * 86400 + Math.floor(this.#resolved.nanosOfDay / 1e9);
  }

  #microOfSecond(): number {
    return Math.floor((this.#resolved.nanosOfDay % 1e9) / 1000);
  }

  #stores(second: number, out: Int32Array, index: number): boolean {
    if (storeMicros(second, this.#microOfSecond(), out, index)) return true;
    this.failure = "long overflow";
    return false;
  }

  #int64(second: number): bigint | undefined {
    const micros = microsToBigint(second, this.#microOfSecond());
    if (BigInt.asIntN(64, micros) === micros) return micros;
    this.failure = "long overflow";
    return undefined;
  }
}

function shorten(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}...` : text;
}

function decodeRange(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte >= 128) return decoder.decode(bytes.slice(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}
