import { assert, BooleanType, StringType, type StructType, type Value } from "@ss/core";
import { TRUE } from "../expression/conjuncts.js";
import { type Expression, literal } from "../expression/expression.js";
import type { ScalarFunction } from "../expression/function.js";
import { nullableOf, typeOf } from "../expression/type-of.js";
import { conditionalFunctions } from "../functions/conditional/conditional.js";
import { itemFunctions } from "../functions/nested/get-item.js";
import { comparisonFunctions } from "../functions/predicate/comparison.js";
import { logicalFunctions } from "../functions/predicate/logical.js";

function named(functions: readonly ScalarFunction[], name: string): ScalarFunction {
  const fn = functions.find((one) => one.names.includes(name));
  assert(fn, `there is no function ${name}`);
  return fn;
}

const AND = named(logicalFunctions, "and");
const OR = named(logicalFunctions, "or");
const NOT = named(logicalFunctions, "not");
const IS_NULL = named(logicalFunctions, "isnull");
const IS_NOT_NULL = named(logicalFunctions, "isnotnull");
const EQUAL = named(comparisonFunctions, "=");
const NULL_SAFE_EQUAL = named(comparisonFunctions, "<=>");
const LESS_OR_EQUAL = named(comparisonFunctions, "<=");
const GREATER = named(comparisonFunctions, ">");
const GET_ITEM = named(itemFunctions, "getitem");
const WHEN = named(conditionalFunctions, "when");

function test(fn: ScalarFunction, args: readonly Expression[], nullable: boolean): Expression {
  return { kind: "scalar", fn, args, type: BooleanType, nullable, name: fn.names[0]! };
}

/** `a = b`, for values of one type. */
export function equal(a: Expression, b: Expression): Expression {
  return test(EQUAL, [a, b], nullableOf(a) || nullableOf(b));
}

/** `a <=> b`; `a = b` where one of the two is never null, which then means the same. */
export function nullSafeEqual(a: Expression, b: Expression): Expression {
  const oneIsPresent = !nullableOf(a) || !nullableOf(b);
  return oneIsPresent ? equal(a, b) : test(NULL_SAFE_EQUAL, [a, b], false);
}

/** `a <= b`. */
export function lessOrEqual(a: Expression, b: Expression): Expression {
  return test(LESS_OR_EQUAL, [a, b], nullableOf(a) || nullableOf(b));
}

/** `a > b`. */
export function greater(a: Expression, b: Expression): Expression {
  return test(GREATER, [a, b], nullableOf(a) || nullableOf(b));
}

/** `e IS NULL`. */
export function isNull(e: Expression): Expression {
  return test(IS_NULL, [e], false);
}

/** `e IS NOT NULL`. */
export function isNotNull(e: Expression): Expression {
  return test(IS_NOT_NULL, [e], false);
}

/** `NOT e`. */
export function not(e: Expression): Expression {
  return test(NOT, [e], nullableOf(e));
}

/** `a OR b`. */
export function or(a: Expression, b: Expression): Expression {
  return test(OR, [a, b], nullableOf(a) || nullableOf(b));
}

/** All conditions together; TRUE where there is none. */
export function allOf(conditions: readonly Expression[]): Expression {
  const [first, ...rest] = conditions;
  if (!first) return TRUE;
  return rest.reduce((a, b) => test(AND, [a, b], nullableOf(a) || nullableOf(b)), first);
}

/** `CASE WHEN condition THEN value ... ELSE otherwise END`; values of one type. */
export function caseWhen(
  branches: readonly (readonly [condition: Expression, value: Expression])[],
  otherwise: Expression,
): Expression {
  const values = [...branches.map(([, value]) => value), otherwise];
  return {
    kind: "scalar",
    fn: WHEN,
    args: [...branches.flat(), otherwise],
    type: typeOf(values.find((value) => typeOf(value).kind !== "void") ?? otherwise),
    nullable: values.some(nullableOf),
    name: "when",
  };
}

/** NULL of the type of an expression. */
export function nullLike(e: Expression): Expression {
  return literal(null, typeOf(e));
}

/** A BOOLEAN constant. */
export function truth(value: Value): Expression {
  return literal(value, BooleanType);
}

/** A field of a struct, by its place. */
export function fieldAt(struct: Expression, index: number): Expression {
  const { name, type, nullable } = (typeOf(struct) as StructType).fields[index]!;
  return {
    kind: "scalar",
    fn: GET_ITEM,
    args: [struct, literal(name, StringType)],
    type,
    nullable: nullable || nullableOf(struct),
    name: "getItem",
    state: { form: "field", index },
  };
}

/** The argument of `NOT e`, or undefined. */
export function negated(e: Expression): Expression | undefined {
  return e.kind === "scalar" && e.fn === NOT ? e.args[0] : undefined;
}

/** Whether an expression is AND or OR. */
export function isJunction(e: Expression): boolean {
  return e.kind === "scalar" && (e.fn === AND || e.fn === OR);
}

/** The two sides of `a = b` or `a <=> b`, or undefined. */
export function sidesOfEquality(
  e: Expression,
): { readonly a: Expression; readonly b: Expression; readonly nullSafe: boolean } | undefined {
  if (e.kind !== "scalar" || (e.fn !== EQUAL && e.fn !== NULL_SAFE_EQUAL)) return undefined;
  return { a: e.args[0]!, b: e.args[1]!, nullSafe: e.fn === NULL_SAFE_EQUAL };
}
