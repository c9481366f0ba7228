import { assert, type DataType } from "@ss/core";
import { type TimeZone, UTC } from "@ss/kernels";
import {
  BinaryWriter,
  BooleanWriter,
  DateWriter,
  DecimalWriter,
  FloatingWriter,
  IntegerWriter,
  IntervalWriter,
  LongWriter,
  NothingWriter,
  StringWriter,
  TimestampWriter,
  TimeWriter,
  type ValueWriter,
  WideDecimalWriter,
} from "./value-writer.js";

const DECIMAL64_DIGITS = 18;

/** The writer of a simple type. A TIMESTAMP shows the clock of `zone`, and `offset` behind it. */
export function scalarWriter(type: DataType, zone: TimeZone, offset: string): ValueWriter {
  switch (type.kind) {
    case "boolean":
      return new BooleanWriter();
    case "byte":
    case "short":
    case "integer":
      return new IntegerWriter();
    case "long":
      return new LongWriter();
    case "float":
      return new FloatingWriter(true);
    case "double":
      return new FloatingWriter(false);
    case "decimal":
      return type.precision > DECIMAL64_DIGITS
        ? new WideDecimalWriter(type.scale)
        : new DecimalWriter(type.scale);
    case "string":
    case "char":
    case "varchar":
      return new StringWriter();
    case "binary":
      return new BinaryWriter();
    case "date":
      return new DateWriter();
    case "timestamp":
      return new TimestampWriter(zone, offset);
    case "timestamp_ntz":
      return new TimestampWriter(UTC, "");
    case "time":
      return new TimeWriter();
    case "interval":
    case "yearMonthInterval":
    case "dayTimeInterval":
      return new IntervalWriter();
    case "void":
      return new NothingWriter();
    default:
      assert(false, `a simple type was expected, not ${type.kind}`);
  }
}
