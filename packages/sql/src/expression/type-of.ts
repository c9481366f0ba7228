import { assert, BooleanType, type DataType, StructField, StructType } from "@ss/core";
import { castIsNullable } from "./coercion/cast-rules.js";
import type { Expression } from "./expression.js";

/** The type of a resolved expression's value. */
export function typeOf(e: Expression): DataType {
  switch (e.kind) {
    case "literal":
    case "attribute":
    case "cast":
    case "lambdaVariable":
    case "userFunction":
    case "scalar":
    case "aggregate":
    case "windowFunction":
      return e.type;
    case "alias":
    case "sortOrder":
      return typeOf(e.child);
    case "lambda":
      return typeOf(e.body);
    case "window":
      return typeOf(e.call);
    case "outerReference":
      return e.attribute.type;
    case "subquery":
      return e.form === "scalar" ? known(e.type, e) : BooleanType;
    case "generator":
      return new StructType(e.outputs.map((field) => StructField(field.name, field.type, field.nullable)));
    default:
      return known<DataType>(undefined, e);
  }
}

/** Whether a resolved expression's value may be null. */
export function nullableOf(e: Expression): boolean {
  switch (e.kind) {
    case "literal":
      return e.value === null;
    case "attribute":
    case "lambdaVariable":
    case "userFunction":
    case "scalar":
    case "aggregate":
    case "windowFunction":
      return e.nullable;
    case "alias":
    case "sortOrder":
      return nullableOf(e.child);
    case "cast":
      return nullableOf(e.child) || castIsNullable(typeOf(e.child), e.type, e.mode);
    case "lambda":
      return nullableOf(e.body);
    case "window":
      return nullableOf(e.call);
    case "outerReference":
      return e.attribute.nullable;
    case "subquery":
      return e.nullable ?? e.form !== "exists";
    default:
      return true;
  }
}

function known<T>(value: T | undefined, e: Expression): T {
  assert(value !== undefined, `The type of an unresolved ${e.kind} was asked for`);
  return value;
}
