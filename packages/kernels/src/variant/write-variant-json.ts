import type { TimeZone } from "../datetime/time-zone.js";
import { secondOfMicros } from "../datetime/timestamp.js";
import { formatZoneOffset, UTC } from "../datetime/zone-id.js";
import {
  DATETIME_BYTES_MAX,
  DECIMAL_BYTES_MAX,
  FLOATING_BYTES_MAX,
  writeDate,
  writeDecimal,
  writeDouble,
  writeFloat,
  writeInt64,
  writeInteger,
  writeTimestamp,
} from "../format/index.js";
import { writeJsonString } from "../json/json-string-writer.js";
import type { ByteArena } from "../text/byte-arena.js";
import type { VariantReader } from "./variant-reader.js";

const QUOTE = 0x22;

/** How a variant is written as JSON. */
export interface VariantJsonStyle {
  /** The zone that timestamps are shown in. */
  readonly zone: TimeZone;
}

/**
 * Appends the value at a position as JSON without white space: decimals without trailing zeros, doubles as Java prints them (in quotes
 * where JSON has no number for them), dates, timestamps and UUIDs in quotes, binaries in base64.
 *
 * @throws VariantError Where the bytes are no variant.
 */
export function writeVariantJson(
  reader: VariantReader,
  at: number,
  style: VariantJsonStyle,
  out: ByteArena,
): void {
  switch (reader.kindAt(at)) {
    case "object":
      return writeObject(reader, at, style, out);
    case "array":
      return writeArray(reader, at, style, out);
    case "null":
      return writeWord("null", out);
    case "boolean":
      return writeWord(reader.booleanAt(at) ? "true" : "false", out);
    case "long":
      return writeLong(reader, at, out);
    case "double":
    case "float":
      return writeFloating(reader, at, out);
    case "decimal":
      return writePlainDecimal(reader.unscaledAt(at), reader.scaleAt(at), out);
    case "date":
      return quoted(out, () => {
        out.reserve(DATETIME_BYTES_MAX);
        out.length = writeDate(out.bytes, out.length, reader.intAt(at));
      });
    case "timestamp":
      return quoted(out, () => writeZoned(reader.lowAt(at), reader.highAt(at), style.zone, out));
    case "timestamp_ntz":
      return quoted(out, () => {
        out.reserve(DATETIME_BYTES_MAX);
        out.length = writeTimestamp(out.bytes, out.length, reader.lowAt(at), reader.highAt(at), UTC);
      });
    case "binary":
      return writeWord(`"${Buffer.from(reader.bytesAt(at)).toString("base64")}"`, out);
    case "string":
      reader.findBytes(at);
      return writeJsonString(reader.value, reader.textStart, reader.textLength, out);
    case "uuid":
      return writeWord(`"${reader.uuidAt(at)}"`, out);
  }
}

function writeObject(reader: VariantReader, at: number, style: VariantJsonStyle, out: ByteArena): void {
  reader.enter(at);
  const entered = reader.mark();
  out.appendByte(0x7b);
  const { count } = reader;
  for (let k = 0; k < count; k++) {
    if (k > 0) {
      out.appendByte(0x2c);
      reader.restore(entered);
    }
    reader.findKey(k);
    writeJsonString(reader.metadata, reader.textStart, reader.textLength, out);
    out.appendByte(0x3a);
    writeVariantJson(reader, reader.childAt(k), style, out);
  }
  out.appendByte(0x7d);
}

function writeArray(reader: VariantReader, at: number, style: VariantJsonStyle, out: ByteArena): void {
  reader.enter(at);
  const entered = reader.mark();
  out.appendByte(0x5b);
  const { count } = reader;
  for (let k = 0; k < count; k++) {
    if (k > 0) {
      out.appendByte(0x2c);
      reader.restore(entered);
    }
    writeVariantJson(reader, reader.childAt(k), style, out);
  }
  out.appendByte(0x5d);
}

function writeWord(word: string, out: ByteArena): void {
  out.appendString(word);
}

function quoted(out: ByteArena, write: () => void): void {
  out.appendByte(QUOTE);
  write();
  out.appendByte(QUOTE);
}

function writeLong(reader: VariantReader, at: number, out: ByteArena): void {
  out.reserve(20);
  out.length = reader.isWideAt(at)
    ? writeInt64(out.bytes, out.length, reader.lowAt(at), reader.highAt(at))
    : writeInteger(out.bytes, out.length, reader.intAt(at));
}

function writeFloating(reader: VariantReader, at: number, out: ByteArena): void {
  const value = reader.floatingAt(at);
  const write = (): void => {
    out.reserve(FLOATING_BYTES_MAX);
    const writer = reader.kindAt(at) === "float" ? writeFloat : writeDouble;
    out.length = writer(out.bytes, out.length, value);
  };
  if (Number.isFinite(value)) write();
  else quoted(out, write);
}

function writePlainDecimal(unscaled: bigint, scale: number, out: ByteArena): void {
  let digits = unscaled;
  let left = digits === 0n ? 0 : scale;
  while (left > 0 && digits % 10n === 0n) {
    digits /= 10n;
    left--;
  }
  out.reserve(DECIMAL_BYTES_MAX);
  out.length = writeDecimal(out.bytes, out.length, digits, left);
}

/** A timestamp with the offset of its zone, of hours and minutes. */
function writeZoned(low: number, high: number, zone: TimeZone, out: ByteArena): void {
  out.reserve(DATETIME_BYTES_MAX);
  out.length = writeTimestamp(out.bytes, out.length, low, high, zone);
  const offset = zone.offsetAt(secondOfMicros(low, high));
  const minutes = offset - (offset % 60);
  out.appendString(minutes === 0 ? "+00:00" : formatZoneOffset(minutes));
}
