import {
  BinaryType,
  BooleanType,
  type DataType,
  DoubleType,
  IntegerType,
  LongType,
  StreamError,
  StringType,
  StructField,
  StructType,
  TimestampType,
} from "@ss/core";

/** The schema of scalars: one column `value` that takes them all. */
export function inferSchema(name: string, values: readonly unknown[]): StructType {
  const present = values.filter((value) => value !== null && value !== undefined);
  const type = present.length === 0 ? undefined : commonType(present);
  if (type) return new StructType([StructField("value", type)]);
  throw new StreamError({
    condition: "UNABLE_TO_INFER_SCHEMA",
    sqlState: "42KD9",
    parameters: { format: "memory" },
    message:
      `Unable to infer schema for memory: what was added to '${name}' before load() tells no type of a single column. ` +
      `Give it with .schema("..."), or add numbers, strings, booleans or dates first.`,
  });
}

function commonType(values: readonly unknown[]): DataType | undefined {
  const types = values.map(typeOf);
  if (types.every((type) => type === types[0])) return types[0];
  const numeric: readonly (DataType | undefined)[] = [IntegerType, LongType, DoubleType];
  if (!types.every((type) => numeric.includes(type))) return undefined;
  return types.includes(DoubleType) ? DoubleType : LongType;
}

function typeOf(value: unknown): DataType | undefined {
  switch (typeof value) {
    case "number":
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) return DoubleType;
      return value === (value | 0) ? IntegerType : LongType;
    case "bigint":
      return LongType;
    case "string":
      return StringType;
    case "boolean":
      return BooleanType;
    default:
      if (value instanceof Date) return TimestampType;
      return value instanceof Uint8Array ? BinaryType : undefined;
  }
}
