import {
  ArrayType,
  BooleanType,
  type DataType,
  MapType,
  type MapValue,
  StringType,
  StructField,
  StructType,
  type Value,
} from "@ss/core";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { findWiderType } from "../../expression/coercion/wider-type.js";
import {
  dataDiffTypes,
  datatypeMismatch,
  quotedName,
  quotedType,
  unexpectedInputType,
} from "../../expression/errors.js";
import { type Expression, literal } from "../../expression/expression.js";
import type { EvaluationContext, FunctionContext, ScalarFunction } from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { boxed, coerced, inputTypes, scalar } from "../define.js";
import { alwaysNull } from "../emit/parts.js";
import { mapOf } from "../nested/map-of.js";
import { regexCache } from "../string/java-regex.js";
import { splitText } from "../string/split.js";
import { valueEquality } from "../value-order.js";

type List = readonly Value[];

/** The keys or the values of a map, which are lists already. */
function partOfMap(
  name: string,
  part: "keys" | "mapValues",
  type: (map: Extract<DataType, { kind: "map" }>) => DataType,
): ScalarFunction {
  return scalar({
    names: [name],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, ["map"], context, (cast) => type(mapTypeOf(cast[0]!))),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      if (code.layout !== "map") return alwaysNull(writer, call.type);
      const { isNull, start, length } = code;
      return { type: call.type, isNull, layout: "list", column: code[part], start, length };
    },
  });
}

/** Functions of maps. */
export const mapFunctions: readonly ScalarFunction[] = [
  partOfMap("map_keys", "keys", ({ keyType }) => ArrayType(keyType, false)),
  partOfMap("map_values", "mapValues", ({ valueType, valueContainsNull }) =>
    ArrayType(valueType, valueContainsNull),
  ),
  boxed(
    ["map_entries"],
    ["map"],
    (args) => ArrayType(entryType(mapTypeOf(args[0]!)), false),
    () => (map) => (map as MapValue).keys.map((key, k) => [key, (map as MapValue).values[k]!]),
  ),
  scalar({
    names: ["map_contains_key"],
    arity: [2, 2],
    resolve: (args, context) => {
      const type = typeOf(args[0]!);
      if (type.kind !== "map") throw unexpectedInputType(context, 0, "map", args[0]!);
      const key = implicitCast(args[1]!, type.keyType, context.ansi);
      if (!key || typeOf(args[1]!).kind === "void") {
        throw datatypeMismatch(
          context,
          "MAP_FUNCTION_DIFF_TYPES",
          "the key has another type than those of the map.",
          {
            functionName: quotedName(context.name),
            dataType: '"MAP"',
            leftType: quotedType(type),
            rightType: quotedType(typeOf(args[1]!)),
          },
        );
      }
      return { args: [args[0]!, key], type: BooleanType };
    },
    evaluate: ({ argTypes }) => {
      const equal = valueEquality((argTypes[0] as MapType).keyType);
      return (map, key) => (map as MapValue).keys.some((one) => equal(one, key!));
    },
  }),
  withPolicy(["map_from_arrays"], ["array", "array"], fromArraysType, (context) => {
    const make = maker((context.type as MapType).keyType, context);
    return (keys, values) => {
      if ((keys as List).length !== (values as List).length)
        throw new RangeError("keys and values differ in number");
      return make(keys as List, values as List);
    };
  }),
  withPolicy(
    ["map_from_entries"],
    ["array"],
    fromEntriesType,
    (context) => {
      const make = maker((context.type as MapType).keyType, context);
      return (entries) => {
        const list = entries as (List | null)[];
        if (list.includes(null)) return null;
        return make(
          list.map((entry) => entry![0]!),
          list.map((entry) => entry![1]!),
        );
      };
    },
    true,
  ),
  scalar({
    names: ["map_concat"],
    arity: [0, Number.POSITIVE_INFINITY],
    resolve: (args, context) => {
      const types = args.map(typeOf);
      const index = types.findIndex((type) => type.kind !== "map");
      if (index >= 0) {
        throw datatypeMismatch(context, "MAP_CONCAT_DIFF_TYPES", "all arguments have to be maps.", {
          functionName: quotedName(context.name),
          dataType: `[${types.map(quotedType).join(", ")}]`,
        });
      }
      const type = args.length === 0 ? MapType(StringType, StringType) : findWiderType(types, context.ansi);
      if (!type) throw dataDiffTypes(context, types);
      return { args: args.map((arg) => coerced(arg, type, context)), type, state: policyOf(context) };
    },
    evaluate: (context) => {
      const make = maker((context.type as MapType).keyType, context);
      return (...maps) =>
        make(
          (maps as MapValue[]).flatMap((map) => map.keys),
          (maps as MapValue[]).flatMap((map) => map.values),
        );
    },
  }),
  scalar({
    names: ["str_to_map"],
    arity: [1, 3],
    resolve: (args, context) => {
      const all = [args[0]!, args[1] ?? literal(",", StringType), args[2] ?? literal(":", StringType)];
      return {
        ...inputTypes(all, [StringType], context, MapType(StringType, StringType)),
        state: policyOf(context),
      };
    },
    evaluate: (context) => {
      const make = maker(StringType, context);
      const regex = regexCache("str_to_map", "delimiter", context.origin);
      return (text, pairDelimiter, keyDelimiter) => {
        const pairs = splitText(text as string, regex(pairDelimiter as string), -1);
        const parts = pairs.map((pair) => splitText(pair, regex(keyDelimiter as string), 2));
        return make(
          parts.map((part) => part[0]!),
          parts.map((part) => part[1] ?? null),
        );
      };
    },
  }),
];

/** The setting for repeated keys, which evaluation needs. */
export function policyOf(context: FunctionContext): { readonly dedup: string | undefined } {
  return { dedup: context.conf("spark.sql.mapKeyDedupPolicy") };
}

/** A maker of maps for a call whose state holds the setting for repeated keys. */
export function maker(keyType: DataType, context: EvaluationContext): (keys: List, values: List) => MapValue {
  return mapOf(keyType, (context.state as { dedup?: string } | undefined)?.dedup, context.origin);
}

function mapTypeOf(e: Expression): MapType {
  return typeOf(e) as MapType;
}

/** The struct of a map's entry. */
export function entryType(map: MapType): StructType {
  return new StructType([
    StructField("key", map.keyType, false),
    StructField("value", map.valueType, map.valueContainsNull),
  ]);
}

function fromArraysType(args: readonly Expression[]): DataType {
  const [keys, values] = args.map(typeOf) as [ArrayType, ArrayType];
  return MapType(keys.elementType, values.elementType, values.containsNull);
}

function fromEntriesType(args: readonly Expression[], context: FunctionContext): DataType {
  const type = typeOf(args[0]!);
  const entry = type.kind === "array" ? type.elementType : undefined;
  if (entry?.kind !== "struct" || entry.fields.length !== 2) {
    throw unexpectedInputType(context, 0, { arrayOf: "struct" }, args[0]!);
  }
  const [key, value] = entry.fields as [StructField, StructField];
  return MapType(key.type, value.type, value.nullable);
}

function withPolicy(
  names: readonly string[],
  expected: readonly ("array" | "map")[],
  type: (args: readonly Expression[], context: FunctionContext) => DataType,
  evaluate: NonNullable<ScalarFunction["evaluate"]>,
  mayBeNull = false,
): ScalarFunction {
  return scalar({
    names,
    arity: [expected.length, expected.length],
    resolve: (args, context) => {
      const resolved = inputTypes(args, expected, context, type);
      return { ...resolved, nullable: mayBeNull || resolved.args.some(nullableOf), state: policyOf(context) };
    },
    evaluate,
  });
}
