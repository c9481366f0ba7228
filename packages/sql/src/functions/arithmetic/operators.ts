import { CalendarIntervalType, type DataType, DoubleType, LongType, StringType, sameType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { decimalResult } from "../../expression/coercion/decimal-rules.js";
import { NUMERIC_AND_INTERVAL, type TypeExpectation } from "../../expression/coercion/type-expectation.js";
import { findTightestCommonType } from "../../expression/coercion/wider-type.js";
import { binaryOperatorDiffTypes, binaryOperatorWrongType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { isAnsiInterval, isIntegral, isInterval, isNumeric } from "../../expression/type-predicates.js";
import { coerced, scalar } from "../define.js";
import type { ArithmeticMode, ArithmeticOperator, ArithmeticState } from "./arithmetic-state.js";
import { emitDecimal, emitFloating } from "./emit-fractions.js";
import { emitLong, emitSmall } from "./emit-integers.js";
import { emitIntervalArithmetic } from "./emit-intervals.js";
import { bothNumeric, longOperands, numericOperands } from "./numeric-operands.js";
import { rewriteAdd, rewriteSubtract } from "./temporal-rewrite.js";

const EXPECTED: Readonly<Record<ArithmeticOperator, TypeExpectation>> = {
  "+": NUMERIC_AND_INTERVAL,
  "-": NUMERIC_AND_INTERVAL,
  "*": "numeric",
  "/": [DoubleType, "decimal"],
  "%": "numeric",
  div: [LongType, "decimal", "yearMonthInterval", "dayTimeInterval"],
  pmod: "numeric",
};

/** `+ - * / % div pmod` and the `try_` forms. */
export const arithmeticFunctions: readonly ScalarFunction[] = [
  operatorFunction(["+"], "+", rewriteAdd),
  operatorFunction(["-"], "-", rewriteSubtract),
  operatorFunction(["*"], "*"),
  operatorFunction(["/"], "/"),
  operatorFunction(["%", "mod"], "%"),
  operatorFunction(["div"], "div"),
  operatorFunction(["pmod"], "pmod"),
  operatorFunction(["try_add"], "+", tried(rewriteAdd), "try"),
  operatorFunction(["try_subtract"], "-", tried(rewriteSubtract), "try"),
  operatorFunction(["try_multiply"], "*", undefined, "try"),
  operatorFunction(["try_divide"], "/", undefined, "try"),
  operatorFunction(["try_mod"], "%", undefined, "try"),
];

type Rewrite = typeof rewriteAdd;

/** The rewriting of a `try_` form: what fails in it gives null. */
function tried(rewrite: Rewrite): Rewrite {
  return (left, right, context) => {
    const rewritten = rewrite(left, right, context);
    return rewritten && { kind: "call", name: ["$try"], args: [rewritten] };
  };
}

function operatorFunction(
  names: readonly string[],
  operator: ArithmeticOperator,
  rewrite?: Rewrite,
  mode?: ArithmeticMode,
): ScalarFunction {
  return scalar({
    names,
    arity: [2, 2],
    ...(rewrite && {
      rewrite: (args: readonly Expression[], context: FunctionContext) =>
        rewrite(args[0]!, args[1]!, context),
    }),
    resolve: (args, context) =>
      resolveOperator(operator, args[0]!, args[1]!, context, mode ?? (context.ansi ? "ansi" : "legacy")),
    emit: (writer, args, call) => emitOperator(writer, args, call),
  });
}

function resolveOperator(
  operator: ArithmeticOperator,
  left: Expression,
  right: Expression,
  context: FunctionContext,
  mode: ArithmeticMode,
): Resolution {
  const [lt, rt] = [typeOf(left), typeOf(right)];
  if (isInterval(lt) || isInterval(rt)) {
    const resolved = resolveIntervals(operator, left, right, context);
    if (resolved) return withState(resolved.args, resolved.type, operator, mode);
  }
  if ((isInterval(lt) || isInterval(rt)) && lt.kind !== rt.kind)
    throw binaryOperatorDiffTypes(context, lt, rt);
  const args = operands(operator, left, right, context);
  const [l, r] = args.map(typeOf) as [DataType, DataType];
  if (l.kind === "decimal" && r.kind === "decimal") {
    const type = operator === "div" ? LongType : decimalResult(operator, l, r, allowsPrecisionLoss(context));
    return withState(args, type, operator, mode);
  }
  if (!sameType(l, r)) throw binaryOperatorDiffTypes(context, l, r);
  const fits = operator === "div" ? l.kind === "long" : operator === "/" ? l.kind === "double" : isNumeric(l);
  if (!fits) throw binaryOperatorWrongType(context, EXPECTED[operator], l);
  return withState(args, l, operator, mode);
}

function allowsPrecisionLoss(context: FunctionContext): boolean {
  return context.conf("spark.sql.decimalOperations.allowPrecisionLoss") !== "false";
}

function operands(
  operator: ArithmeticOperator,
  left: Expression,
  right: Expression,
  context: FunctionContext,
): readonly Expression[] {
  let [l, r] = numericOperands(left, right, context);
  const [lt, rt] = [typeOf(l), typeOf(r)];
  if (lt.kind === "void" && rt.kind === "void") {
    [l, r] = [coerced(l, DoubleType, context), coerced(r, DoubleType, context)];
  }
  const types = [typeOf(l), typeOf(r)] as const;
  if (operator === "div" && types.every(isIntegral)) return longOperands(l, r, context);
  if (operator !== "/" || !bothNumeric(...types)) return [l, r];
  const decimals = types[0].kind === "decimal" && types[1].kind === "decimal";
  return decimals ? [l, r] : [coerced(l, DoubleType, context), coerced(r, DoubleType, context)];
}

function withState(
  args: readonly Expression[],
  type: DataType,
  operator: ArithmeticOperator,
  mode: ArithmeticMode,
): Resolution {
  const state: ArithmeticState = { operator, mode, left: typeOf(args[0]!), right: typeOf(args[1]!) };
  return { args, type, nullable: args.some(nullableOf) || mayGiveNull(state, type), state };
}

/** Whether operands that are not null may give null. */
function mayGiveNull({ operator, mode }: ArithmeticState, type: DataType): boolean {
  if (mode === "try") return true;
  if (mode === "legacy")
    return (
      operator === "/" ||
      operator === "%" ||
      operator === "div" ||
      operator === "pmod" ||
      type.kind === "decimal"
    );
  return false;
}

interface IntervalOperands {
  readonly args: readonly Expression[];
  readonly type: DataType;
}

/** Intervals among themselves and with numbers; undefined where they do not fit. */
function resolveIntervals(
  operator: ArithmeticOperator,
  left: Expression,
  right: Expression,
  context: FunctionContext,
): IntervalOperands | undefined {
  const [lt, rt] = [typeOf(left), typeOf(right)];
  if (operator === "+" || operator === "-") return sumOfIntervals(left, right, context);
  if (operator === "div" && isAnsiInterval(lt) && lt.kind === rt.kind)
    return { args: [left, right], type: LongType };
  if (operator === "/" && isInterval(lt)) return intervalByNumber(left, right, context);
  if (operator !== "*") return undefined;
  return isInterval(lt)
    ? intervalByNumber(left, right, context)
    : intervalByNumber(right, left, context, true);
}

function sumOfIntervals(
  left: Expression,
  right: Expression,
  context: FunctionContext,
): IntervalOperands | undefined {
  const [lt, rt] = [typeOf(left), typeOf(right)];
  if (lt.kind === "void") return { args: [coerced(left, rt, context), right], type: rt };
  if (rt.kind === "void") return { args: [left, coerced(right, lt, context)], type: lt };
  if (lt.kind !== rt.kind) return undefined;
  const common = lt.kind === "interval" ? lt : findTightestCommonType(lt, rt, context.ansi);
  return common && { args: [coerced(left, common, context), coerced(right, common, context)], type: common };
}

function intervalByNumber(
  interval: Expression,
  number: Expression,
  context: FunctionContext,
  swapped = false,
): IntervalOperands | undefined {
  const [it, nt] = [typeOf(interval), typeOf(number)];
  const calendar = it.kind === "interval";
  let factor = number;
  if (nt.kind === StringType.kind || nt.kind === "void" || calendar) {
    if (nt.kind !== StringType.kind && nt.kind !== "void" && !isNumeric(nt)) return undefined;
    factor = coerced(number, DoubleType, context);
  } else if (!isNumeric(nt)) return undefined;
  const type: DataType = calendar
    ? CalendarIntervalType
    : it.kind === "yearMonthInterval"
      ? { kind: "yearMonthInterval", start: "year", end: "month" }
      : { kind: "dayTimeInterval", start: "day", end: "second" };
  return { args: swapped ? [factor, interval] : [interval, factor], type };
}

function emitOperator(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const state = call.state as ArithmeticState;
  const l = writer.expression(args[0]!);
  const r = writer.expression(args[1]!);
  if (isInterval(state.left) || isInterval(state.right))
    return emitIntervalArithmetic(writer, l, r, state, call);
  switch (state.left.kind) {
    case "decimal":
      return emitDecimal(writer, l, r, state, call);
    case "float":
    case "double":
      return emitFloating(writer, l, r, state, call);
    case "long":
      return emitLong(writer, l, r, state, call);
    default:
      return emitSmall(writer, l, r, state, call);
  }
}
