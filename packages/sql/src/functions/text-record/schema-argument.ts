import {
  ArrayType,
  type DataType,
  MapType,
  parseDdl,
  parseTypeText,
  StructField,
  StructType,
  TimestampNTZType,
  TimestampType,
} from "@ss/core";
import { analysisError, quotedType, sqlOf } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext } from "../../expression/function.js";
import { constantOf } from "../define.js";

/** The type that a constant text argument names; whatever is read may lack anything, so that all of it is nullable. */
export function schemaArgument(e: Expression, context: FunctionContext): DataType {
  const text = constantOf(e, context);
  if (typeof text === "string") return withNulls(typeOfText(text, context));
  throw analysisError(
    "INVALID_SCHEMA.NON_STRING_LITERAL",
    "42K07",
    `The schema ${sqlOf(e)} has to be a constant text.`,
    { inputSchema: sqlOf(e) },
    context.origin,
  );
}

/** A schema argument of a function that reads records alone. */
export function structArgument(e: Expression, context: FunctionContext): StructType {
  const type = schemaArgument(e, context);
  if (type.kind === "struct") return type;
  throw analysisError(
    "INVALID_SCHEMA.NON_STRUCT_TYPE",
    "42K07",
    `The schema ${sqlOf(e)} has to be a struct, not ${quotedType(type)}.`,
    { inputSchema: sqlOf(e), dataType: quotedType(type) },
    context.origin,
  );
}

/** A type of its own, or the fields of a struct. */
function typeOfText(text: string, context: FunctionContext): DataType {
  const ntz = context.conf("spark.sql.timestampType")?.toUpperCase() === "TIMESTAMP_NTZ";
  const timestamp = ntz ? TimestampNTZType : TimestampType;
  try {
    return parseTypeText(text, timestamp);
  } catch {
    return parseDdl(text, timestamp);
  }
}

function withNulls(type: DataType): DataType {
  switch (type.kind) {
    case "array":
      return ArrayType(withNulls(type.elementType));
    case "map":
      return MapType(withNulls(type.keyType), withNulls(type.valueType));
    case "struct":
      return new StructType(type.fields.map((field) => StructField(field.name, withNulls(field.type), true)));
    default:
      return type;
  }
}
