import { type DataType, DoubleType, IntegerType, LongType, StringType, type Value } from "@ss/core";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { findWiderTypeForTwo } from "../../expression/coercion/wider-type.js";
import { analysisError, nonFoldableInput, sqlOf, unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EvaluationContext, FunctionContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isIntegral, isNumeric } from "../../expression/type-predicates.js";
import { coerced, constantOf, scalar } from "../define.js";
import { invalidParameter } from "../runtime-error.js";
import { XorShift } from "./xor-shift.js";

/** Functions of chance. With a seed every partition has a sequence of its own that is the same in every run. */
export const randomFunctions: readonly ScalarFunction[] = [
  random(["rand", "random"], (generator) => generator.nextDouble()),
  random(["randn"], (generator) => generator.nextGaussian()),
  scalar({
    names: ["uniform"],
    arity: [2, 3],
    deterministic: false,
    resolve: (args, context) => {
      const [min, max] = args as [Expression, Expression];
      for (const [index, bound] of [min, max].entries()) {
        if (!isNumeric(typeOf(bound))) throw unexpectedInputType(context, index, "numeric", bound);
        if (constantOf(bound, context) === undefined) {
          throw nonFoldableInput(context, index === 0 ? "min" : "max", "integer or floating-point", bound);
        }
      }
      const type = findWiderTypeForTwo(typeOf(min), typeOf(max), context.ansi) ?? DoubleType;
      const bounds = [coerced(min, type, context), coerced(max, type, context)];
      return { args: bounds, type, state: seedOf(args[2], context, 2) };
    },
    evaluate: (context) => {
      const generator = generatorOf(context);
      const whole = isIntegral(context.type);
      const box = fromDouble(context.type, whole);
      return (min, max) => box(Number(min) + generator.nextDouble() * (Number(max) - Number(min)));
    },
  }),
  scalar({
    names: ["randstr"],
    arity: [1, 2],
    deterministic: false,
    resolve: (args, context) => {
      const length = implicitCast(args[0]!, IntegerType, context.ansi);
      if (!length) throw unexpectedInputType(context, 0, IntegerType, args[0]!);
      return { args: [length], type: StringType, state: seedOf(args[1], context, 1) };
    },
    evaluate: (context) => {
      const generator = generatorOf(context);
      return (length) => {
        if ((length as number) < 0)
          throw invalidParameter("LENGTH", "randstr", "length", { length: String(length) });
        return Array.from(
          { length: length as number },
          () => LETTERS[Math.abs(generator.next(32) % 62)]!,
        ).join("");
      };
    },
  }),
  scalar({
    names: ["shuffle"],
    arity: [1, 2],
    deterministic: false,
    resolve: (args, context) => {
      const type = typeOf(args[0]!);
      if (type.kind !== "array") throw unexpectedInputType(context, 0, "array", args[0]!);
      return { args: [args[0]!], type, state: seedOf(args[1], context) };
    },
    evaluate: (context) => {
      const generator = generatorOf(context);
      return (list) => shuffled(list as readonly Value[], generator);
    },
  }),
];

/** A double as a value of a numeric type; decimals are drawn on their unscaled values. */
function fromDouble(type: DataType, whole: boolean): (value: number) => Value {
  if (type.kind === "float") return Math.fround;
  if (type.kind === "decimal") return (value) => BigInt(Math.round(value));
  if (!whole) return (value) => value;
  return type.kind === "long" ? (value) => BigInt(Math.trunc(value)) : Math.trunc;
}

const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function random(names: readonly string[], next: (generator: XorShift) => number): ScalarFunction {
  return scalar({
    names,
    arity: [0, 1],
    deterministic: false,
    resolve: (args, context) => ({
      args: [],
      type: DoubleType,
      nullable: false,
      state: seedOf(args[0], context),
    }),
    evaluate: (context) => {
      const generator = generatorOf(context);
      return () => next(generator);
    },
  });
}

/** The constant that seeds a generator; a random one where none is given. */
function seedOf(e: Expression | undefined, context: FunctionContext, index = 0): bigint {
  if (e === undefined) return BigInt(Math.floor(Math.random() * 2 ** 52));
  const expected: DataType[] = [IntegerType, LongType];
  const type = typeOf(e);
  if (!isIntegral(type) && type.kind !== "void") throw unexpectedInputType(context, index, expected, e);
  const value = constantOf(e, context);
  if (value !== undefined) return value === null ? 0n : BigInt(value as number | bigint);
  if (context.name === "rand" || context.name === "random" || context.name === "randn") {
    throw analysisError(
      "SEED_EXPRESSION_IS_UNFOLDABLE",
      "42K08",
      `The seed ${sqlOf(e)} has to be a constant.`,
      { seedExpr: sqlOf(e), exprWithSeed: `"${context.sql}"` },
      context.origin,
    );
  }
  throw nonFoldableInput(context, "seed", "integer or floating-point", e);
}

function generatorOf({ state, partition }: EvaluationContext): XorShift {
  return new XorShift(BigInt.asIntN(64, (state as bigint) + BigInt(partition())));
}

function shuffled(list: readonly Value[], generator: XorShift): Value[] {
  const items = [...list];
  for (let k = items.length - 1; k > 0; k--) {
    const other = Math.floor(generator.nextDouble() * (k + 1));
    [items[k], items[other]] = [items[other]!, items[k]!];
  }
  return items;
}
