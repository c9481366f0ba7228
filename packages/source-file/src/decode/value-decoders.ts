import type { DataType, DecimalType } from "@ss/core";
import type { LocalDecimal } from "@ss/kernels";
import { BooleanDecoder } from "./boolean-decoder.js";
import { Decimal64Decoder, Decimal128Decoder } from "./decimal-decoder.js";
import type { FieldDecoder, FieldRewriter } from "./field-decoder.js";
import { CalendarIntervalDecoder, DayTimeDecoder, YearMonthDecoder } from "./interval-decoders.js";
import { LocalDecimalRewriter } from "./local-decimal-rewriter.js";
import {
  Float32Decoder,
  Float64Decoder,
  Int8Decoder,
  Int16Decoder,
  Int32Decoder,
  Int64Decoder,
  type SpecialNumbers,
} from "./number-decoders.js";
import {
  DateDecoder,
  TimeDecoder,
  TimestampDecoder,
  TimestampNtzDecoder,
  type TimeText,
} from "./time-decoders.js";

/** How the values of a text format are written. */
export interface ValueText {
  readonly special: SpecialNumbers;
  readonly date: TimeText;
  readonly timestamp: TimeText;
  readonly timestampNtz: TimeText;
  readonly time: TimeText;
  /** Whether TINYINT takes numbers up to 255, wrapped around. */
  readonly bytesWrap: boolean;
  /** How the locale writes decimals; undefined for the plain way, with commas between thousands at will. */
  readonly decimal: LocalDecimal | undefined;
}

/** The decoder of a type whose values have a fixed size, or undefined for others. */
export function valueDecoder(
  type: DataType,
  column: string,
  text: ValueText,
  rewriter: FieldRewriter,
): FieldDecoder | undefined {
  switch (type.kind) {
    case "boolean":
      return new BooleanDecoder(type, column, rewriter);
    case "byte":
      return new Int8Decoder(type, column, rewriter, text.bytesWrap);
    case "short":
      return new Int16Decoder(type, column, rewriter);
    case "integer":
      return new Int32Decoder(type, column, rewriter);
    case "long":
      return new Int64Decoder(type, column, rewriter);
    case "float":
      return new Float32Decoder(type, column, rewriter, text.special);
    case "double":
      return new Float64Decoder(type, column, rewriter, text.special);
    case "decimal":
      return decimalDecoder(type, column, rewriter, text.decimal);
    case "date":
      return new DateDecoder(type, column, rewriter, text.date);
    case "timestamp":
      return new TimestampDecoder(type, column, rewriter, text.timestamp);
    case "timestamp_ntz":
      return new TimestampNtzDecoder(type, column, rewriter, text.timestampNtz);
    case "time":
      return new TimeDecoder(type, column, rewriter, text.time);
    case "yearMonthInterval":
      return new YearMonthDecoder(type, column, rewriter);
    case "dayTimeInterval":
      return new DayTimeDecoder(type, column, rewriter);
    case "interval":
      return new CalendarIntervalDecoder(type, column, rewriter);
    default:
      return undefined;
  }
}

function decimalDecoder(
  type: DecimalType,
  column: string,
  rewriter: FieldRewriter,
  local: LocalDecimal | undefined,
): FieldDecoder {
  const plain = local === undefined ? rewriter : new LocalDecimalRewriter(rewriter, local);
  if (type.precision <= 18) return new Decimal64Decoder(type, column, plain);
  return new Decimal128Decoder(type, column, plain);
}
