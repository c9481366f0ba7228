import { assert, type DataType, type MapValue, sameType, simpleString, type Value } from "@ss/core";
import { VariantReader } from "@ss/kernels";
import { fromVariant } from "../variant/from-variant.js";
import { toVariant } from "../variant/to-variant.js";
import { variantFailure } from "../variant/variant-errors.js";
import type { VariantParts } from "../variant/variant-value.js";
import type { Caster, CastOptions } from "./cast-options.js";
import { toDateCaster, toTimeCaster, toTimestampCaster, toTimestampNtzCaster } from "./to-datetime.js";
import { toDecimalCaster } from "./to-decimal.js";
import { toCalendarIntervalCaster, toDayTimeCaster, toYearMonthCaster } from "./to-interval.js";
import { toBooleanCaster, toFloatingCaster, toLongCaster, toSmallCaster } from "./to-number.js";
import { toStringCaster } from "./to-string.js";

const encoder = new TextEncoder();

/** The cast from one type to another for boxed values; null stays null. */
export function caster(from: DataType, to: DataType, options: CastOptions): (value: Value) => Value {
  if (sameType(from, to, true)) return (value) => value;
  if (from.kind === "void") return () => null;
  if (from.kind === "variant") return variantCaster(to, options);
  const cast = atomicCaster(from, to, options) ?? nestedCaster(from, to, options);
  assert(cast, `There is no cast from ${simpleString(from)} to ${simpleString(to)}`);
  const present = cast as (value: Value) => Value;
  return (value) => (value === null ? null : present(value));
}

function atomicCaster(from: DataType, to: DataType, options: CastOptions): Caster | undefined {
  switch (to.kind) {
    case "string":
    case "char":
    case "varchar":
      return toStringCaster(from, options);
    case "binary":
      return toBinaryCaster(from);
    case "boolean":
      return toBooleanCaster(from, to, options);
    case "byte":
    case "short":
    case "integer":
      return toSmallCaster(from, to, options);
    case "long":
      return toLongCaster(from, to, options);
    case "float":
    case "double":
      return toFloatingCaster(from, to, options);
    case "decimal":
      return toDecimalCaster(from, to, options);
    case "date":
      return toDateCaster(from, to, options);
    case "timestamp":
      return toTimestampCaster(from, to, options);
    case "timestamp_ntz":
      return toTimestampNtzCaster(from, to, options);
    case "time":
      return toTimeCaster(from, to, options);
    case "interval":
      return toCalendarIntervalCaster(from, to, options);
    case "yearMonthInterval":
      return toYearMonthCaster(from, to, options);
    case "dayTimeInterval":
      return toDayTimeCaster(from, to, options);
    case "variant":
      return toVariant(from, "cast");
    default:
      return undefined;
  }
}

function variantCaster(to: DataType, options: CastOptions): (value: Value) => Value {
  const cast = fromVariant(to, { tries: options.mode === "try", timeZone: options.timeZone });
  const reader = new VariantReader();
  return (value) => {
    if (value === null) return null;
    try {
      reader.openParts(...(value as unknown as VariantParts));
      return cast(reader, reader.root);
    } catch (error) {
      throw variantFailure(error, "cast");
    }
  };
}

function toBinaryCaster(from: DataType): Caster | undefined {
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar":
      return (value: string) => encoder.encode(value);
    case "byte":
      return (value: number) => bigEndian(BigInt(value), 1);
    case "short":
      return (value: number) => bigEndian(BigInt(value), 2);
    case "integer":
      return (value: number) => bigEndian(BigInt(value), 4);
    case "long":
      return (value: bigint) => bigEndian(value, 8);
    default:
      return undefined;
  }
}

function bigEndian(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let k = 0; k < size; k++) bytes[k] = Number((value >> BigInt(8 * (size - 1 - k))) & 0xffn);
  return bytes;
}

function nestedCaster(from: DataType, to: DataType, options: CastOptions): Caster | undefined {
  if (from.kind === "array" && to.kind === "array") {
    const element = caster(from.elementType, to.elementType, options);
    return (value: readonly Value[]) => value.map(element);
  }
  if (from.kind === "map" && to.kind === "map") {
    const key = caster(from.keyType, to.keyType, options);
    const element = caster(from.valueType, to.valueType, options);
    return (value: MapValue) => ({ keys: value.keys.map(key), values: value.values.map(element) });
  }
  if (from.kind === "struct" && to.kind === "struct") {
    const fields = from.fields.map((field, k) => caster(field.type, to.fields[k]!.type, options));
    return (value: readonly Value[]) => fields.map((field, k) => field(value[k]!));
  }
  return undefined;
}
