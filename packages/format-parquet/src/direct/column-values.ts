import type { DataType } from "@ss/core";
import { BooleanValues } from "./boolean-values.js";
import { BytesValues } from "./bytes-values.js";
import { type Meaning, PHYSICAL, type SchemaElement } from "./file-metadata.js";
import * as finish from "./finishes.js";
import { type Finish, NumberValues } from "./number-values.js";
import { copiedNumbers, fixedDecimals, int96Micros, variableDecimals } from "./plain-numbers.js";
import type { Values } from "./values.js";

type Decimal = DataType & { readonly kind: "decimal" };

/** Makes the values of a column of a file, for batches of at most `rows`. */
export type ValuesMaker = (rows: number) => Values;

/** How a column of a file is read as a type; undefined where this decoder does not do it. */
export function valuesOf(element: SchemaElement, type: DataType): ValuesMaker | undefined {
  switch (element.physical) {
    case PHYSICAL.boolean:
      return type.kind === "boolean" ? (rows) => new BooleanValues(type, rows) : undefined;
    case PHYSICAL.int32:
      return numbers(1, 4, true, int32Finish(element.meaning, type));
    case PHYSICAL.int64:
      return numbers(2, 8, true, int64Finish(element.meaning, type));
    case PHYSICAL.int96:
      return int96(type);
    case PHYSICAL.float:
      return numbers(1, 4, false, floatFinish(element.meaning, type));
    case PHYSICAL.double:
      return numbers(2, 8, false, type.kind === "double" ? () => finish.asDouble(type) : undefined);
    case PHYSICAL.byteArray:
      return byteArray(element.meaning, type);
    case PHYSICAL.fixed:
      return fixed(element, type);
    default:
      return undefined;
  }
}

type FinishMaker = (rows: number) => Finish;

function numbers(
  words: number,
  bytes: 4 | 8,
  isWhole: boolean,
  make: FinishMaker | undefined,
): ValuesMaker | undefined {
  if (make === undefined) return undefined;
  return (rows) => new NumberValues(rows, words, bytes, isWhole, copiedNumbers(bytes), make(rows));
}

function int32Finish(meaning: Meaning, type: DataType): FinishMaker | undefined {
  switch (meaning.kind) {
    case "none":
      return integerFinish(32, type);
    case "integer":
      return meaning.signed ? integerFinish(meaning.bits, type) : undefined;
    case "date":
      if (type.kind === "date") return () => finish.asInt32(type);
      return type.kind === "timestamp_ntz"
        ? (rows) => finish.int32AsInt64(type, rows, 86_400_000_000n)
        : undefined;
    case "time":
      return type.kind === "time" && meaning.unit === "millis"
        ? (rows) => finish.int32AsInt64(type, rows, 1_000_000n)
        : undefined;
    case "decimal": {
      const factor = scaleFactor(meaning, type);
      if (factor === undefined) return undefined;
      return (type as Decimal).precision <= 18
        ? (rows) => finish.int32AsInt64(type, rows, factor)
        : (rows) => finish.int32AsInt128(type, rows, factor);
    }
    default:
      return undefined;
  }
}

function integerFinish(bits: number, type: DataType): FinishMaker | undefined {
  switch (type.kind) {
    case "byte":
      return bits === 8 ? (rows) => finish.asInt8(type, rows) : undefined;
    case "short":
      return bits <= 16 ? (rows) => finish.asInt16(type, rows) : undefined;
    case "integer":
      return bits <= 32 ? () => finish.asInt32(type) : undefined;
    case "yearMonthInterval":
      return bits === 32 ? () => finish.asInt32(type) : undefined;
    case "long":
      return bits <= 32 ? (rows) => finish.int32AsInt64(type, rows, 1n) : undefined;
    case "double":
      return bits <= 32 ? (rows) => finish.int32AsDouble(type, rows) : undefined;
    default:
      return undefined;
  }
}

function int64Finish(meaning: Meaning, type: DataType): FinishMaker | undefined {
  switch (meaning.kind) {
    case "none":
      return longFinish(type);
    case "integer":
      return meaning.signed && meaning.bits === 64 ? longFinish(type) : undefined;
    case "timestamp": {
      if (type.kind !== "timestamp" && type.kind !== "timestamp_ntz") return undefined;
      const multiply = meaning.unit === "millis" ? 1000n : 1n;
      return () => finish.asInt64(type, multiply, meaning.unit === "nanos" ? 1000n : 1n);
    }
    case "time":
      return type.kind === "time" && meaning.unit !== "millis"
        ? () => finish.asInt64(type, meaning.unit === "micros" ? 1000n : 1n)
        : undefined;
    case "decimal":
      return narrowDecimal(meaning, type);
    default:
      return undefined;
  }
}

function longFinish(type: DataType): FinishMaker | undefined {
  return type.kind === "long" || type.kind === "dayTimeInterval" ? () => finish.asInt64(type) : undefined;
}

function floatFinish(meaning: Meaning, type: DataType): FinishMaker | undefined {
  if (meaning.kind !== "none") return undefined;
  if (type.kind === "float") return () => finish.asFloat(type);
  return type.kind === "double" ? (rows) => finish.floatAsDouble(type, rows) : undefined;
}

function int96(type: DataType): ValuesMaker | undefined {
  if (type.kind !== "timestamp" && type.kind !== "timestamp_ntz") return undefined;
  return (rows) => new NumberValues(rows, 2, 12, false, int96Micros, finish.asInt64(type));
}

function byteArray(meaning: Meaning, type: DataType): ValuesMaker | undefined {
  if (meaning.kind === "decimal") {
    const words = meaning.precision <= 18 ? 2 : 4;
    const make = words === 2 ? narrowDecimal(meaning, type) : wideDecimal(meaning, type);
    return make && ((rows) => new NumberValues(rows, words, 4, false, variableDecimals(words), make(rows)));
  }
  const isText = ["none", "string", "enum", "json", "bson"].includes(meaning.kind);
  return isText && isBytes(type) ? (rows) => new BytesValues(type, rows, 0) : undefined;
}

function fixed({ meaning, typeLength }: SchemaElement, type: DataType): ValuesMaker | undefined {
  if (typeLength < 1) return undefined;
  if (meaning.kind === "decimal") {
    const words = meaning.precision <= 18 ? 2 : 4;
    const make = words === 2 ? narrowDecimal(meaning, type) : wideDecimal(meaning, type);
    const plain = fixedDecimals(typeLength, words);
    return make && ((rows) => new NumberValues(rows, words, typeLength, false, plain, make(rows)));
  }
  const isText = meaning.kind === "none" || meaning.kind === "uuid";
  return isText && isBytes(type) ? (rows) => new BytesValues(type, rows, typeLength) : undefined;
}

function isBytes({ kind }: DataType): boolean {
  return kind === "string" || kind === "char" || kind === "varchar" || kind === "binary";
}

/** Decimals of up to 18 digits in the file. */
function narrowDecimal(meaning: Meaning & { kind: "decimal" }, type: DataType): FinishMaker | undefined {
  const factor = scaleFactor(meaning, type);
  if (factor === undefined) return undefined;
  return (type as Decimal).precision <= 18
    ? () => finish.asInt64(type, factor)
    : (rows) => finish.int64AsInt128(type, rows, factor);
}

function wideDecimal(meaning: Meaning & { kind: "decimal" }, type: DataType): FinishMaker | undefined {
  const factor = scaleFactor(meaning, type);
  return factor === undefined ? undefined : () => finish.asInt128(type, factor);
}

/** What unscaled values of the file are multiplied by; undefined where the type cannot hold them all. */
export function scaleFactor(meaning: Meaning & { kind: "decimal" }, type: DataType): bigint | undefined {
  const { precision, scale } = meaning;
  if (type.kind !== "decimal" || precision < 1 || precision > 38 || scale < 0) return undefined;
  if (type.scale < scale || type.precision - type.scale < precision - scale) return undefined;
  return 10n ** BigInt(type.scale - scale);
}
