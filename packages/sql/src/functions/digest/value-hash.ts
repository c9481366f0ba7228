import {
  type DataType,
  IntegerType,
  type IntervalValue,
  LongType,
  type MapValue,
  type Value,
} from "@ss/core";
import type { Code } from "../../expression/code.js";
import { datatypeMismatch } from "../../expression/errors.js";
import type { FunctionContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { existsInType } from "../../expression/type-predicates.js";
import { scalar } from "../define.js";
import { pairCode } from "../emit/int64.js";
import { valueCode } from "../emit/parts.js";
import { XxHash64 } from "../hash/xxhash64.js";
import { type CellHasher, hashDouble, hashFloat } from "./cell-hasher.js";
import { emitHash, type HashBoxed } from "./emit-hash.js";
import { Murmur3 } from "./murmur3.js";

const encoder = new TextEncoder();

/** XXH64 from the seed that Spark begins with. */
class XxHasher extends XxHash64 implements CellHasher {
  begin(): void {
    this.seed(0, 42);
  }
}

/** `hash` and `xxhash64`, as Spark computes them. */
export const valueHashFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["hash"],
    arity: [1, Number.POSITIVE_INFINITY],
    resolve: (args, context) => ({ args: checked(args, context), type: IntegerType, nullable: false }),
    emit: (writer, args) => {
      const hasher = new Murmur3();
      const codes = args.map((arg) => writer.expression(arg));
      emitHash(writer, codes, hasher, boxedHash);
      return valueCode(IntegerType, "false", writer.variable(`${writer.constant(hasher)}.hash`));
    },
  }),
  scalar({
    names: ["xxhash64"],
    arity: [1, Number.POSITIVE_INFINITY],
    resolve: (args, context) => ({ args: checked(args, context), type: LongType, nullable: false }),
    emit: (writer, args) => {
      const hasher = new XxHasher();
      const codes = args.map((arg) => writer.expression(arg));
      emitHash(writer, codes, hasher, boxedHash);
      const name = writer.constant(hasher);
      const words = { low: writer.variable(`${name}.low`), high: writer.variable(`${name}.high`) };
      return pairCode(writer, LongType, "false", words);
    },
  }),
];

function checked(args: Parameters<ScalarFunction["resolve"]>[0], context: FunctionContext): typeof args {
  const functionName = `\`${context.name}\``;
  if (args.some((arg) => existsInType(typeOf(arg), (part) => part.kind === "map"))) {
    const message = "maps cannot be hashed, since equal ones may differ in order.";
    throw datatypeMismatch(context, "HASH_MAP_TYPE", message, { functionName });
  }
  if (args.some((arg) => existsInType(typeOf(arg), (part) => part.kind === "variant"))) {
    throw datatypeMismatch(context, "HASH_VARIANT_TYPE", "variants cannot be hashed.", { functionName });
  }
  return args;
}

function boxedHash(code: Code): HashBoxed {
  return hasherOf(code.type);
}

/** The hash of one value; a null leaves the state as it is. */
function hasherOf(type: DataType): HashBoxed {
  const present = presentHasher(type) as HashBoxed;
  return (hasher, value) => {
    if (value !== null) present(hasher, value);
  };
}

function presentHasher(type: DataType): (hasher: CellHasher, value: never) => void {
  switch (type.kind) {
    case "boolean":
      return (hasher, value: boolean) => hasher.int(value ? 1 : 0);
    case "byte":
    case "short":
    case "integer":
    case "date":
    case "yearMonthInterval":
      return (hasher, value: number) => hasher.int(value);
    case "long":
    case "timestamp":
    case "timestamp_ntz":
    case "time":
    case "dayTimeInterval":
      return hashLong;
    case "float":
      return hashFloat;
    case "double":
      return hashDouble;
    case "decimal":
      return type.precision <= 18
        ? hashLong
        : (hasher, value: bigint) => hashBinary(hasher, twosComplement(value));
    case "string":
    case "char":
    case "varchar":
      return (hasher, value: string) => hashBinary(hasher, encoder.encode(value));
    case "binary":
      return hashBinary;
    case "interval":
      return (hasher, { months, days, micros }: IntervalValue) => {
        hashLong(hasher, micros);
        hasher.int(days);
        hasher.int(months);
      };
    case "array": {
      const element = hasherOf(type.elementType);
      return (hasher, value: readonly Value[]) => {
        for (const one of value) element(hasher, one);
      };
    }
    case "map": {
      const key = hasherOf(type.keyType);
      const element = hasherOf(type.valueType);
      return (hasher, { keys, values }: MapValue) => {
        keys.forEach((one, k) => {
          key(hasher, one);
          element(hasher, values[k]!);
        });
      };
    }
    case "struct": {
      const fields = type.fields.map((field) => hasherOf(field.type));
      return (hasher, value: readonly Value[]) => {
        for (let k = 0; k < fields.length; k++) fields[k]!(hasher, value[k]!);
      };
    }
    default:
      return () => {};
  }
}

function hashLong(hasher: CellHasher, value: bigint): void {
  hasher.long(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value)));
}

function hashBinary(hasher: CellHasher, value: Uint8Array): void {
  hasher.bytes(value, 0, value.length);
}

/** The shortest two's complement form, the highest byte first. */
function twosComplement(value: bigint): Uint8Array {
  let size = 1;
  while (BigInt.asIntN(8 * size, value) !== value) size++;
  return Uint8Array.from({ length: size }, (_, k) => Number((value >> BigInt(8 * (size - 1 - k))) & 255n));
}
