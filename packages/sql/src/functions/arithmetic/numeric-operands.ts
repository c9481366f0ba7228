import { type DataType, type DecimalType, DoubleType, LongType, sameType } from "@ss/core";
import { findAnsiStringType, findTightestCommonType } from "../../expression/coercion/wider-type.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { decimalFor, isIntegral, isInterval, isNumeric, isString } from "../../expression/type-predicates.js";
import { coerced } from "../define.js";

/** The operands of a numeric operator, cast to types that it computes in; decimals keep their own precision and scale. */
export function numericOperands(
  left: Expression,
  right: Expression,
  context: FunctionContext,
): readonly [Expression, Expression] {
  const [l, r] = promoteStrings(left, right, context);
  const [lt, rt] = [typeOf(l), typeOf(r)];
  if (lt.kind === "decimal" || rt.kind === "decimal") return decimalOperands(l, r, context);
  if (sameType(lt, rt)) return [l, r];
  const common = findTightestCommonType(lt, rt, context.ansi);
  return common ? [coerced(l, common, context), coerced(r, common, context)] : [l, r];
}

function promoteStrings(
  left: Expression,
  right: Expression,
  context: FunctionContext,
): readonly [Expression, Expression] {
  const [lt, rt] = [typeOf(left), typeOf(right)];
  if (!isString(lt) && !isString(rt)) return [left, right];
  if (context.ansi) {
    const common = findAnsiStringType(lt, rt);
    return common && isNumeric(common)
      ? [coerced(left, common, context), coerced(right, common, context)]
      : [left, right];
  }
  const toDouble = (e: Expression, other: DataType): Expression =>
    isString(typeOf(e)) && !isInterval(other) ? coerced(e, DoubleType, context) : e;
  return [toDouble(left, rt), toDouble(right, lt)];
}

function decimalOperands(
  left: Expression,
  right: Expression,
  context: FunctionContext,
): readonly [Expression, Expression] {
  const [lt, rt] = [typeOf(left), typeOf(right)];
  if (isFloating(lt) || isFloating(rt)) {
    return [coerced(left, DoubleType, context), coerced(right, DoubleType, context)];
  }
  const asDecimal = (e: Expression, other: Expression): Expression => {
    const type = typeOf(e);
    if (type.kind === "void") return coerced(e, typeOf(other), context);
    return isIntegral(type) ? coerced(e, integralAsDecimal(e), context) : e;
  };
  return [asDecimal(left, right), asDecimal(right, left)];
}

function isFloating(type: DataType): boolean {
  return type.kind === "float" || type.kind === "double";
}

/** The decimal type of an integer beside a decimal: as narrow as the digits of a constant, else as wide as its type. */
export function integralAsDecimal(e: Expression): DecimalType {
  const type = typeOf(e);
  if (e.kind === "literal" && e.value !== null) {
    const digits = String(e.value).replace("-", "").length;
    return { kind: "decimal", precision: digits, scale: 0 };
  }
  return decimalFor(type);
}

/** Whether both types are numbers, or null. */
export function bothNumeric(a: DataType, b: DataType): boolean {
  return isNumberOrNull(a) && isNumberOrNull(b);
}

function isNumberOrNull(type: DataType): boolean {
  return isNumeric(type) || type.kind === "void";
}

/** The operands of `div` on integers: BIGINT. */
export function longOperands(
  left: Expression,
  right: Expression,
  context: FunctionContext,
): readonly [Expression, Expression] {
  return [coerced(left, LongType, context), coerced(right, LongType, context)];
}
