import {
  ArrayType,
  BinaryType,
  BooleanType,
  type DataType,
  DateType,
  DecimalType,
  DoubleType,
  FloatType,
  LongType,
  NullType,
  StringType,
  StructField,
  StructType,
  sameType,
  sqlText,
  TimestampNTZType,
  TimestampType,
  VariantType,
} from "@ss/core";
import type { VariantReader } from "@ss/kernels";
import { widerDecimal } from "../../expression/coercion/wider-type.js";
import { quoteIfNeeded } from "../../expression/expression-text.js";
import { decimalFor, isNumeric } from "../../expression/type-predicates.js";

/** The type of the value at a position of an open variant; objects are structs, and what has no one type is a VARIANT. */
export function variantSchemaAt(reader: VariantReader, at: number): DataType {
  switch (reader.kindAt(at)) {
    case "object":
      return objectSchema(reader, at);
    case "array": {
      reader.enter(at);
      const places = Array.from({ length: reader.count }, (_, k) => reader.childAt(k));
      return ArrayType(
        places.reduce<DataType>(
          (met, place) => mergeVariantSchemas(met, variantSchemaAt(reader, place)),
          NullType,
        ),
      );
    }
    case "null":
      return NullType;
    case "boolean":
      return BooleanType;
    case "long":
      return LongType;
    case "double":
      return DoubleType;
    case "float":
      return FloatType;
    case "decimal":
      return decimalSchema(reader.unscaledAt(at), reader.scaleAt(at));
    case "date":
      return DateType;
    case "timestamp":
      return TimestampType;
    case "timestamp_ntz":
      return TimestampNTZType;
    case "binary":
      return BinaryType;
    case "string":
    case "uuid":
      return StringType;
  }
}

function objectSchema(reader: VariantReader, at: number): DataType {
  reader.enter(at);
  const names = Array.from({ length: reader.count }, (_, k) => reader.keyText(k));
  const places = names.map((_, k) => reader.childAt(k));
  return new StructType(places.map((place, k) => StructField(names[k]!, variantSchemaAt(reader, place))));
}

/** Zeros at the end of a decimal are no digits of it. */
function decimalSchema(unscaled: bigint, scale: number): DataType {
  let digits = unscaled < 0n ? -unscaled : unscaled;
  let left = scale;
  while (left > 0 && digits % 10n === 0n) {
    digits /= 10n;
    left--;
  }
  return DecimalType(Math.max(String(digits).length, left), left);
}

/** The type that values of two types have in common: VARIANT where there is no other. */
export function mergeVariantSchemas(a: DataType, b: DataType): DataType {
  if (a.kind === "void") return b;
  if (b.kind === "void") return a;
  if (a.kind === "struct" && b.kind === "struct") return mergeObjects(a, b);
  if (a.kind === "array" && b.kind === "array") {
    return ArrayType(mergeVariantSchemas(a.elementType, b.elementType));
  }
  if (sameType(a, b)) return a;
  if (isNumeric(a) && isNumeric(b)) return mergeNumbers(a, b);
  const kinds = [a.kind, b.kind];
  if (kinds.every((kind) => kind === "date" || kind === "timestamp" || kind === "timestamp_ntz")) {
    return kinds.includes("timestamp") ? TimestampType : TimestampNTZType;
  }
  return VariantType;
}

function mergeNumbers(a: DataType, b: DataType): DataType {
  const floating = [a.kind, b.kind].filter((kind) => kind === "float" || kind === "double");
  if (floating.length > 0) {
    return floating.includes("double") || a.kind === "decimal" || b.kind === "decimal"
      ? DoubleType
      : FloatType;
  }
  const [left, right] = [decimalFor(a), decimalFor(b)];
  const scale = Math.max(left.scale, right.scale);
  const range = Math.max(left.precision - left.scale, right.precision - right.scale);
  // What no decimal holds is left to doubles.
  return range + scale > 38 ? DoubleType : widerDecimal(left, right);
}

function mergeObjects(a: StructType, b: StructType): StructType {
  const types = new Map<string, DataType>();
  for (const { name, type } of [...a.fields, ...b.fields]) {
    const known = types.get(name);
    types.set(name, known === undefined ? type : mergeVariantSchemas(known, type));
  }
  const names = [...types.keys()].sort((left, right) => (left < right ? -1 : 1));
  return new StructType(names.map((name) => StructField(name, types.get(name)!)));
}

/** A type as `schema_of_variant` writes it, with objects as `OBJECT<...>`. */
export function variantSchemaText(type: DataType): string {
  switch (type.kind) {
    case "array":
      return `ARRAY<${variantSchemaText(type.elementType)}>`;
    case "struct":
      return `OBJECT<${type.fields.map((field) => `${quoteIfNeeded(field.name)}: ${variantSchemaText(field.type)}`).join(", ")}>`;
    default:
      return sqlText(type);
  }
}
