import {
  ArrayType,
  BooleanType,
  type DataType,
  DecimalType,
  DoubleType,
  LongType,
  NullType,
  StringType,
  StructField,
  StructType,
  sqlText,
} from "@ss/core";
import { findWiderTypeForTwo } from "../../expression/coercion/wider-type.js";
import { nonFoldableInput, unexpectedInputType, unexpectedNull } from "../../expression/errors.js";
import { literal } from "../../expression/expression.js";
import type { ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isString } from "../../expression/type-predicates.js";
import { constantOf, scalar } from "../define.js";
import { type FunctionSettings, settingsOf } from "../text-record/function-settings.js";
import { type JsonNode, parseJsonPrefix } from "./json-value.js";

/** `schema_of_json(text[, options])`, of a constant text. */
export const schemaOfJsonFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["schema_of_json"],
    arity: [1, 2],
    resolve: (args, context) => {
      const json = args[0]!;
      const text = constantOf(json, context);
      if (text === null) throw unexpectedNull(context, "json");
      if (!isString(typeOf(json))) throw unexpectedInputType(context, 0, StringType, json);
      if (text === undefined) throw nonFoldableInput(context, "json", StringType, json);
      const settings = settingsOf(args[1], context);
      const relaxed =
        settings["allownumericleadingzeros"] === "true"
          ? withoutLeadingZeros(text as string)
          : (text as string);
      const node = parseJsonPrefix(relaxed);
      const type = node ? settled(inferred(node, settings)) : StringType;
      return { args: [json], type: StringType, nullable: false, state: sqlText(type) };
    },
    emit: (writer, _, call) => writer.expression(literal(call.state as string, StringType)),
    pretty: ([json]) => `schema_of_json(${json})`,
  }),
];

function withoutLeadingZeros(text: string): string {
  return text.replace(/([:[,]\s*-?)0+(?=\d)/g, "$1");
}

function inferred(node: JsonNode, settings: FunctionSettings): DataType {
  const asText = settings["primitivesasstring"] === "true";
  switch (node.kind) {
    case "null":
      return NullType;
    case "boolean":
      return asText ? StringType : BooleanType;
    case "string":
      return StringType;
    case "number":
      return asText ? StringType : numberType(node.text, settings);
    case "array":
      return ArrayType(node.items.map((item) => inferred(item, settings)).reduce(met, NullType));
    case "object":
      return new StructType(
        node.entries
          .map(([name, value]) => StructField(name, inferred(value, settings)))
          .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
      );
  }
}

function numberType(text: string, settings: FunctionSettings): DataType {
  const whole = /^-?\d+$/.test(text);
  if (whole && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) return LongType;
  if (!whole && settings["prefersdecimal"] !== "true") return DoubleType;
  const match = /^-?0*(\d*)(?:\.(\d*))?$/.exec(text);
  if (!match) return DoubleType;
  const scale = match[2]?.length ?? 0;
  const precision = Math.max((match[1]?.length ?? 0) + scale, scale, 1);
  return precision <= 38 ? DecimalType(precision, scale) : DoubleType;
}

/** The type that two values meet in; texts hold what meets in nothing else. */
function met(a: DataType, b: DataType): DataType {
  if (a.kind === "struct" && b.kind === "struct") {
    const names = [...new Set([...a.fields, ...b.fields].map((field) => field.name))].sort();
    const typeIn = (struct: StructType, name: string): DataType =>
      struct.fields.find((field) => field.name === name)?.type ?? NullType;
    return new StructType(names.map((name) => StructField(name, met(typeIn(a, name), typeIn(b, name)))));
  }
  if (a.kind === "array" && b.kind === "array") return ArrayType(met(a.elementType, b.elementType));
  if (a.kind === "void") return b;
  if (b.kind === "void") return a;
  const numeric = a.kind !== "string" && b.kind !== "string" ? findWiderTypeForTwo(a, b, false) : undefined;
  return numeric ?? StringType;
}

/** Where nothing but nulls was seen the type is STRING. */
function settled(type: DataType): DataType {
  switch (type.kind) {
    case "void":
      return StringType;
    case "array":
      return ArrayType(settled(type.elementType));
    case "struct":
      return new StructType(type.fields.map((field) => StructField(field.name, settled(field.type))));
    default:
      return type;
  }
}
