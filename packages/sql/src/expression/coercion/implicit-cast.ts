import {
  ArrayType,
  type DataType,
  DecimalType,
  DoubleType,
  MapType,
  StringType,
  sameType,
  TimestampType,
} from "@ss/core";
import type { Cast, Expression } from "../expression.js";
import { typeOf } from "../type-of.js";
import { decimalFor, isAtomic, isDatetime, isNumeric, isString } from "../type-predicates.js";
import { canStoreAssign } from "./cast-rules.js";
import { accepts, defaultType, type TypeExpectation } from "./type-expectation.js";
import { castMayGiveNull } from "./wider-type.js";

/**
 * The type that a value of type `from` is cast to, without being asked, where a parameter takes `expected`; `from` itself
 * where no cast is needed, undefined where there is none.
 */
export function implicitCastType(
  from: DataType,
  expected: TypeExpectation,
  ansi: boolean,
): DataType | undefined {
  if (accepts(expected, from)) return from;
  if (from.kind === "void") return defaultType(expected);
  if (isCollection(expected)) return ansi ? closestType(from, expected) : firstType(from, expected);
  const structured = structuredType(from, expected, ansi);
  if (structured) return structured;
  return ansi ? ansiType(from, expected) : legacyType(from, expected);
}

/** The expression, cast where `implicitCastType` says so; undefined where there is no implicit cast. */
export function implicitCast(
  e: Expression,
  expected: TypeExpectation,
  ansi: boolean,
): Expression | undefined {
  const from = typeOf(e);
  const type = implicitCastType(from, expected, ansi);
  return type && castTo(e, type, ansi);
}

/** The expression as a value of the type: itself if it is one, else with a cast that does not show in names. */
export function castTo(e: Expression, type: DataType, ansi: boolean): Expression {
  if (sameType(typeOf(e), type)) return e;
  const cast: Cast = { kind: "cast", child: e, type, mode: "implicit", ansi };
  return e.origin ? { ...cast, origin: e.origin } : cast;
}

function isCollection(expected: TypeExpectation): expected is readonly TypeExpectation[] {
  return Array.isArray(expected);
}

function firstType(from: DataType, expected: readonly TypeExpectation[]): DataType | undefined {
  for (const one of expected) {
    const type = implicitCastType(from, one, false);
    if (type) return type;
  }
  return undefined;
}

/** Of the types that `from` can become, the one that can become all the others. */
function closestType(from: DataType, expected: readonly TypeExpectation[]): DataType | undefined {
  const types: DataType[] = [];
  for (const one of expected) {
    const type = implicitCastType(from, one, true);
    if (type && !types.some((other) => sameType(other, type))) types.push(type);
  }
  const closest = types.find((type) =>
    types.every((other) => implicitCastType(type, other, true) !== undefined),
  );
  return closest?.kind === "float" ? (types.find((type) => type.kind === "double") ?? closest) : closest;
}

function ansiType(from: DataType, expected: TypeExpectation): DataType | undefined {
  if (typeof expected === "string") {
    switch (expected) {
      case "decimal":
        if (isNumeric(from)) return decimalFor(from);
        return isString(from) ? DecimalType(38, 18) : undefined;
      case "numeric":
        return isString(from) ? DoubleType : undefined;
      case "anyTimestamp":
        return isString(from) || from.kind === "date" ? TimestampType : undefined;
      case "string":
        return isAtomic(from) ? StringType : undefined;
      default:
        return undefined;
    }
  }
  const target = expected as DataType;
  if (isString(from) && isAtomic(target)) return target;
  return target.kind !== undefined && canStoreAssign(from, target) ? target : undefined;
}

function legacyType(from: DataType, expected: TypeExpectation): DataType | undefined {
  if (typeof expected === "string") {
    switch (expected) {
      case "decimal":
        if (isNumeric(from)) return decimalFor(from);
        return isString(from) ? DecimalType(38, 18) : undefined;
      case "numeric":
        return isString(from) ? DoubleType : undefined;
      case "anyTimestamp":
        return isString(from) || isDatetime(from) ? TimestampType : undefined;
      case "string":
        return isAtomic(from) ? StringType : undefined;
      default:
        return undefined;
    }
  }
  const target = expected as DataType;
  if (isNumeric(from) && isNumeric(target)) return target;
  if (isDatetime(from) && isDatetime(target)) return target;
  if (isString(from)) {
    return isNumeric(target) || isDatetime(target) || target.kind === "binary" ? target : undefined;
  }
  return isString(target) && isAtomic(from) ? target : undefined;
}

/** Implicit casts between arrays and between maps, part by part. */
function structuredType(from: DataType, expected: TypeExpectation, ansi: boolean): DataType | undefined {
  if (typeof expected === "string" || isCollection(expected)) return undefined;
  if ("arrayOf" in expected) {
    if (from.kind !== "array") return undefined;
    const element = implicitCastType(from.elementType, expected.arrayOf, ansi);
    return element && ArrayType(element, from.containsNull || castMayGiveNull(from.elementType, element));
  }
  const target = expected as DataType;
  if (from.kind === "array" && target.kind === "array") {
    if (from.containsNull && !target.containsNull) return undefined;
    const element = implicitCastType(from.elementType, target.elementType, ansi);
    if (!element || (!target.containsNull && castMayGiveNull(from.elementType, element))) return undefined;
    return ArrayType(element, target.containsNull);
  }
  if (from.kind === "map" && target.kind === "map") {
    if (from.valueContainsNull && !target.valueContainsNull) return undefined;
    const key = implicitCastType(from.keyType, target.keyType, ansi);
    const value = key && implicitCastType(from.valueType, target.valueType, ansi);
    if (!key || !value || castMayGiveNull(from.keyType, key)) return undefined;
    return MapType(key, value, target.valueContainsNull);
  }
  return undefined;
}
