import { BooleanType, type DataType, DoubleType, FloatType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { findWiderTypeWithoutStringPromotion } from "../../expression/coercion/wider-type.js";
import {
  dataDiffTypes,
  invalidOrderingType,
  unexpectedInputType,
  wrongNumArgs,
} from "../../expression/errors.js";
import { type Expression, literal } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { isOrderable } from "../../expression/type-predicates.js";
import { boxed, callLike, coerced, rewriting, scalar } from "../define.js";
import { compareText } from "../emit/compare.js";
import { present, valueOf } from "../emit/parts.js";
import { branchType, commonType } from "./common-type.js";

const MANY = Number.POSITIVE_INFINITY;

/** CASE, IF, COALESCE and their kin, GREATEST and LEAST. */
export const conditionalFunctions: readonly ScalarFunction[] = [
  scalar({ names: ["when"], arity: [2, MANY], resolve: resolveCase, emit: emitCase }),
  scalar({ names: ["if"], arity: [3, 3], resolve: resolveIf, emit: emitCase }),
  scalar({ names: ["coalesce"], arity: [1, MANY], resolve: resolveCoalesce, emit: emitCoalesce }),
  rewriting(["nvl", "ifnull"], [2, 2], (args, context) => callLike(context, "coalesce", ...args)),
  rewriting(["nvl2"], [3, 3], ([test, yes, no], context) =>
    callLike(context, "if", callLike(context, "isnotnull", test!), yes!, no!),
  ),
  rewriting(["nullif"], [2, 2], ([value, other], context) =>
    callLike(context, "if", callLike(context, "=", value!, other!), literal(null, typeOf(value!)), value!),
  ),
  rewriting(["nullifzero"], [1, 1], ([value], context) =>
    callLike(context, "if", callLike(context, "=", value!, zero()), literal(null, typeOf(value!)), value!),
  ),
  rewriting(["zeroifnull"], [1, 1], ([value], context) => callLike(context, "coalesce", value!, zero())),
  boxed(
    ["nanvl"],
    [[DoubleType, FloatType]],
    (args) => typeOf(args[0]!),
    () => (value, other) => (Number.isNaN(value) ? other! : value!),
    { arity: [2, 2], nullPropagating: false, resolve: resolveNanvl },
  ),
  extremum(["greatest"], ">"),
  extremum(["least"], "<"),
];

function zero(): Expression {
  return literal(0, { kind: "integer" });
}

function condition(e: Expression, index: number, context: FunctionContext): Expression {
  const cast = implicitCast(e, BooleanType, context.ansi);
  if (!cast) throw unexpectedInputType(context, index, BooleanType, e);
  return cast;
}

/** Arguments are `c1, v1, c2, v2, ..., [otherwise]`. */
function resolveCase(args: readonly Expression[], context: FunctionContext): Resolution {
  const isValue = (k: number): boolean => k % 2 === 1 || k === args.length - 1;
  const values = args.filter((_, k) => isValue(k));
  const type = branchType(values, context, "casewhen");
  const hasElse = args.length % 2 === 1;
  const cast = args.map((arg, k) => (isValue(k) ? coerced(arg, type, context) : condition(arg, k, context)));
  return { args: cast, type, nullable: !hasElse || values.some(nullableOf) };
}

function resolveIf(args: readonly Expression[], context: FunctionContext): Resolution {
  const type = branchType(args.slice(1), context, "if");
  const cast = args.map((arg, k) => (k === 0 ? condition(arg, 0, context) : coerced(arg, type, context)));
  return { args: cast, type, nullable: args.slice(1).some(nullableOf) };
}

function emitCase(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const result = writer.declare(call.type);
  const branch = (k: number): void => {
    if (k >= args.length) return writer.assignNull(result);
    if (k === args.length - 1) return writer.assign(result, writer.expression(args[k]!));
    const test = writer.expression(args[k]!);
    const holds = test.isNull === "false" ? valueOf(test) : `!${test.isNull} && ${valueOf(test)}`;
    writer.when(
      holds,
      () => writer.assign(result, writer.expression(args[k + 1]!)),
      () => branch(k + 2),
    );
  };
  branch(0);
  return call.nullable ? result : ({ ...result, isNull: "false" } as Code);
}

function resolveCoalesce(args: readonly Expression[], context: FunctionContext): Resolution {
  const type = commonType(args, context, "coalesce");
  return {
    args: args.map((arg) => coerced(arg, type, context)),
    type,
    nullable: args.every(nullableOf),
  };
}

function emitCoalesce(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const first = writer.expression(args[0]!);
  if (args.length === 1 || first.isNull === "false") return first;
  const result = writer.declare(call.type);
  const choose = (k: number): void => {
    const code = k === 0 ? first : writer.expression(args[k]!);
    if (k === args.length - 1 || code.isNull === "false") return writer.assign(result, code);
    writer.when(
      code.isNull,
      () => choose(k + 1),
      () => writer.assign(result, present(code)),
    );
  };
  choose(0);
  return call.nullable ? result : ({ ...result, isNull: "false" } as Code);
}

function resolveNanvl(args: readonly Expression[], context: FunctionContext): Resolution {
  const cast = args.map((arg, k) => {
    const one = implicitCast(arg, [DoubleType, FloatType], context.ansi);
    if (!one) throw unexpectedInputType(context, k, [DoubleType, FloatType], arg);
    return one;
  });
  const type: DataType = cast.every((arg) => typeOf(arg).kind === "float") ? FloatType : DoubleType;
  return { args: cast.map((arg) => coerced(arg, type, context)), type };
}

function extremum(names: readonly string[], comparison: "<" | ">"): ScalarFunction {
  return scalar({
    names,
    arity: [0, MANY],
    resolve: (args, context) => {
      if (args.length < 2) throw wrongNumArgs(context, "> 1", args.length);
      const types = args.map(typeOf);
      const type = findWiderTypeWithoutStringPromotion(types, context.ansi);
      if (!type) throw dataDiffTypes(context, types);
      if (!isOrderable(type)) throw invalidOrderingType(context, context.name, type);
      return { args: args.map((arg) => coerced(arg, type, context)), type, nullable: args.every(nullableOf) };
    },
    emit: (writer, args, call) => {
      const result = writer.declare(call.type);
      for (const arg of args) {
        const code = writer.expression(arg);
        const take = (): void => {
          const better = `${result.isNull} || ${compareText(writer, comparison, present(code), present(result))}`;
          writer.when(better, () => writer.assign(result, present(code)));
        };
        if (code.isNull === "false") take();
        else writer.when(`!${code.isNull}`, take);
      }
      return result;
    },
  });
}
