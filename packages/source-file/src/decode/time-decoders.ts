import { type Column, Int32Column, Int64Column } from "@ss/core";
import {
  DatetimeParser,
  type FieldBatch,
  KIND_INTEGER,
  parseDate,
  parseDateFields,
  parseTime,
  parseTimestampFields,
  parseTimestampInto,
  parseTimestampNtzFields,
  parseTimestampNtzInto,
  type TimeZone,
} from "@ss/kernels";
import type { FieldRewriter, ValueDecoder } from "./field-decoder.js";
import { KernelDecoder, wordsOf } from "./kernel-decoder.js";

/** How date and time text is read: by a pattern, by the rules of casts, or by the rules where the pattern fails. */
export interface TimeText {
  readonly pattern: string | undefined;
  readonly fallsBack: boolean;
  readonly zone: TimeZone;
  /** The locale whose names of months and the like a pattern reads. */
  readonly locale: string;
}

type Type = ValueDecoder["type"];
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const DASH = 45;

/** DATE. */
export class DateDecoder extends KernelDecoder {
  private values: Int32Array = new Int32Array(0);
  private readonly pattern: DatetimeParser | undefined;
  private readonly fallsBack: boolean;
  /** Whether the pattern is the common one, which the kernels read without a general parser. */
  private readonly isIso: boolean;

  constructor(type: Type, column: string, rewriter: FieldRewriter, text: TimeText) {
    super(type, column, rewriter);
    this.pattern =
      text.pattern === undefined ? undefined : new DatetimeParser(text.pattern, true, text.locale);
    this.fallsBack = text.fallsBack;
    this.isIso = text.pattern === "yyyy-MM-dd";
  }
  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    const { pattern } = this;
    let days = Number.NaN;
    if (this.isIso && end - start === 10 && bytes[start + 4] === DASH && bytes[start + 7] === DASH) {
      days = parseDate(bytes, start, end);
    }
    if (days !== days) {
      days = pattern === undefined ? parseDate(bytes, start, end) : pattern.parseDateBytes(bytes, start, end);
      if (days !== days && this.fallsBack) days = parseDate(bytes, start, end);
    }
    this.values[i] = days;
    return days === days;
  }
  protected parseBatch(batch: FieldBatch): number {
    return this.isIso || this.pattern === undefined ? parseDateFields(batch, this.values) : -1;
  }
  protected grow(capacity: number): void {
    this.arrays.free(this.values);
    this.values = this.arrays.int32(capacity);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    return new Int32Column(this.type, rowCount, validity, this.values);
  }
}

abstract class WordsDecoder extends KernelDecoder {
  protected values: BigInt64Array = new BigInt64Array(0);
  protected words: Int32Array = new Int32Array(0);

  protected parseBatch(_batch: FieldBatch): number {
    return -1;
  }
  protected grow(capacity: number): void {
    this.arrays.free(this.values);
    this.values = this.arrays.bigInt64(capacity);
    this.words = wordsOf(this.values);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    return new Int64Column(this.type, rowCount, validity, this.values);
  }
}

/** TIMESTAMP. A JSON integer is read as seconds since 1970. */
export class TimestampDecoder extends WordsDecoder {
  private readonly pattern: DatetimeParser | undefined;
  private readonly fallsBack: boolean;
  private readonly zone: TimeZone;

  constructor(type: Type, column: string, rewriter: FieldRewriter, text: TimeText) {
    super(type, column, rewriter);
    this.pattern =
      text.pattern === undefined ? undefined : new DatetimeParser(text.pattern, true, text.locale);
    this.fallsBack = text.fallsBack;
    this.zone = text.zone;
  }
  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    const { pattern, zone } = this;
    if (pattern === undefined) return parseTimestampInto(bytes, start, end, zone, this.words, i);
    if (pattern.parseTimestampInto(bytes, start, end, zone, this.words, i)) return true;
    return this.fallsBack && parseTimestampInto(bytes, start, end, zone, this.words, i);
  }
  protected override parseBatch(batch: FieldBatch): number {
    return this.pattern === undefined ? parseTimestampFields(batch, this.zone, this.values) : -1;
  }
  protected override other(
    bytes: Uint8Array,
    start: number,
    length: number,
    kind: number,
    i: number,
  ): number {
    if (kind !== KIND_INTEGER) return super.other(bytes, start, length, kind, i);
    const seconds = BigInt(decoder.decode(bytes.subarray(start, start + length)));
    if (seconds !== BigInt.asIntN(64, seconds)) return 0;
    this.values[i] = BigInt.asIntN(64, seconds * 1_000_000n);
    return 1;
  }
}

/** TIMESTAMP_NTZ: text with a zone of its own is refused. */
export class TimestampNtzDecoder extends WordsDecoder {
  private readonly pattern: DatetimeParser | undefined;

  constructor(type: Type, column: string, rewriter: FieldRewriter, text: TimeText) {
    super(type, column, rewriter);
    this.pattern =
      text.pattern === undefined ? undefined : new DatetimeParser(text.pattern, true, text.locale);
  }
  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    const { pattern } = this;
    if (pattern === undefined) return parseTimestampNtzInto(bytes, start, end, false, this.words, i);
    return pattern.parseTimestampNtzInto(bytes, start, end, false, this.words, i);
  }
  protected override parseBatch(batch: FieldBatch): number {
    return this.pattern === undefined ? parseTimestampNtzFields(batch, this.values) : -1;
  }
}

/** TIME, as nanoseconds of the day. */
export class TimeDecoder extends WordsDecoder {
  private readonly pattern: DatetimeParser | undefined;

  constructor(type: Type, column: string, rewriter: FieldRewriter, text: TimeText) {
    super(type, column, rewriter);
    this.pattern =
      text.pattern === undefined ? undefined : new DatetimeParser(text.pattern, true, text.locale);
  }
  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    const { pattern } = this;
    const micros =
      pattern === undefined
        ? parseTime(bytes, start, end)
        : pattern.parseTime(decoder.decode(bytes.subarray(start, end)));
    if (micros !== micros) return false;
    this.values[i] = BigInt(micros) * 1000n;
    return true;
  }
}
