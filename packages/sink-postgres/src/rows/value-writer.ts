import type {
  BooleanColumn,
  BytesColumn,
  Column,
  Float64Column,
  Int32Column,
  Int64Column,
  Int128Column,
  IntervalColumn,
} from "@ss/core";
import {
  type ByteArena,
  DATETIME_BYTES_MAX,
  DECIMAL_BYTES_MAX,
  FLOATING_BYTES_MAX,
  loadDecimal128,
  type TimeZone,
  writeDate,
  writeDecimal,
  writeDecimal64,
  writeDouble,
  writeFloat,
  writeInt64,
  writeInteger,
  writeTime,
  writeTimestamp,
} from "@ss/kernels";
import { appendCopyText } from "./copy-text.js";
import { fixYear } from "./fix-year.js";

const INTEGER_BYTES_MAX = 20;
const INTERVAL_BYTES_MAX = 96;
const hexDigits = new TextEncoder().encode("0123456789abcdef");

/**
 * Appends the values of a column as PostgreSQL reads them, before COPY or an array quotes them. Nulls are the caller's.
 */
export abstract class ValueWriter {
  /** Whether the text never holds a character that COPY or an array would have to quote. */
  readonly isPlain: boolean = true;
  private codes: Int32Array | null = null;

  /** Fetches the arrays of a column, also of a dictionary-encoded one. */
  bind(column: Column): void {
    this.codes = column.layout === "dictionary" ? column.codes : null;
    this.take(column.layout === "dictionary" ? column.dictionary : column);
  }

  write(i: number, arena: ByteArena): void {
    this.put(this.position(i), arena);
  }

  /** Where the value of a row stands in the arrays. */
  protected position(i: number): number {
    return this.codes === null ? i : this.codes[i]!;
  }

  protected abstract take(column: Column): void;
  protected abstract put(i: number, arena: ByteArena): void;
}

export class BooleanWriter extends ValueWriter {
  private values!: Uint8Array;
  protected take(column: Column): void {
    this.values = (column as BooleanColumn).values;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.appendString(this.values[i] === 1 ? "true" : "false");
  }
}

export class IntegerWriter extends ValueWriter {
  private values!: Int32Array;
  protected take(column: Column): void {
    this.values = (column as Int32Column).values;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(INTEGER_BYTES_MAX);
    arena.length = writeInteger(arena.bytes, arena.length, this.values[i]!);
  }
}

abstract class WordsWriter extends ValueWriter {
  protected words!: Int32Array;
  protected take(column: Column): void {
    this.words = (column as Int64Column).words;
  }
}

export class LongWriter extends WordsWriter {
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(INTEGER_BYTES_MAX);
    arena.length = writeInt64(arena.bytes, arena.length, this.words[2 * i]!, this.words[2 * i + 1]!);
  }
}

export class FloatingWriter extends ValueWriter {
  private values!: Float64Array;
  private readonly writeValue: typeof writeDouble;
  constructor(isFloat: boolean) {
    super();
    this.writeValue = isFloat ? writeFloat : writeDouble;
  }
  protected take(column: Column): void {
    this.values = (column as Float64Column).values;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(FLOATING_BYTES_MAX);
    arena.length = this.writeValue(arena.bytes, arena.length, this.values[i]!);
  }
}

export class DecimalWriter extends WordsWriter {
  private readonly scale: number;
  constructor(scale: number) {
    super();
    this.scale = scale;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(DECIMAL_BYTES_MAX);
    const { words, scale } = this;
    arena.length = writeDecimal64(arena.bytes, arena.length, words[2 * i]!, words[2 * i + 1]!, scale);
  }
}

export class WideDecimalWriter extends ValueWriter {
  private values!: BigInt64Array;
  private readonly scale: number;
  constructor(scale: number) {
    super();
    this.scale = scale;
  }
  protected take(column: Column): void {
    this.values = (column as Int128Column).values;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(DECIMAL_BYTES_MAX);
    arena.length = writeDecimal(arena.bytes, arena.length, loadDecimal128(this.values, i), this.scale);
  }
}

export class DateWriter extends ValueWriter {
  private values!: Int32Array;
  protected take(column: Column): void {
    this.values = (column as Int32Column).values;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(DATETIME_BYTES_MAX);
    const start = arena.length;
    arena.length = writeDate(arena.bytes, start, this.values[i]!);
    fixYear(arena, start);
  }
}

/** The time of a clock in `zone`; with `offset` behind it, an instant. */
export class TimestampWriter extends WordsWriter {
  private readonly zone: TimeZone;
  private readonly offset: string;
  constructor(zone: TimeZone, offset: string) {
    super();
    this.zone = zone;
    this.offset = offset;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(DATETIME_BYTES_MAX);
    const { words, zone } = this;
    const start = arena.length;
    arena.length = writeTimestamp(arena.bytes, start, words[2 * i]!, words[2 * i + 1]!, zone);
    fixYear(arena, start, this.offset);
  }
}

export class TimeWriter extends ValueWriter {
  private values!: BigInt64Array;
  protected take(column: Column): void {
    this.values = (column as Int64Column).values;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(DATETIME_BYTES_MAX);
    arena.length = writeTime(arena.bytes, arena.length, Number(this.values[i]! / 1000n));
  }
}

export class StringWriter extends ValueWriter {
  override readonly isPlain: boolean = false;
  private column!: BytesColumn;
  protected take(column: Column): void {
    this.column = column as BytesColumn;
  }
  protected put(i: number, arena: ByteArena): void {
    const { data, starts, lengths } = this.column;
    arena.appendBytes(data, starts[i]!, lengths[i]!);
  }
  /** Appends a value with what COPY would take for something else escaped, without a copy in between. */
  writeCopyText(row: number, arena: ByteArena): void {
    const i = this.position(row);
    const { data, starts, lengths } = this.column;
    appendCopyText(data, starts[i]!, lengths[i]!, arena);
  }
}

/** Bytes in hexadecimal form, `\x` and two digits each. */
export class BinaryWriter extends ValueWriter {
  override readonly isPlain: boolean = false;
  private column!: BytesColumn;
  protected take(column: Column): void {
    this.column = column as BytesColumn;
  }
  protected put(i: number, arena: ByteArena): void {
    const { data, starts, lengths } = this.column;
    const end = starts[i]! + lengths[i]!;
    arena.reserve(2 + 2 * lengths[i]!);
    const { bytes } = arena;
    let at = arena.length;
    bytes[at++] = 92;
    bytes[at++] = 120;
    for (let k = starts[i]!; k < end; k++) {
      bytes[at++] = hexDigits[data[k]! >> 4]!;
      bytes[at++] = hexDigits[data[k]! & 15]!;
    }
    arena.length = at;
  }
}

/** Months, days and time, each for itself, as PostgreSQL keeps them too. */
export class IntervalWriter extends ValueWriter {
  override readonly isPlain: boolean = false;
  private column!: Column;
  protected take(column: Column): void {
    this.column = column;
  }
  protected put(i: number, arena: ByteArena): void {
    arena.reserve(INTERVAL_BYTES_MAX);
    arena.appendString(intervalText(this.column, i));
  }
}

function intervalText(column: Column, i: number): string {
  if (column.layout === "int32") return `${column.values[i]} mons`;
  if (column.layout === "int64") return clockText(column.values[i]!);
  const { months, days, micros } = column as IntervalColumn;
  return `${months[i]} mons ${days[i]} days ${clockText(micros[i]!)}`;
}

function clockText(micros: bigint): string {
  const absolute = micros < 0n ? -micros : micros;
  const two = (value: bigint): string => String(value).padStart(2, "0");
  const seconds = absolute / 1_000_000n;
  const fraction = String(absolute % 1_000_000n).padStart(6, "0");
  const clock = `${seconds / 3600n}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}.${fraction}`;
  return micros < 0n ? `-${clock}` : clock;
}

/** Columns without any value: their nulls are written by whoever holds them. */
export class NothingWriter extends ValueWriter {
  protected take(): void {}
  protected put(): void {}
}
