import {
  ArrayType,
  BinaryType,
  BooleanType,
  type DataType,
  DoubleType,
  LongType,
  NullType,
  StreamError,
  StringType,
  StructField,
  StructType,
  TimestampType,
} from "@ss/core";

/** A schema from the objects of a program: numbers are DOUBLE unless all of a column are whole (LONG). */
export function inferRowSchema(rows: readonly unknown[]): StructType {
  const names = new Set<string>();
  for (const row of rows) {
    if (typeof row !== "object" || row === null || Array.isArray(row)) throw cannotInfer();
    for (const name of Object.keys(row)) names.add(name);
  }
  if (names.size === 0) throw cannotInfer();
  const fields = [...names].map((name) => {
    const values = rows.map((row) => (row as Record<string, unknown>)[name]);
    return StructField(name, values.map(typeOfValue).reduce(wider, NullType));
  });
  return new StructType(fields);
}

function typeOfValue(value: unknown): DataType {
  switch (typeof value) {
    case "boolean":
      return BooleanType;
    case "number":
      return Number.isSafeInteger(value) ? LongType : DoubleType;
    case "bigint":
      return LongType;
    case "string":
      return StringType;
  }
  if (value === null || value === undefined) return NullType;
  if (value instanceof Date) return TimestampType;
  if (value instanceof Uint8Array) return BinaryType;
  if (Array.isArray(value)) return ArrayType(value.map(typeOfValue).reduce(wider, NullType));
  return inferRowSchema([value]);
}

/** The type of a column that holds values of both types. */
function wider(a: DataType, b: DataType): DataType {
  if (a.kind === "void") return b;
  if (b.kind === "void") return a;
  if (a.kind === "array" && b.kind === "array") return ArrayType(wider(a.elementType, b.elementType));
  if (a.kind === "struct" && b.kind === "struct") return allFields(a, b);
  if (a.kind === b.kind) return a;
  const kinds = [a.kind, b.kind];
  return kinds.includes("double") && kinds.includes("long") ? DoubleType : StringType;
}

/** The fields of both, in the order in which they were met. */
function allFields(a: StructType, b: StructType): StructType {
  const types = new Map<string, DataType>();
  for (const { name, type } of [...a.fields, ...b.fields])
    types.set(name, wider(types.get(name) ?? NullType, type));
  return new StructType([...types].map(([name, type]) => StructField(name, type)));
}

function cannotInfer(): StreamError {
  return new StreamError({
    condition: "SS_CANNOT_INFER_SCHEMA",
    message: "The columns of these rows cannot be told: give objects, or a schema as the second argument.",
  });
}
