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
import { parseWholeNumber } from "@ss/kernels";
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
      return ArrayType(metOf(node.items.map((item) => inferred(item, settings))));
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
  if (parseWholeNumber(text) !== undefined) return LongType;
  if (!whole && settings["prefersdecimal"] !== "true") return DoubleType;
  const match = /^-?0*(\d*)(?:\.(\d*))?$/.exec(text);
  if (!match) return DoubleType;
  const scale = match[2]?.length ?? 0;
  const precision = Math.max((match[1]?.length ?? 0) + scale, scale, 1);
  return precision <= 38 ? DecimalType(precision, scale) : DoubleType;
}

/** The type that values meet in; texts hold what meets in nothing else. */
function metOf(all: readonly DataType[]): DataType {
  const types = all.filter(({ kind }) => kind !== "void");
  if (types.length === 0) return NullType;
  if (types.every((type) => type.kind === "array"))
    return ArrayType(metOf(types.map((type) => type.elementType)));
  if (!types.every((type) => type.kind === "struct"))
    return types.some(hasParts) ? StringType : types.reduce(met);
  // each field is looked at as often as it is there
  const fields = new Map<string, DataType[]>();
  for (const { name, type } of types.flatMap((type) => type.fields)) {
    const known = fields.get(name);
    if (known === undefined) fields.set(name, [type]);
    else known.push(type);
  }
  return new StructType([...fields.keys()].sort().map((name) => StructField(name, metOf(fields.get(name)!))));
}

function hasParts({ kind }: DataType): boolean {
  return kind === "struct" || kind === "array";
}

function met(a: DataType, b: DataType): DataType {
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
