import { ArrayType, type DataType, DoubleType, type Value } from "@ss/core";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import {
  nonFoldableInput,
  unexpectedInputType,
  unexpectedNull,
  valueOutOfRange,
} from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";

/** The percentages that a call asks for. */
export interface Percentages {
  readonly values: readonly number[];
  /** The result is an array, one value per percentage. */
  readonly list: boolean;
}

const EXPECTED: readonly DataType[] = [DoubleType, ArrayType(DoubleType, false)];

/** The percentages of argument `index`: a constant of type DOUBLE or an array of them, within 0 and 1. */
export function percentagesOf(arg: Expression, index: number, context: FunctionContext): Percentages {
  const list = typeOf(arg).kind === "array";
  const cast = list
    ? (implicitCast(arg, ArrayType(DoubleType, false), context.ansi) ??
      implicitCast(arg, ArrayType(DoubleType, true), context.ansi))
    : implicitCast(arg, DoubleType, context.ansi);
  if (!cast) throw unexpectedInputType(context, index, EXPECTED, arg);
  const value = context.constant(cast);
  if (value === undefined) throw nonFoldableInput(context, "percentage", typeOf(cast), arg);
  if (value === null) throw unexpectedNull(context, "percentage");
  const values = (Array.isArray(value) ? value : [value]) as readonly Value[];
  if (values.includes(null)) throw unexpectedNull(context, "percentage");
  const percentages = values as readonly number[];
  if (percentages.some((p) => !(p >= 0 && p <= 1))) {
    throw valueOutOfRange(context, "percentage", "[0.0, 1.0]", percentages.map(shownDouble).join(","));
  }
  return { values: percentages, list };
}

function shownDouble(value: number): string {
  return Number.isInteger(value) ? `${value}.0D` : `${value}D`;
}

/** The type of the result: of one value, or an array of them. */
export function percentileType(type: DataType, percentages: Percentages): DataType {
  return percentages.list ? ArrayType(type, false) : type;
}
