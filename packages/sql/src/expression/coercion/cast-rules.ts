import { type DataType, sameType } from "@ss/core";
import {
  isAnsiInterval,
  isAnyTimestamp,
  isAtomic,
  isDatetime,
  isFractional,
  isIntegral,
  isNumeric,
  isString,
} from "../type-predicates.js";
import { castMayGiveNull } from "./wider-type.js";

/** Whether CAST takes a value from one type to another. */
export function canCast(from: DataType, to: DataType, ansi: boolean): boolean {
  return ansi ? canAnsiCast(from, to) : canLegacyCast(from, to);
}

/** Whether TRY_CAST does: as in ANSI mode, and parts that may fail become null. */
export function canTryCast(from: DataType, to: DataType): boolean {
  return canAnsiCast(from, to, true);
}

function canAnsiCast(from: DataType, to: DataType, tries = false): boolean {
  if (sameType(from, to)) return true;
  if (from.kind === "void") return true;
  if (to.kind === "variant") return canBecomeVariant(from);
  if (from.kind === "variant") return canComeOfVariant(to);
  if (isString(to)) return true;
  if (to.kind === "void") return false;
  if (from.kind === "array" && to.kind === "array") {
    return (
      canAnsiCast(from.elementType, to.elementType, tries) &&
      keepsNulls(from.containsNull, to.containsNull, tries, from.elementType, to.elementType)
    );
  }
  if (from.kind === "map" && to.kind === "map") {
    return (
      canAnsiCast(from.keyType, to.keyType, tries) &&
      keepsNulls(false, false, tries, from.keyType, to.keyType) &&
      canAnsiCast(from.valueType, to.valueType, tries) &&
      keepsNulls(from.valueContainsNull, to.valueContainsNull, tries, from.valueType, to.valueType)
    );
  }
  if (from.kind === "struct" && to.kind === "struct") {
    return (
      from.fields.length === to.fields.length &&
      from.fields.every((field, i) => {
        const target = to.fields[i]!;
        return (
          canAnsiCast(field.type, target.type, tries) &&
          keepsNulls(field.nullable, target.nullable, tries, field.type, target.type)
        );
      })
    );
  }
  return ansiAtomicCast(from, to);
}

function ansiAtomicCast(from: DataType, to: DataType): boolean {
  if (isString(from)) {
    return isAtomic(to) || to.kind === "interval";
  }
  if (isNumeric(from)) {
    if (isNumeric(to) || to.kind === "boolean") return true;
    if (to.kind === "timestamp") return true;
    if (isAnsiInterval(to)) return (isIntegral(from) || from.kind === "decimal") && isSingleUnit(to);
    return false;
  }
  switch (from.kind) {
    case "boolean":
      return isNumeric(to) || to.kind === "timestamp";
    case "date":
      return isAnyTimestamp(to);
    case "timestamp":
    case "timestamp_ntz":
      if (isDatetime(to)) return true;
      return from.kind === "timestamp" && (isNumeric(to) || to.kind === "boolean");
    case "time":
      return to.kind === "time" || isIntegral(to) || to.kind === "decimal";
    case "dayTimeInterval":
    case "yearMonthInterval":
      if (to.kind === from.kind) return true;
      return isSingleUnit(from) && (isIntegral(to) || to.kind === "decimal");
    default:
      return false;
  }
}

function canLegacyCast(from: DataType, to: DataType): boolean {
  if (sameType(from, to)) return true;
  if (from.kind === "void") return true;
  if (to.kind === "variant") return canBecomeVariant(from);
  if (from.kind === "variant") return canComeOfVariant(to);
  if (isString(to)) return true;
  if (from.kind === "array" && to.kind === "array") {
    return (
      canLegacyCast(from.elementType, to.elementType) &&
      (to.containsNull || !(from.containsNull || castMayGiveNull(from.elementType, to.elementType)))
    );
  }
  if (from.kind === "map" && to.kind === "map") {
    return (
      canLegacyCast(from.keyType, to.keyType) &&
      !castMayGiveNull(from.keyType, to.keyType) &&
      canLegacyCast(from.valueType, to.valueType) &&
      (to.valueContainsNull || !(from.valueContainsNull || castMayGiveNull(from.valueType, to.valueType)))
    );
  }
  if (from.kind === "struct" && to.kind === "struct") {
    return (
      from.fields.length === to.fields.length &&
      from.fields.every((field, i) => {
        const target = to.fields[i]!;
        return (
          canLegacyCast(field.type, target.type) &&
          (target.nullable || !(field.nullable || castMayGiveNull(field.type, target.type)))
        );
      })
    );
  }
  return legacyAtomicCast(from, to);
}

function legacyAtomicCast(from: DataType, to: DataType): boolean {
  if (to.kind === "binary") return isString(from) || isIntegral(from);
  if (to.kind === "time") return isString(from) || isAnyTimestamp(from) || from.kind === "time";
  if (isString(from)) return isAtomic(to) || to.kind === "interval";
  if (from.kind === "time") return isIntegral(to) || to.kind === "decimal";
  if (isNumeric(from)) {
    if (isNumeric(to) || to.kind === "boolean" || to.kind === "timestamp") return true;
    return isAnsiInterval(to) && (isIntegral(from) || from.kind === "decimal") && isSingleUnit(to);
  }
  switch (from.kind) {
    case "boolean":
      return isNumeric(to) || to.kind === "timestamp";
    case "date":
      return isAnyTimestamp(to) || isNumeric(to) || to.kind === "boolean";
    case "timestamp":
      return isDatetime(to) || isNumeric(to) || to.kind === "boolean";
    case "timestamp_ntz":
      return isDatetime(to);
    case "dayTimeInterval":
    case "yearMonthInterval":
      if (to.kind === from.kind) return true;
      return isSingleUnit(from) && (isIntegral(to) || to.kind === "decimal");
    default:
      return false;
  }
}

function isSingleUnit(type: DataType): boolean {
  return (type.kind === "dayTimeInterval" || type.kind === "yearMonthInterval") && type.start === type.end;
}

function keepsNulls(
  from: boolean,
  to: boolean,
  tries: boolean,
  fromType: DataType,
  toType: DataType,
): boolean {
  return to || !(from || (tries && castMayGiveNull(fromType, toType)));
}

/** Structs and maps become variants by `to_variant_object` alone. */
function canBecomeVariant(from: DataType): boolean {
  return from.kind === "array" ? canBecomeVariant(from.elementType) : isVariantScalar(from);
}

/** Whether a type, structs and maps among them, can be made of a variant, or a variant of it. */
export function canComeOfVariant(type: DataType): boolean {
  switch (type.kind) {
    case "array":
      return canComeOfVariant(type.elementType);
    case "map":
      return type.keyType.kind === "string" && canComeOfVariant(type.valueType);
    case "struct":
      return type.fields.every((field) => canComeOfVariant(field.type));
    default:
      return isVariantScalar(type);
  }
}

function isVariantScalar(type: DataType): boolean {
  switch (type.kind) {
    case "boolean":
    case "string":
    case "binary":
    case "date":
    case "timestamp":
    case "timestamp_ntz":
    case "variant":
      return true;
    default:
      return isNumeric(type);
  }
}

/** Whether a value may be stored where another type is wanted, the rule behind implicit casts of arguments in ANSI mode. */
export function canStoreAssign(from: DataType, to: DataType): boolean {
  if (sameType(from, to)) return true;
  if (from.kind === "void" || to.kind === "variant") return true;
  if (isNumeric(from) && isNumeric(to)) return true;
  if (isString(to)) return isAtomic(from) || from.kind === "interval";
  if (isDatetime(from) && isDatetime(to)) return (from.kind === "time") === (to.kind === "time");
  if (isAnsiInterval(from) && from.kind === to.kind) return true;
  if (from.kind === "array" && to.kind === "array") {
    return (to.containsNull || !from.containsNull) && canStoreAssign(from.elementType, to.elementType);
  }
  if (from.kind === "map" && to.kind === "map") {
    return (
      (to.valueContainsNull || !from.valueContainsNull) &&
      canStoreAssign(from.keyType, to.keyType) &&
      canStoreAssign(from.valueType, to.valueType)
    );
  }
  if (from.kind === "struct" && to.kind === "struct") {
    return (
      from.fields.length === to.fields.length &&
      from.fields.every((field, i) => {
        const target = to.fields[i]!;
        return (
          field.name.toLowerCase() === target.name.toLowerCase() &&
          (target.nullable || !field.nullable) &&
          canStoreAssign(field.type, target.type)
        );
      })
    );
  }
  return false;
}

/** Whether a cast of a value that is not null may give a null. */
export function castIsNullable(from: DataType, to: DataType, mode: "cast" | "try" | "implicit"): boolean {
  if (mode !== "try") return castMayGiveNull(from, to);
  if (isString(from) && to.kind === "binary") return false;
  return (from.kind === "decimal" && isIntegral(to)) || !canUpCast(from, to);
}

/** Whether a cast loses nothing and cannot fail (`upcast`). */
export function canUpCast(from: DataType, to: DataType): boolean {
  if (sameType(from, to, true)) return true;
  if (from.kind === "void") return true;
  if (isNumeric(from) && isNumeric(to)) {
    if (to.kind === "decimal" || from.kind === "decimal")
      return isFractional(to) && !castMayGiveNull(from, to);
    const order = ["byte", "short", "integer", "long", "float", "double"];
    return order.indexOf(from.kind) <= order.indexOf(to.kind);
  }
  if (from.kind === "date") return isAnyTimestamp(to) || isString(to);
  if (isString(to)) return isAtomic(from);
  return false;
}
