import { assert, BinaryType, type DataType, type Value } from "@ss/core";
import { castTo, implicitCast } from "../expression/coercion/implicit-cast.js";
import type { TypeExpectation } from "../expression/coercion/type-expectation.js";
import { unexpectedInputType } from "../expression/errors.js";
import type { Expression, UnresolvedCall } from "../expression/expression.js";
import type { FunctionContext, Resolution, ScalarFunction } from "../expression/function.js";
import { typeOf } from "../expression/type-of.js";
import { isString } from "../expression/type-predicates.js";

/** A scalar function from its parts. */
export function scalar(parts: Omit<ScalarFunction, "form">): ScalarFunction {
  return { form: "scalar", ...parts };
}

/** A function that stands for an expression made of others. */
export function rewriting(
  names: readonly string[],
  arity: readonly [number, number],
  rewrite: (args: readonly Expression[], context: FunctionContext) => Expression,
): ScalarFunction {
  return scalar({
    names,
    arity,
    rewrite,
    resolve: () => {
      assert(false, `the function ${names[0]} is always rewritten`);
    },
  });
}

/** The boxed evaluation of a function, by its context. */
export type Evaluation = NonNullable<ScalarFunction["evaluate"]>;

/** The result type of a function: fixed, or from the arguments as they were cast. */
export type ResultType = DataType | ((args: readonly Expression[], context: FunctionContext) => DataType);

/** A function with one expectation per parameter (the last one repeats) that is evaluated on boxed values. */
export function boxed(
  names: readonly string[],
  expected: readonly TypeExpectation[],
  type: ResultType,
  evaluate: Evaluation,
  more: Partial<Omit<ScalarFunction, "form" | "names" | "evaluate">> & { readonly nullable?: boolean } = {},
): ScalarFunction {
  const { nullable, ...rest } = more;
  return scalar({
    names,
    arity: [expected.length, expected.length],
    resolve: (args, context) => inputTypes(args, expected, context, type, nullable),
    evaluate,
    ...rest,
  });
}

/** A function of one argument that looks at the bytes of a text, not at its characters: evaluated on a binary where it is given a text. */
export function boxedOnBytes(
  names: readonly string[],
  expected: TypeExpectation,
  type: DataType,
  evaluate: Evaluation,
  nullable?: boolean,
): ScalarFunction {
  return scalar({
    names,
    arity: [1, 1],
    resolve: (args, context) => bytesInput(inputTypes(args, [expected], context, type, nullable), context),
    evaluate,
  });
}

/** The same resolution with binaries in the place of texts. */
export function bytesInput(resolution: Resolution, context: FunctionContext): Resolution {
  const args = resolution.args.map((arg) =>
    isString(typeOf(arg)) ? castTo(arg, BinaryType, context.ansi) : arg,
  );
  return { ...resolution, args };
}

/** The resolution of a call whose arguments are cast to what its parameters take. */
export function inputTypes(
  args: readonly Expression[],
  expected: readonly TypeExpectation[],
  context: FunctionContext,
  type: ResultType,
  nullable?: boolean,
): Resolution {
  const cast = castInputs(args, expected, context);
  const result = typeof type === "function" ? type(cast, context) : type;
  return nullable === undefined ? { args: cast, type: result } : { args: cast, type: result, nullable };
}

/** The arguments, cast to what their parameters take; DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE where there is no cast. */
export function castInputs(
  args: readonly Expression[],
  expected: readonly TypeExpectation[],
  context: FunctionContext,
): readonly Expression[] {
  if (expected.length === 0) return args;
  return args.map((arg, k) => {
    const one = expected[Math.min(k, expected.length - 1)]!;
    const cast = implicitCast(arg, one, context.ansi);
    if (!cast) throw unexpectedInputType(context, k, one, arg);
    return withOrigin(cast, context);
  });
}

/** Casts that were added show the call in their errors, as Spark's do. */
function withOrigin(e: Expression, context: FunctionContext): Expression {
  return e.kind === "cast" && e.mode === "implicit" && context.origin ? { ...e, origin: context.origin } : e;
}

/** An argument as a value of a type that is known to be right. */
export function coerced(e: Expression, type: DataType, context: FunctionContext): Expression {
  const cast = castTo(e, type, context.ansi);
  return cast === e ? e : withOrigin(cast, context);
}

/** The value of an argument that has to be a constant; undefined where it is none. */
export function constantOf(e: Expression, context: FunctionContext): Value | undefined {
  return e.kind === "literal" ? e.value : context.constant(e);
}

/** The call of another function with the same place in the query's text. */
export function callLike(context: FunctionContext, name: string, ...args: Expression[]): UnresolvedCall {
  return context.origin
    ? { kind: "call", name: [name], args, origin: context.origin }
    : { kind: "call", name: [name], args };
}
