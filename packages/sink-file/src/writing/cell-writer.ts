import {
  assert,
  type BooleanColumn,
  type BytesColumn,
  type Column,
  type DataType,
  type DayTimeIntervalType,
  type Float64Column,
  type Int32Column,
  type Int64Column,
  type Int128Column,
  type IntervalColumn,
  type YearMonthIntervalType,
} from "@ss/core";
import {
  type ByteArena,
  DatetimeFormatter,
  FLOATING_BYTES_MAX,
  formatCalendarInterval,
  formatDayTimeInterval,
  formatDecimalScientific,
  formatYearMonthInterval,
  loadDecimal128,
  type TimeZone,
  writeDate,
  writeDouble,
  writeFloat,
  writeInt64,
  writeInteger,
  writeIsoTimestamp,
} from "@ss/kernels";

const NUMBER_BYTES = 64;

/** Appends the text of single values of a column; nulls are the caller's. */
export abstract class CellWriter {
  private codes: Int32Array | null = null;

  /** Fetches the arrays of a column, also of a dictionary-encoded one. */
  bind(column: Column): void {
    if (column.layout === "dictionary") {
      this.codes = column.codes;
      this.take(column.dictionary);
    } else {
      this.codes = null;
      this.take(column);
    }
  }

  write(i: number, arena: ByteArena): void {
    const { codes } = this;
    this.put(codes === null ? i : codes[i]!, arena);
  }

  protected abstract take(column: Column): void;
  protected abstract put(i: number, arena: ByteArena): void;
}

/** How values become text. */
export interface CellText {
  readonly zone: TimeZone;
  /** Patterns; undefined for the forms that are written without one. */
  readonly dateFormat: string | undefined;
  readonly timestampFormat: string | undefined;
  readonly timestampNtzFormat: string | undefined;
  readonly timeFormat: string | undefined;
  /** The locale whose names of months and the like the patterns show. */
  readonly locale: string;
}

class BooleanCells extends CellWriter {
  private values!: Uint8Array;
  protected take(column: Column): void {
    this.values = (column as BooleanColumn).values;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.appendString(this.values[i] === 1 ? "true" : "false");
  }
}

class IntegerCells extends CellWriter {
  private values!: Int32Array;
  protected take(column: Column): void {
    this.values = (column as Int32Column).values;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(NUMBER_BYTES);
    arena.length = writeInteger(arena.bytes, arena.length, this.values[i]!);
  }
}

class LongCells extends CellWriter {
  private words!: Int32Array;
  protected take(column: Column): void {
    this.words = (column as Int64Column).words;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(NUMBER_BYTES);
    arena.length = writeInt64(arena.bytes, arena.length, this.words[2 * i]!, this.words[2 * i + 1]!);
  }
}

class FloatingCells extends CellWriter {
  private values!: Float64Array;
  private readonly writeValue: (bytes: Uint8Array, at: number, value: number) => number;
  constructor(writeValue: (bytes: Uint8Array, at: number, value: number) => number) {
    super();
    this.writeValue = writeValue;
  }
  protected take(column: Column): void {
    this.values = (column as Float64Column).values;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(FLOATING_BYTES_MAX);
    arena.length = this.writeValue(arena.bytes, arena.length, this.values[i]!);
  }
}

/** Values whose text is made as a JavaScript string: those that are rare in files. */
class TextCells extends CellWriter {
  private column!: Column;
  private readonly text: (column: Column, i: number) => string;
  constructor(text: (column: Column, i: number) => string) {
    super();
    this.text = text;
  }
  protected take(column: Column): void {
    this.column = column;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.appendString(this.text(this.column, i));
  }
}

class StringCells extends CellWriter {
  private column!: BytesColumn;
  protected take(column: Column): void {
    this.column = column as BytesColumn;
  }
  protected put(i: number, arena: ByteArena): void {
    const { data, starts, lengths } = this.column;
    arena.appendBytes(data, starts[i]!, lengths[i]!);
  }
}

class DateCells extends CellWriter {
  private values!: Int32Array;
  protected take(column: Column): void {
    this.values = (column as Int32Column).values;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(NUMBER_BYTES);
    arena.length = writeDate(arena.bytes, arena.length, this.values[i]!);
  }
}

class TimestampCells extends CellWriter {
  private words!: Int32Array;
  private readonly zone: TimeZone | undefined;
  /** Without a zone the values are local times, written as they are. */
  constructor(zone: TimeZone | undefined) {
    super();
    this.zone = zone;
  }
  protected take(column: Column): void {
    this.words = (column as Int64Column).words;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(NUMBER_BYTES);
    const { words, zone } = this;
    arena.length = writeIsoTimestamp(arena.bytes, arena.length, words[2 * i]!, words[2 * i + 1]!, zone);
  }
}

function int64(column: Column, i: number): bigint {
  return (column as Int64Column).values[i]!;
}

function decimalText(scale: number, wide: boolean): (column: Column, i: number) => string {
  if (wide)
    return (column, i) => formatDecimalScientific(loadDecimal128((column as Int128Column).values, i), scale);
  return (column, i) => formatDecimalScientific(int64(column, i), scale);
}

function timeCells(type: DataType, text: CellText): CellWriter {
  const formatter = (pattern: string): DatetimeFormatter => new DatetimeFormatter(pattern, true, text.locale);
  switch (type.kind) {
    case "date": {
      if (text.dateFormat === undefined) return new DateCells();
      const format = formatter(text.dateFormat);
      return new TextCells((column, i) => format.formatDate((column as Int32Column).values[i]!));
    }
    case "timestamp": {
      if (text.timestampFormat === undefined) return new TimestampCells(text.zone);
      const format = formatter(text.timestampFormat);
      return new TextCells((column, i) => format.formatTimestamp(int64(column, i), text.zone));
    }
    case "timestamp_ntz": {
      if (text.timestampNtzFormat === undefined) return new TimestampCells(undefined);
      const format = formatter(text.timestampNtzFormat);
      return new TextCells((column, i) => format.formatTimestampNtz(int64(column, i)));
    }
    default: {
      const format = formatter(text.timeFormat ?? "HH:mm:ss[.SSSSSS]");
      return new TextCells((column, i) => format.formatTime(Number(int64(column, i) / 1000n)));
    }
  }
}

const YEAR_MONTH = ["year", "month"];
const DAY_TIME = ["day", "hour", "minute", "second"];

function intervalCells(type: DataType): CellWriter {
  if (type.kind === "interval") {
    return new TextCells((column, i) => {
      const { months, days, micros } = column as IntervalColumn;
      return formatCalendarInterval({ months: months[i]!, days: days[i]!, micros: micros[i]! });
    });
  }
  if (type.kind === "yearMonthInterval") {
    const { start, end } = type as YearMonthIntervalType;
    const [from, to] = [YEAR_MONTH.indexOf(start), YEAR_MONTH.indexOf(end)];
    return new TextCells((column, i) =>
      formatYearMonthInterval((column as Int32Column).values[i]!, from, to),
    );
  }
  const { start, end } = type as DayTimeIntervalType;
  const [from, to] = [DAY_TIME.indexOf(start), DAY_TIME.indexOf(end)];
  return new TextCells((column, i) => formatDayTimeInterval(int64(column, i), from, to));
}

/** The writer of a simple type's text, without quotes or escapes. */
export function cellWriter(type: DataType, text: CellText): CellWriter {
  switch (type.kind) {
    case "boolean":
      return new BooleanCells();
    case "byte":
    case "short":
    case "integer":
      return new IntegerCells();
    case "long":
      return new LongCells();
    case "float":
      return new FloatingCells(writeFloat);
    case "double":
      return new FloatingCells(writeDouble);
    case "decimal":
      return new TextCells(decimalText(type.scale, type.precision > 18));
    case "string":
    case "char":
    case "varchar":
      return new StringCells();
    case "binary":
      return new TextCells((column, i) => {
        const { data, starts, lengths } = column as BytesColumn;
        return Buffer.from(data.subarray(starts[i]!, starts[i]! + lengths[i]!)).toString("base64");
      });
    case "date":
    case "timestamp":
    case "timestamp_ntz":
    case "time":
      return timeCells(type, text);
    case "interval":
    case "yearMonthInterval":
    case "dayTimeInterval":
      return intervalCells(type);
    default:
      assert(false, `a simple type was expected, not ${type.kind}`);
  }
}
