import { type DataType, type DecimalType, simpleString } from "@ss/core";
import { SchemaFault } from "./schema-fault.js";

type SchemaJson = string | { readonly [key: string]: unknown } | readonly unknown[];

/** What a record is called that stands for the whole value. */
export interface RecordNames {
  readonly recordName: string;
  readonly recordNamespace: string;
}

/** The names that Spark gives. */
export const STANDARD_NAMES: RecordNames = { recordName: "topLevelRecord", recordNamespace: "" };

/** The Avro schema of an SQL type, as JSON: what Spark makes of it. */
export function fromSqlType(type: DataType, nullable: boolean, names: RecordNames = STANDARD_NAMES): string {
  return JSON.stringify(nullableJson(type, nullable, names.recordName, names.recordNamespace));
}

function nullableJson(type: DataType, nullable: boolean, name: string, namespace: string): SchemaJson {
  const json = schemaJson(type, name, namespace);
  return nullable && type.kind !== "void" ? [json, "null"] : json;
}

function schemaJson(type: DataType, name: string, namespace: string): SchemaJson {
  switch (type.kind) {
    case "void":
      return "null";
    case "boolean":
    case "long":
    case "float":
    case "double":
      return type.kind;
    case "byte":
    case "short":
    case "integer":
      return "int";
    case "date":
      return { type: "int", logicalType: "date" };
    case "timestamp":
      return { type: "long", logicalType: "timestamp-micros" };
    case "timestamp_ntz":
      return { type: "long", logicalType: "local-timestamp-micros" };
    case "time":
      return { type: "long", logicalType: "time-micros" };
    case "string":
    case "char":
    case "varchar":
      return "string";
    case "binary":
      return "bytes";
    case "decimal":
      return decimal(type, namespace === "" ? `${name}.fixed` : `${namespace}.${name}.fixed`);
    case "yearMonthInterval":
      return { type: "int", "spark.sql.catalyst.type": simpleString(type) };
    case "dayTimeInterval":
      return { type: "long", "spark.sql.catalyst.type": simpleString(type) };
    case "array":
      return { type: "array", items: nullableJson(type.elementType, type.containsNull, name, namespace) };
    case "map":
      if (!["string", "char", "varchar"].includes(type.keyType.kind)) {
        throw new SchemaFault(`the keys of an Avro map are texts, not ${simpleString(type.keyType)}`);
      }
      return { type: "map", values: nullableJson(type.valueType, type.valueContainsNull, name, namespace) };
    case "struct": {
      const inside = namespace === "" ? name : `${namespace}.${name}`;
      return {
        type: "record",
        name,
        ...(namespace === "" ? {} : { namespace }),
        fields: type.fields.map((field) => ({
          name: field.name,
          type: nullableJson(field.type, field.nullable, field.name, inside),
        })),
      };
    }
    default:
      throw new SchemaFault(`Avro has no type for ${simpleString(type)}`);
  }
}

function decimal({ precision, scale }: DecimalType, fullName: string): SchemaJson {
  const dot = fullName.lastIndexOf(".");
  return {
    type: "fixed",
    name: fullName.slice(dot + 1),
    namespace: fullName.slice(0, dot),
    size: bytesFor(precision),
    logicalType: "decimal",
    precision,
    scale,
  };
}

/** The fewest bytes that hold all numbers of so many digits, with their sign. */
export function bytesFor(precision: number): number {
  const most = 10n ** BigInt(precision) - 1n;
  let size = 1;
  while (1n << BigInt(8 * size - 1) <= most) size++;
  return size;
}
