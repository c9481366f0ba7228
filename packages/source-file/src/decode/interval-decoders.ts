import {
  type Column,
  type DayTimeIntervalType,
  Int32Column,
  Int64Column,
  IntervalColumn,
  type YearMonthIntervalType,
} from "@ss/core";
import { parseDayTimeInterval, parseYearMonthInterval, tryParseCalendarInterval } from "@ss/kernels";
import { type FieldRewriter, ValueDecoder } from "./field-decoder.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const YEAR_MONTH_UNITS = ["year", "month"];
const DAY_TIME_UNITS = ["day", "hour", "minute", "second"];

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}

/** Year-month intervals, as text or as a literal (`INTERVAL '1-2' YEAR TO MONTH`). */
export class YearMonthDecoder extends ValueDecoder {
  private values = new Int32Array(0);
  private readonly from: number;
  private readonly to: number;

  constructor(type: YearMonthIntervalType, column: string, rewriter: FieldRewriter) {
    super(type, column, rewriter);
    this.from = YEAR_MONTH_UNITS.indexOf(type.start);
    this.to = YEAR_MONTH_UNITS.indexOf(type.end);
  }
  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    try {
      this.values[i] = parseYearMonthInterval(textOf(bytes, start, end), this.from, this.to);
      return true;
    } catch {
      return false;
    }
  }
  protected grow(capacity: number): void {
    this.values = new Int32Array(capacity);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    return new Int32Column(this.type, rowCount, validity, this.values);
  }
}

/** Day-time intervals, as text or as a literal. */
export class DayTimeDecoder extends ValueDecoder {
  private values = new BigInt64Array(0);
  private readonly from: number;
  private readonly to: number;

  constructor(type: DayTimeIntervalType, column: string, rewriter: FieldRewriter) {
    super(type, column, rewriter);
    this.from = DAY_TIME_UNITS.indexOf(type.start);
    this.to = DAY_TIME_UNITS.indexOf(type.end);
  }
  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    try {
      this.values[i] = parseDayTimeInterval(textOf(bytes, start, end), this.from, this.to);
      return true;
    } catch {
      return false;
    }
  }
  protected grow(capacity: number): void {
    this.values = new BigInt64Array(capacity);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    return new Int64Column(this.type, rowCount, validity, this.values);
  }
}

/** Calendar intervals: `1 year 2 days`. */
export class CalendarIntervalDecoder extends ValueDecoder {
  private months = new Int32Array(0);
  private days = new Int32Array(0);
  private micros = new BigInt64Array(0);

  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    const interval = tryParseCalendarInterval(textOf(bytes, start, end));
    if (interval === undefined) return false;
    this.months[i] = interval.months;
    this.days[i] = interval.days;
    this.micros[i] = interval.micros;
    return true;
  }
  protected grow(capacity: number): void {
    this.months = new Int32Array(capacity);
    this.days = new Int32Array(capacity);
    this.micros = new BigInt64Array(capacity);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    const { months, days, micros } = this;
    return new IntervalColumn(this.type, rowCount, validity, months, days, micros);
  }
}
