import { ArrayType, type DataType, IntegerType, StringType } from "@ss/core";
import { unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isString } from "../../expression/type-predicates.js";
import { inputTypes, scalar } from "../define.js";
import { emitGetJsonObject, emitJsonArrayLength, emitJsonObjectKeys } from "./emit-json.js";

/** Functions of JSON texts. */
export const jsonFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["get_json_object"],
    arity: [2, 2],
    resolve: (args, context) => inputTypes(args, [StringType, StringType], context, StringType, true),
    emit: emitGetJsonObject,
  }),
  scalar({
    names: ["json_array_length"],
    arity: [1, 1],
    resolve: (args, context) => onlyText(args, context, IntegerType),
    emit: emitJsonArrayLength,
  }),
  scalar({
    names: ["json_object_keys"],
    arity: [1, 1],
    resolve: (args, context) => onlyText(args, context, ArrayType(StringType)),
    emit: emitJsonObjectKeys,
  }),
];

/** These take texts alone: other values are not cast to them. */
function onlyText(args: readonly Expression[], context: FunctionContext, type: DataType): Resolution {
  const given = typeOf(args[0]!);
  if (!isString(given) && given.kind !== "void") throw unexpectedInputType(context, 0, StringType, args[0]!);
  return inputTypes(args, [StringType], context, type, true);
}
