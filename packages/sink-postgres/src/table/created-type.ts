import type { DataType } from "@ss/core";

/**
 * The type of the column that is created for a type, or undefined where PostgreSQL has none. As Spark's dialect has it, and
 * further: structs, maps and variants are kept as `jsonb`, spans of time as `interval`.
 */
export function createdType(type: DataType): string | undefined {
  switch (type.kind) {
    case "boolean":
      return "boolean";
    case "byte":
    case "short":
      return "smallint";
    case "integer":
      return "integer";
    case "long":
      return "bigint";
    case "float":
      return "real";
    case "double":
      return "double precision";
    case "decimal":
      return `numeric(${type.precision}, ${type.scale})`;
    case "string":
      return "text";
    case "char":
      return `char(${type.length})`;
    case "varchar":
      return `varchar(${type.length})`;
    case "binary":
      return "bytea";
    case "date":
      return "date";
    case "time":
      return `time(${type.precision})`;
    case "timestamp":
      return "timestamp with time zone";
    case "timestamp_ntz":
      return "timestamp without time zone";
    case "interval":
    case "yearMonthInterval":
    case "dayTimeInterval":
      return "interval";
    case "array":
      return arrayType(type.elementType);
    case "struct":
    case "map":
    case "variant":
      return "jsonb";
    case "void":
      return undefined;
  }
}

function arrayType(element: DataType): string | undefined {
  const inner = createdType(element);
  return inner === undefined || inner === "jsonb" ? inner : `${inner}[]`;
}
