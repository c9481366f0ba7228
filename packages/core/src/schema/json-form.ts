import { StreamError } from "../errors/stream-error.js";
import * as t from "./data-type.js";
import { parseTypeText } from "./ddl.js";
import { StructField, StructType } from "./struct-type.js";
import { typeName } from "./type-text.js";

/** Spark's JSON form of a type: a name, or an object for the nested ones. */
export type TypeJson = string | { readonly type: string; readonly [key: string]: unknown };

/** Spark's JSON form of a schema. */
export interface StructJson {
  readonly type: "struct";
  readonly fields: readonly {
    readonly name: string;
    readonly type: TypeJson;
    readonly nullable: boolean;
    readonly metadata: Readonly<Record<string, unknown>>;
  }[];
}

/** A type in Spark's JSON form, as plain data. */
export function typeToJson(type: t.DataType): TypeJson | StructJson {
  switch (type.kind) {
    case "array":
      return { type: "array", elementType: typeToJson(type.elementType), containsNull: type.containsNull };
    case "map":
      return {
        type: "map",
        keyType: typeToJson(type.keyType),
        valueType: typeToJson(type.valueType),
        valueContainsNull: type.valueContainsNull,
      };
    case "struct":
      return {
        type: "struct",
        fields: type.fields.map((field) => ({
          name: field.name,
          type: typeToJson(field.type) as TypeJson,
          nullable: field.nullable,
          metadata: field.metadata ?? {},
        })),
      };
    default:
      return typeName(type);
  }
}

/** Reads Spark's JSON form of a type; INVALID_JSON_DATA_TYPE where it is none. */
export function typeFromJson(json: unknown): t.DataType {
  if (typeof json === "string") return parseTypeText(json);
  if (typeof json === "object" && json !== null && "type" in json) {
    const node = json as Record<string, unknown>;
    switch (node["type"]) {
      case "array":
        return t.ArrayType(typeFromJson(node["elementType"]), node["containsNull"] !== false);
      case "map":
        return t.MapType(
          typeFromJson(node["keyType"]),
          typeFromJson(node["valueType"]),
          node["valueContainsNull"] !== false,
        );
      case "struct":
        if (Array.isArray(node["fields"])) return new StructType(node["fields"].map(fieldFromJson));
    }
  }
  throw invalid(json);
}

function fieldFromJson(json: Record<string, unknown>): StructField {
  if (typeof json?.["name"] !== "string") throw invalid(json);
  return StructField(
    json["name"],
    typeFromJson(json["type"]),
    json["nullable"] !== false,
    (json["metadata"] ?? {}) as Record<string, unknown>,
  );
}

function invalid(json: unknown): StreamError {
  const text = JSON.stringify(json) ?? "undefined";
  return new StreamError({
    condition: "INVALID_JSON_DATA_TYPE",
    sqlState: "2203G",
    parameters: { invalidType: text },
    message: `This is not the JSON form of a data type: ${text}.`,
  });
}
