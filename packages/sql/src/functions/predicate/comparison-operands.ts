import { type DataType, DoubleType, sameType } from "@ss/core";
import {
  findAnsiStringType,
  findLegacyComparisonType,
  findTightestCommonType,
  findWiderTypeForTwo,
  widerDecimal,
} from "../../expression/coercion/wider-type.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { decimalFor, isAnsiInterval, isIntegral, isNumeric } from "../../expression/type-predicates.js";
import { integralAsDecimal } from "../arithmetic/numeric-operands.js";
import { coerced } from "../define.js";

/** Both sides of a comparison in the type that they are compared in, or as they are where there is none. */
export function comparisonOperands(
  left: Expression,
  right: Expression,
  context: FunctionContext,
): readonly [Expression, Expression] {
  const type = comparisonType(left, right, context);
  return type ? [coerced(left, type, context), coerced(right, type, context)] : [left, right];
}

/** The type that two expressions are compared in. */
export function comparisonType(
  left: Expression,
  right: Expression,
  context: FunctionContext,
): DataType | undefined {
  const [l, r] = [typeOf(left), typeOf(right)];
  if (sameType(l, r, true)) return l;
  if (l.kind === "decimal" || r.kind === "decimal") {
    const decimal = decimalType(left, right);
    if (decimal) return decimal;
  }
  const promoted = context.ansi ? findAnsiStringType(l, r) : legacyType(l, r);
  return promoted ?? findTightestCommonType(l, r, context.ansi) ?? nestedType(l, r, context.ansi);
}

function decimalType(left: Expression, right: Expression): DataType | undefined {
  const [l, r] = [typeOf(left), typeOf(right)];
  if (!isNumeric(l) || !isNumeric(r)) return undefined;
  if (l.kind === "decimal" && r.kind === "decimal") return widerDecimal(l, r);
  const other = l.kind === "decimal" ? right : left;
  const decimal = l.kind === "decimal" ? l : decimalFor(r);
  return isIntegral(typeOf(other)) ? widerDecimal(decimal, integralAsDecimal(other)) : DoubleType;
}

function legacyType(l: DataType, r: DataType): DataType | undefined {
  if (isAnsiInterval(l) || isAnsiInterval(r)) return undefined;
  if (l.kind === "boolean" && isNumeric(r)) return r;
  if (r.kind === "boolean" && isNumeric(l)) return l;
  return findLegacyComparisonType(l, r);
}

function nestedType(l: DataType, r: DataType, ansi: boolean): DataType | undefined {
  return isNested(l) && isNested(r) ? findWiderTypeForTwo(l, r, ansi) : undefined;
}

function isNested(type: DataType): boolean {
  return type.kind === "array" || type.kind === "struct" || type.kind === "map";
}
