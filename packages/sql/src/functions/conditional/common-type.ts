import { type DataType, sameType } from "@ss/core";
import { findWiderType } from "../../expression/coercion/wider-type.js";
import { dataDiffTypes, datatypeMismatch, quotedName, quotedType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";

/** The type that values meet in, for functions that return one of their arguments. */
export function commonType(
  args: readonly Expression[],
  context: FunctionContext,
  functionName: string = context.name,
): DataType {
  const types = args.map(typeOf);
  if (types.every((type) => sameType(type, types[0]!))) return types[0]!;
  const common = findWiderType(types, context.ansi);
  if (!common) throw dataDiffTypes(context, types, functionName);
  return common;
}

/** The type that the branches of CASE and IF meet in; their error lists types in brackets. */
export function branchType(
  args: readonly Expression[],
  context: FunctionContext,
  functionName: string,
): DataType {
  const types = args.map(typeOf);
  if (types.every((type) => sameType(type, types[0]!))) return types[0]!;
  const common = findWiderType(types, context.ansi);
  if (common) return common;
  const dataType = `[${types.map(quotedType).join(", ")}]`;
  throw datatypeMismatch(context, "DATA_DIFF_TYPES", `the branches have different types: ${dataType}.`, {
    functionName: quotedName(functionName),
    dataType,
  });
}
