import { ArrayType, IntegerType, type Value } from "@ss/core";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type {
  EvaluationContext,
  FunctionContext,
  Resolution,
  ScalarFunction,
} from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { boxed, callLike, scalar } from "../define.js";
import { runtimeError } from "../runtime-error.js";
import { resolveWithElement } from "./array-functions.js";

type List = readonly Value[];

/** Functions of positions in arrays: `slice`, `array_insert`, `get`, `element_at`. */
export const arrayPositionFunctions: readonly ScalarFunction[] = [
  boxed(
    ["slice"],
    ["array", IntegerType, IntegerType],
    (args) => typeOf(args[0]!),
    ({ origin }) =>
      (list, start, length) => {
        if (start === 0) throw badSlice("START", "start", "0", origin);
        if ((length as number) < 0) throw badSlice("LENGTH", "length", String(length), origin);
        const from =
          (start as number) > 0 ? (start as number) - 1 : (list as List).length + (start as number);
        return from < 0 ? [] : (list as List).slice(from, from + (length as number));
      },
  ),
  scalar({
    names: ["array_insert"],
    arity: [3, 3],
    resolve: resolveInsert,
    evaluate: evaluateInsert,
    nullPropagating: false,
  }),
  boxed(
    ["get"],
    ["array", IntegerType],
    (args) => (typeOf(args[0]!) as ArrayType).elementType,
    () => (list, index) => (list as List)[index as number] ?? null,
    { nullable: true },
  ),
  elementAt("element_at", false),
  elementAt("try_element_at", true),
];

function badSlice(sub: string, parameter: string, value: string, origin: EvaluationContext["origin"]): Error {
  const parameters: Record<string, string> = { functionName: "`slice`", parameter: `\`${parameter}\`` };
  if (sub === "LENGTH") parameters["length"] = value;
  return runtimeError(
    `INVALID_PARAMETER_VALUE.${sub}`,
    "22023",
    parameters,
    `The parameter \`${parameter}\` of \`slice\` cannot be ${value}.`,
    origin,
  );
}

function resolveInsert(args: readonly Expression[], context: FunctionContext): Resolution {
  const [list, value, type] = resolveWithElement([args[0]!, args[2]!], context);
  const position = implicitCast(args[1]!, IntegerType, context.ansi);
  if (!position) throw unexpectedInputType(context, 1, IntegerType, args[1]!);
  return {
    args: [list, position, value],
    type: ArrayType(type.elementType, true),
    nullable: nullableOf(list) || nullableOf(position),
  };
}

function evaluateInsert({ origin }: EvaluationContext): (...values: Value[]) => Value {
  return (list, position, value) => {
    if (list === null || position === null) return null;
    const items = [...(list as List)];
    const at = position as number;
    if (at === 0) {
      throw runtimeError(
        "INVALID_INDEX_OF_ZERO",
        "22003",
        {},
        "The index 0 is invalid: positions start at 1.",
        origin,
      );
    }
    if (at > 0) {
      while (items.length < at - 1) items.push(null);
      items.splice(at - 1, 0, value!);
      return items;
    }
    // position -1 is behind the last element
    const from = items.length + at + 1;
    if (from >= 0) {
      items.splice(from, 0, value!);
      return items;
    }
    return [value!, ...new Array<Value>(-from).fill(null), ...items];
  };
}

/** `element_at`: positions from 1, from the end if negative, and keys of maps. */
function elementAt(name: string, tries: boolean): ScalarFunction {
  return scalar({
    names: [name],
    arity: [2, 2],
    rewrite: ([base, key], context) =>
      typeOf(base!).kind === "map" ? callLike(context, "getItem", base!, key!) : undefined,
    resolve: (args, context) => {
      const type = typeOf(args[0]!);
      if (type.kind !== "array") throw unexpectedInputType(context, 0, ["array", "map"], args[0]!);
      const index = implicitCast(args[1]!, IntegerType, context.ansi);
      if (!index) throw unexpectedInputType(context, 1, IntegerType, args[1]!);
      return { args: [args[0]!, index], type: type.elementType, nullable: true };
    },
    evaluate:
      ({ ansi, origin }) =>
      (list, index) => {
        const size = (list as List).length;
        const at = index as number;
        if (at === 0)
          throw runtimeError(
            "INVALID_INDEX_OF_ZERO",
            "22003",
            {},
            "The index 0 is invalid: positions start at 1.",
            origin,
          );
        if (Math.abs(at) <= size) return (list as List)[at > 0 ? at - 1 : size + at]!;
        if (tries || !ansi) return null;
        throw runtimeError(
          "INVALID_ARRAY_INDEX_IN_ELEMENT_AT",
          "22003",
          { indexValue: String(at), arraySize: String(size), ansiConfig: '"spark.sql.ansi.enabled"' },
          `The index ${at} is out of bounds. The array has ${size} elements. Use \`try_element_at\` to get NULL instead.`,
          origin,
        );
      },
  });
}
