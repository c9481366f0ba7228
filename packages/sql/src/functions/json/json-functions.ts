import { ArrayType, type DataType, IntegerType, StringType } from "@ss/core";
import { unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isString } from "../../expression/type-predicates.js";
import { remembered } from "../datetime/patterns.js";
import { boxed, inputTypes } from "../define.js";
import { getJsonObject, parseJsonPath } from "./json-path.js";
import { parseJson } from "./json-value.js";

/** Functions of JSON texts. */
export const jsonFunctions: readonly ScalarFunction[] = [
  boxed(
    ["get_json_object"],
    [StringType, StringType],
    StringType,
    () => {
      const path = remembered((text) => parseJsonPath(text) ?? null);
      return (json, text) => {
        const steps = path(text as string);
        return steps === null ? null : getJsonObject(json as string, steps);
      };
    },
    { nullable: true },
  ),
  boxed(
    ["json_array_length"],
    [StringType],
    IntegerType,
    () => (json) => {
      const node = parseJson(json as string);
      return node?.kind === "array" ? node.items.length : null;
    },
    { nullable: true, resolve: (args, context) => onlyText(args, context, IntegerType) },
  ),
  boxed(
    ["json_object_keys"],
    [StringType],
    ArrayType(StringType),
    () => (json) => {
      const node = parseJson(json as string);
      return node?.kind === "object" ? node.entries.map(([name]) => name) : null;
    },
    { nullable: true, resolve: (args, context) => onlyText(args, context, ArrayType(StringType)) },
  ),
];

/** These take texts alone: other values are not cast to them. */
function onlyText(args: readonly Expression[], context: FunctionContext, type: DataType): Resolution {
  const given = typeOf(args[0]!);
  if (!isString(given) && given.kind !== "void") throw unexpectedInputType(context, 0, StringType, args[0]!);
  return inputTypes(args, [StringType], context, type, true);
}
