import {
  ArrayType,
  BinaryType,
  BooleanType,
  DoubleType,
  IntegerType,
  LongType,
  StringType,
  type Value,
} from "@ss/core";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { findWiderType } from "../../expression/coercion/wider-type.js";
import { analysisError, unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type {
  EvaluationContext,
  FunctionContext,
  Resolution,
  ScalarFunction,
} from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { boxed, coerced, scalar } from "../define.js";
import { runtimeError } from "../runtime-error.js";
import { codePoints } from "./code-points.js";
import { jaroWinkler, levenshtein, levenshteinWithin } from "./distance.js";
import { initialCapitals, luhnValid, overlaid, soundex, translated } from "./text-edits.js";

const TEXT = StringType;
const INT = IntegerType;
const TEXT_OR_BINARY = [StringType, BinaryType] as const;

/** Functions of texts, on JavaScript strings. */
export const textFunctions: readonly ScalarFunction[] = [
  boxed(["initcap"], [TEXT], TEXT, () => (text) => initialCapitals(text as string)),
  boxed(["chr", "char"], [LongType], TEXT, () => (code) => {
    if ((code as bigint) < 0n) return "";
    return String.fromCharCode(Number((code as bigint) & 255n));
  }),
  boxed(["bit_length"], [TEXT_OR_BINARY], INT, () => (value) => 8 * byteLength(value)),
  boxed(["space"], [INT], TEXT, () => (count) => " ".repeat(Math.max(count as number, 0))),
  boxed(
    ["repeat"],
    [TEXT, INT],
    TEXT,
    () => (text, count) => (text as string).repeat(Math.max(count as number, 0)),
  ),
  boxed(
    ["reverse"],
    [[TEXT, BinaryType, "array"]],
    (args) => typeOf(args[0]!),
    () => (value) => {
      if (typeof value === "string") return codePoints(value).reverse().join("");
      return value instanceof Uint8Array ? value.slice().reverse() : [...(value as Value[])].reverse();
    },
  ),
  boxed(
    ["translate"],
    [TEXT, TEXT, TEXT],
    TEXT,
    () => (text, from, to) => translated(text as string, from as string, to as string),
  ),
  boxed(["split_part"], [TEXT, TEXT, INT], TEXT, splitPart),
  boxed(
    ["overlay"],
    [TEXT_OR_BINARY, TEXT_OR_BINARY, INT, INT],
    (args) => typeOf(args[0]!),
    () =>
      (text, by, from, count = -1) =>
        overlaid(text!, by!, from as number, count as number),
    { arity: [3, 4] },
  ),
  boxed(
    ["find_in_set"],
    [TEXT, TEXT],
    INT,
    () => (text, list) =>
      (text as string).includes(",") ? 0 : (list as string).split(",").indexOf(text as string) + 1,
  ),
  boxed(
    ["levenshtein"],
    [TEXT, TEXT, INT],
    INT,
    () => (a, b, threshold) =>
      threshold === undefined
        ? levenshtein(a as string, b as string)
        : levenshteinWithin(a as string, b as string, threshold as number),
    { arity: [2, 3] },
  ),
  boxed(
    ["jaro_winkler_similarity"],
    [TEXT, TEXT],
    DoubleType,
    () => (a, b) => jaroWinkler(a as string, b as string),
  ),
  boxed(["soundex"], [TEXT], TEXT, () => (text) => soundex(text as string)),
  boxed(["luhn_check"], [TEXT], BooleanType, () => (text) => luhnValid(text as string)),
  boxed(["quote"], [TEXT], TEXT, () => (text) => `'${(text as string).replace(/['\\]/g, "\\$&")}'`),
  scalar({
    names: ["elt"],
    arity: [2, Number.POSITIVE_INFINITY],
    resolve: resolveElt,
    evaluate:
      ({ ansi, origin }) =>
      (index, ...values) => {
        if (index === null) return null;
        const at = index as number;
        if (at >= 1 && at <= values.length) return values[at - 1]!;
        if (!ansi) return null;
        throw runtimeError(
          "INVALID_ARRAY_INDEX",
          "22003",
          {
            indexValue: String(at),
            arraySize: String(values.length),
            ansiConfig: '"spark.sql.ansi.enabled"',
          },
          `The index ${at} is out of bounds: there are ${values.length} values.`,
          origin,
        );
      },
    nullPropagating: false,
  }),
  scalar({
    names: ["concat_ws"],
    arity: [1, Number.POSITIVE_INFINITY],
    resolve: resolveConcatWs,
    evaluate:
      () =>
      (separator, ...values) => {
        if (separator === null) return null;
        const parts = values.flatMap((value) => (Array.isArray(value) ? (value as Value[]) : [value]));
        return parts.filter((part) => part !== null).join(separator as string);
      },
    nullPropagating: false,
  }),
  boxed(
    ["sentences"],
    [TEXT],
    ArrayType(ArrayType(StringType, false), false),
    () => (text) => sentencesOf(text as string),
    {
      arity: [1, 3],
    },
  ),
];

function byteLength(value: Value | undefined): number {
  return typeof value === "string" ? new TextEncoder().encode(value).length : (value as Uint8Array).length;
}

function splitPart({ origin }: EvaluationContext): (...values: Value[]) => Value {
  return (text, delimiter, index) => {
    const at = index as number;
    if (at === 0) {
      throw runtimeError(
        "INVALID_INDEX_OF_ZERO",
        "22003",
        {},
        "The index 0 is invalid: positions start at 1, and negative ones count from the end.",
        origin,
      );
    }
    const parts = delimiter === "" ? [text as string] : (text as string).split(delimiter as string);
    return parts[at > 0 ? at - 1 : parts.length + at] ?? "";
  };
}

function resolveElt(args: readonly Expression[], context: FunctionContext): Resolution {
  const index = implicitCast(args[0]!, INT, context.ansi);
  if (!index) throw unexpectedInputType(context, 0, INT, args[0]!);
  const values = args.slice(1);
  const binary = values.every((value) => typeOf(value).kind === "binary");
  const type = binary ? BinaryType : TEXT;
  const cast = values.map((value, k) => {
    const one = implicitCast(value, type, context.ansi);
    if (!one) throw unexpectedInputType(context, k + 1, [StringType, BinaryType], value);
    return one;
  });
  return { args: [index, ...cast], type, nullable: true };
}

function resolveConcatWs(args: readonly Expression[], context: FunctionContext): Resolution {
  const cast = args.map((arg, k) => {
    const type = typeOf(arg);
    if (type.kind === "array" && k > 0) {
      const common = findWiderType([type.elementType, TEXT], context.ansi);
      if (!common)
        throw analysisError("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09", "texts are needed.", {});
      return coerced(arg, ArrayType(TEXT, type.containsNull), context);
    }
    const one = implicitCast(arg, TEXT, context.ansi);
    if (!one) throw unexpectedInputType(context, k, k === 0 ? TEXT : [{ arrayOf: TEXT }, TEXT], arg);
    return one;
  });
  return { args: cast, type: TEXT, nullable: nullableOf(args[0]!) };
}

function sentencesOf(text: string): Value {
  return text
    .split(/(?<=[.!?])\s+|\n{2,}/u)
    .map((sentence) => sentence.match(/[\p{L}\p{N}]+(?:['’\-.][\p{L}\p{N}]+)*/gu) ?? [])
    .filter((words) => words.length > 0)
    .map((words) => [...words]);
}
