import { ArrayType, DoubleType, IntegerType, StringType, type Value } from "@ss/core";
import type { ScalarFunction } from "../../expression/function.js";
import { boxed } from "../define.js";
import { jaroWinkler, levenshtein, levenshteinWithin } from "./distance.js";
import { soundex } from "./text-edits.js";

const TEXT = StringType;
const INT = IntegerType;

/** Functions of texts that are read as JavaScript strings. */
export const textFunctions: readonly ScalarFunction[] = [
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

function sentencesOf(text: string): Value {
  return text
    .split(/(?<=[.!?])\s+|\n{2,}/u)
    .map((sentence) => sentence.match(/[\p{L}\p{N}]+(?:['’\-.][\p{L}\p{N}]+)*/gu) ?? [])
    .filter((words) => words.length > 0)
    .map((words) => [...words]);
}
