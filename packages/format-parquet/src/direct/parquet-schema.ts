import {
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
  ShortType,
  StringType,
  TimestampNTZType,
  TimestampType,
  TimeType,
} from "@ss/core";
import { type Meaning, PHYSICAL, type SchemaElement } from "./file-metadata.js";
import { ParquetFault } from "./parquet-fault.js";

/** A top-level column of a file. */
export interface FileColumn {
  readonly name: string;
  readonly element: SchemaElement;
  /** Its place among the leaf columns; undefined for a column with others below it or with several values a row. */
  readonly leaf: number | undefined;
}

const REQUIRED = 0;
const OPTIONAL = 1;

/** The top-level columns of a schema that is written as a tree in depth-first order. */
export function fileColumns(schema: readonly SchemaElement[]): FileColumn[] {
  const columns: FileColumn[] = [];
  let at = 1;
  let leaves = 0;
  for (let k = 0; k < schema[0]!.childCount; k++) {
    const element = schema[at];
    if (element === undefined) throw new ParquetFault("its schema ends too early");
    const isFlat = element.physical !== undefined && element.childCount === 0;
    const isSingle = element.repetition === REQUIRED || element.repetition === OPTIONAL;
    columns.push({ name: element.name, element, leaf: isFlat && isSingle ? leaves : undefined });
    // the column with all that is below it
    for (let open = 1; open > 0; open--, at++) {
      const next = schema[at];
      if (next === undefined) throw new ParquetFault("its schema ends too early");
      open += next.childCount;
      if (next.physical !== undefined) leaves++;
    }
  }
  return columns;
}

/** Whether rows may lack a value. */
export function isOptional({ repetition }: SchemaElement): boolean {
  return repetition === OPTIONAL;
}

/** The type that a column which is not nested has by itself; undefined where it is not known here. */
export function typeOfElement({ physical, meaning }: SchemaElement): DataType | undefined {
  switch (physical) {
    case PHYSICAL.boolean:
      return BooleanType;
    case PHYSICAL.int32:
      return int32Type(meaning);
    case PHYSICAL.int64:
      return int64Type(meaning);
    case PHYSICAL.int96:
      return TimestampType;
    case PHYSICAL.float:
      return FloatType;
    case PHYSICAL.double:
      return DoubleType;
    case PHYSICAL.byteArray:
      return bytesType(meaning);
    case PHYSICAL.fixed:
      return meaning.kind === "none" || meaning.kind === "uuid" ? BinaryType : decimalType(meaning);
    default:
      return undefined;
  }
}

function int32Type(meaning: Meaning): DataType | undefined {
  if (meaning.kind === "none") return IntegerType;
  if (meaning.kind === "date") return DateType;
  if (meaning.kind === "time") return TimeType();
  if (meaning.kind !== "integer") return decimalType(meaning);
  const signed = { 8: ByteType, 16: ShortType, 32: IntegerType }[meaning.bits];
  const unsigned = { 8: ShortType, 16: IntegerType, 32: LongType }[meaning.bits];
  return meaning.signed ? signed : unsigned;
}

function int64Type(meaning: Meaning): DataType | undefined {
  if (meaning.kind === "none") return LongType;
  if (meaning.kind === "time") return TimeType();
  if (meaning.kind === "timestamp") return meaning.isInstant ? TimestampType : TimestampNTZType;
  if (meaning.kind !== "integer") return decimalType(meaning);
  return meaning.signed ? LongType : DecimalType(20, 0);
}

function bytesType(meaning: Meaning): DataType | undefined {
  if (meaning.kind === "string" || meaning.kind === "enum" || meaning.kind === "json") return StringType;
  return meaning.kind === "none" || meaning.kind === "bson" ? BinaryType : decimalType(meaning);
}

function decimalType(meaning: Meaning): DataType | undefined {
  if (meaning.kind !== "decimal") return undefined;
  const { precision, scale } = meaning;
  return precision < 1 || precision > 38 || scale < 0 || scale > precision
    ? undefined
    : DecimalType(precision, scale);
}
