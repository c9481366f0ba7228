import {
  ArrayType,
  BinaryType,
  BooleanType,
  ByteType,
  type DataType,
  DateType,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  MapType,
  NullType,
  ShortType,
  StringType,
  StructField,
  StructType,
  TimestampNTZType,
  TimestampType,
  TimeType,
} from "@ss/core";
import type { ArrowField } from "./arrow-schema.js";

const SIMPLE: Readonly<Record<string, DataType>> = {
  n: NullType,
  b: BooleanType,
  c: ByteType,
  C: ShortType,
  s: ShortType,
  S: IntegerType,
  i: IntegerType,
  I: LongType,
  l: LongType,
  L: DecimalType(20, 0),
  e: FloatType,
  f: FloatType,
  g: DoubleType,
  z: BinaryType,
  Z: BinaryType,
  u: StringType,
  U: StringType,
  tdD: DateType,
  tdm: DateType,
  tts: TimeType(6),
  ttm: TimeType(6),
  ttu: TimeType(6),
  ttn: TimeType(6),
};

/** The type that Spark gives to an Arrow type as Parquet files hold it; undefined where there is none. */
export function typeOfArrow(field: ArrowField): DataType | undefined {
  if (field.dictionary !== undefined) return typeOfArrow(field.dictionary);
  const { format, children } = field;
  const simple = SIMPLE[format];
  if (simple !== undefined) return simple;
  if (format.startsWith("w:")) return BinaryType;
  if (format.startsWith("d:")) return decimalOf(format);
  if (format.startsWith("ts")) return timestampOf(format);
  if (format === "+l" || format === "+L" || format.startsWith("+w")) {
    const element = typeOfArrow(children[0]!);
    return element === undefined ? undefined : ArrayType(element);
  }
  if (format === "+s") return structOf(children);
  if (format === "+m") {
    const [key, value] = children[0]!.children.map(typeOfArrow);
    return key === undefined || value === undefined ? undefined : MapType(key, value);
  }
  return undefined;
}

/** The schema of a struct's fields; fields of types that there are no columns for are an error of `undefined`. */
export function structOf(fields: readonly ArrowField[]): StructType | undefined {
  const types = fields.map(typeOfArrow);
  if (types.includes(undefined)) return undefined;
  return new StructType(fields.map(({ name }, i) => StructField(name, types[i]!)));
}

/** Digits of a decimal format `d:precision,scale[,bits]`. */
export function decimalOf(format: string): DecimalType | undefined {
  const [precision, scale] = format.slice(2).split(",").map(Number);
  return precision! > 38 || scale! < 0 ? undefined : DecimalType(precision!, scale!);
}

/**
 * Timestamps with a zone are instants, those without are local times; but nanoseconds without a zone are what INT96 becomes,
 * the form in which older programs wrote instants.
 */
function timestampOf(format: string): DataType {
  const hasZone = format.length > 4;
  return hasZone || format.startsWith("tsn") ? TimestampType : TimestampNTZType;
}

/** Bytes of one value of a fixed-size format. */
export function widthOf(format: string): number {
  if (format.startsWith("d:")) return Number(format.split(",")[2] ?? 128) / 8;
  if (format.startsWith("w:")) return Number(format.slice(2));
  if (format.startsWith("ts")) return 8;
  return WIDTHS[format] ?? 0;
}

const WIDTHS: Readonly<Record<string, number>> = {
  c: 1,
  C: 1,
  s: 2,
  S: 2,
  e: 2,
  i: 4,
  I: 4,
  f: 4,
  l: 8,
  L: 8,
  g: 8,
  tdD: 4,
  tdm: 8,
  tts: 4,
  ttm: 4,
  ttu: 8,
  ttn: 8,
};
