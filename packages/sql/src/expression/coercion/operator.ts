import { BooleanType, type DataType, DoubleType, LongType, sameType } from "@ss/core";
import { binaryOperatorDiffTypes, binaryOperatorWrongType, dataDiffTypes, invalidOrderingType } from "../errors.js";
import type { Expression } from "../expression.js";
import type { FunctionContext } from "../function.js";
import { decimalFor, isInterval, isIntegral, isNumeric, isOrderable, isString } from "../type-predicates.js";
import { typeOf } from "../type-of.js";
import { type DecimalOperator, decimalResult } from "./decimal-rules.js";
import { castTo } from "./implicit-cast.js";
import { accepts, defaultType, NUMERIC_AND_INTERVAL, type TypeExpectation } from "./type-expectation.js";
import {
  findAnsiStringType,
  findLegacyComparisonType,
  findTightestCommonType,
  findWiderType,
  widerDecimal,
} from "./wider-type.js";

/** Operands as an operator wants them, and what it gives. */
export interface OperatorTypes {
  readonly args: readonly [left: Expression, right: Expression];
  readonly type: DataType;
}

type Pair = readonly [Expression, Expression];

const ARITHMETIC_INPUT: Readonly<Record<DecimalOperator, TypeExpectation>> = {
  "+": NUMERIC_AND_INTERVAL,
  "-": NUMERIC_AND_INTERVAL,
  "*": "numeric",
  "/": [DoubleType, "decimal"],
  "%": "numeric",
  pmod: "numeric",
  div: [LongType, "decimal", "yearMonthInterval", "dayTimeInterval"],
};

/**
 * Operands and result type of an arithmetic operator on numbers, or on two intervals of one family (`+`, `-`, `div`).
 * Dates, timestamps and intervals with numbers are other functions: see `datetimeArithmetic`, which comes first.
 * Decimal operands keep their own precision and scale.
 */
export function arithmeticTypes(
  operator: DecimalOperator,
  left: Expression,
  right: Expression,
  context: FunctionContext,
): OperatorTypes {
  const expected = ARITHMETIC_INPUT[operator];
  let args = promoteArithmeticStrings([left, right], context);
  args = meetDecimals(args, context);
  if (operator === "/") args = asDoubles(args, context);
  if (operator === "div") args = asLongs(args, context);
  args = meetTightly(args, expected, context);
  checkOperands(args, expected, context);
  return { args, type: arithmeticResult(operator, typeOf(args[0]), typeOf(args[1]), context) };
}

/** Operands of `=`, `<=>`, `<`, `<=`, `>`, `>=`; the result is BOOLEAN. */
export function comparisonTypes(
  operator: string,
  left: Expression,
  right: Expression,
  context: FunctionContext,
): OperatorTypes {
  let args: Pair = [left, right];
  const [a, b] = [typeOf(left), typeOf(right)];
  if (context.ansi) {
    const type = findAnsiStringType(a, b);
    if (type) args = castBoth(args, type, context);
  } else {
    args = legacyComparison(args, a, b, context);
  }
  args = meetDecimals(args, context);
  const [c, d] = [typeOf(args[0]), typeOf(args[1])];
  if (c.kind === "decimal" && d.kind === "decimal" && !sameType(c, d)) {
    args = castBoth(args, widerDecimal(c, d), context);
  }
  args = meetTightly(args, "any", context);
  checkOperands(args, "any", context);
  const type = typeOf(args[0]);
  if (!isOrderable(type)) throw invalidOrderingType(context, operator, type);
  return { args, type: BooleanType };
}

/** Operands of AND and OR. */
export function logicalTypes(left: Expression, right: Expression, context: FunctionContext): OperatorTypes {
  const promoted = context.ansi ? promoteAnsiStrings([left, right], context) : ([left, right] as const);
  const args = meetTightly(promoted, BooleanType, context);
  checkOperands(args, BooleanType, context);
  return { args, type: BooleanType };
}

/** Operands and result type of `&`, `|` and `^`. */
export function bitwiseTypes(left: Expression, right: Expression, context: FunctionContext): OperatorTypes {
  const promoted = context.ansi ? promoteAnsiStrings([left, right], context) : ([left, right] as const);
  const args = meetTightly(promoted, "integral", context);
  checkOperands(args, "integral", context);
  return { args, type: typeOf(args[0]) };
}

/**
 * Arguments in the one type that they meet in (`coalesce`, `array`, `in`, the branches of CASE). DATA_DIFF_TYPES where they
 * meet in none. Nullability of nested parts is widened too.
 */
export function commonTypes(
  args: readonly Expression[],
  context: FunctionContext,
): { readonly args: readonly Expression[]; readonly type: DataType } {
  const types = args.map(typeOf);
  const type = findWiderType(types, context.ansi);
  if (!type) throw dataDiffTypes(context, types);
  return { args: args.map((arg) => castTo(arg, type, context.ansi)), type };
}

function castBoth(args: Pair, type: DataType, context: FunctionContext): Pair {
  return [castTo(args[0], type, context.ansi), castTo(args[1], type, context.ansi)];
}

function promoteArithmeticStrings(args: Pair, context: FunctionContext): Pair {
  if (context.ansi) return promoteAnsiStrings(args, context);
  const [a, b] = [typeOf(args[0]), typeOf(args[1])];
  const left = isString(a) && !isInterval(b) ? castTo(args[0], DoubleType, false) : args[0];
  const right = isString(b) && !isInterval(a) ? castTo(args[1], DoubleType, false) : args[1];
  return [left, right];
}

function promoteAnsiStrings(args: Pair, context: FunctionContext): Pair {
  const type = findAnsiStringType(typeOf(args[0]), typeOf(args[1]));
  return type ? castBoth(args, type, context) : args;
}

function legacyComparison(args: Pair, a: DataType, b: DataType, context: FunctionContext): Pair {
  if (a.kind === "boolean" && isNumeric(b)) return [castTo(args[0], b, context.ansi), args[1]];
  if (b.kind === "boolean" && isNumeric(a)) return [args[0], castTo(args[1], a, context.ansi)];
  const type = sameType(a, b) ? undefined : findLegacyComparisonType(a, b);
  return type ? castBoth(args, type, context) : args;
}

/** A whole number beside a decimal becomes a decimal (a literal one with just its digits), a decimal beside a float a double. */
function meetDecimals(args: Pair, context: FunctionContext): Pair {
  const [a, b] = [typeOf(args[0]), typeOf(args[1])];
  if (a.kind === "decimal" && b.kind !== "decimal") {
    if (isIntegral(b)) return [args[0], asDecimal(args[1], b, context)];
    if (isNumeric(b)) return castBoth(args, DoubleType, context);
  } else if (b.kind === "decimal" && a.kind !== "decimal") {
    if (isIntegral(a)) return [asDecimal(args[0], a, context), args[1]];
    if (isNumeric(a)) return castBoth(args, DoubleType, context);
  }
  return args;
}

function asDecimal(e: Expression, type: DataType, context: FunctionContext): Expression {
  if (e.kind !== "literal" || e.value === null) return castTo(e, decimalFor(type), context.ansi);
  const digits = String(e.value).replace("-", "").length;
  return castTo(e, { kind: "decimal", precision: digits, scale: 0 }, context.ansi);
}

function asDoubles(args: Pair, context: FunctionContext): Pair {
  const [a, b] = [typeOf(args[0]), typeOf(args[1])];
  if (a.kind === "decimal" || b.kind === "decimal") return args;
  const fits = (type: DataType): boolean => isNumeric(type) || type.kind === "void";
  return fits(a) && fits(b) ? castBoth(args, DoubleType, context) : args;
}

function asLongs(args: Pair, context: FunctionContext): Pair {
  const whole = (e: Expression): Expression => (isIntegral(typeOf(e)) ? castTo(e, LongType, context.ansi) : e);
  return [whole(args[0]), whole(args[1])];
}

function meetTightly(args: Pair, expected: TypeExpectation, context: FunctionContext): Pair {
  const [a, b] = [typeOf(args[0]), typeOf(args[1])];
  if (a.kind === "void" && b.kind === "void" && expected !== "any") {
    return castBoth(args, defaultType(expected), context);
  }
  if (a.kind === "decimal" && b.kind === "decimal") return args;
  if (sameType(a, b)) return args;
  const type = findTightestCommonType(a, b, context.ansi);
  return type && accepts(expected, type) ? castBoth(args, type, context) : args;
}

function checkOperands(args: Pair, expected: TypeExpectation, context: FunctionContext): void {
  const [a, b] = [typeOf(args[0]), typeOf(args[1])];
  const same = sameType(a, b, true) || (a.kind === "decimal" && b.kind === "decimal");
  if (!same) throw binaryOperatorDiffTypes(context, a, b);
  if (!accepts(expected, a)) throw binaryOperatorWrongType(context, expected, a);
}

function arithmeticResult(operator: DecimalOperator, a: DataType, b: DataType, context: FunctionContext): DataType {
  if (operator === "div") return LongType;
  if (a.kind !== "decimal" || b.kind !== "decimal") return a;
  const lossy = context.conf("spark.sql.decimalOperations.allowPrecisionLoss") !== "false";
  return decimalResult(operator, a, b, lossy);
}
