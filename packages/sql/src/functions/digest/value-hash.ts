import {
  type DataType,
  IntegerType,
  type IntervalValue,
  LongType,
  type MapValue,
  type Value,
} from "@ss/core";
import { datatypeMismatch } from "../../expression/errors.js";
import type { EvaluationContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { existsInType } from "../../expression/type-predicates.js";
import { scalar } from "../define.js";
import { murmur3 } from "./murmur3.js";
import { xxhash64 } from "./xxhash64.js";

/** Hashes of one seed, by what is hashed. */
export interface HashKind<H> {
  readonly seed: H;
  readonly int: (value: number, seed: H) => H;
  readonly long: (value: bigint, seed: H) => H;
  readonly bytes: (value: Uint8Array, seed: H) => H;
}

const encoder = new TextEncoder();
const floats = new DataView(new ArrayBuffer(8));

/** `hash` and `xxhash64`, as Spark computes them. */
export const valueHashFunctions: readonly ScalarFunction[] = [
  hashing("hash", IntegerType, murmur3),
  hashing("xxhash64", LongType, xxhash64),
];

function hashing<H extends number | bigint>(name: string, type: DataType, kind: HashKind<H>): ScalarFunction {
  return scalar({
    names: [name],
    arity: [1, Number.POSITIVE_INFINITY],
    resolve: (args, context) => {
      if (args.some((arg) => existsInType(typeOf(arg), (part) => part.kind === "map"))) {
        throw datatypeMismatch(
          context,
          "HASH_MAP_TYPE",
          "maps cannot be hashed, since equal ones may differ in order.",
          {
            functionName: `\`${name}\``,
          },
        );
      }
      if (args.some((arg) => existsInType(typeOf(arg), (part) => part.kind === "variant"))) {
        throw datatypeMismatch(context, "HASH_VARIANT_TYPE", "variants cannot be hashed.", {
          functionName: `\`${name}\``,
        });
      }
      return { args, type, nullable: false };
    },
    evaluate: ({ argTypes }: EvaluationContext) => {
      const hashers = argTypes.map((argType) => hasher(argType, kind));
      return (...values) => values.reduce((seed: H, value, k) => hashers[k]!(value, seed), kind.seed);
    },
    nullPropagating: false,
  });
}

/** The hash of one value from a seed; a null leaves the seed as it is. */
export function hasher<H extends number | bigint>(
  type: DataType,
  kind: HashKind<H>,
): (value: Value, seed: H) => H {
  const present = presentHasher(type, kind) as (value: Value, seed: H) => H;
  return (value, seed) => (value === null ? seed : present(value, seed));
}

function presentHasher<H extends number | bigint>(
  type: DataType,
  kind: HashKind<H>,
): (value: never, seed: H) => H {
  switch (type.kind) {
    case "boolean":
      return (value: boolean, seed) => kind.int(value ? 1 : 0, seed);
    case "byte":
    case "short":
    case "integer":
    case "date":
    case "yearMonthInterval":
      return (value: number, seed) => kind.int(value, seed);
    case "long":
    case "timestamp":
    case "timestamp_ntz":
    case "time":
    case "dayTimeInterval":
      return (value: bigint, seed) => kind.long(value, seed);
    case "float":
      return (value: number, seed) => kind.int(floatBits(value), seed);
    case "double":
      return (value: number, seed) => kind.long(doubleBits(value), seed);
    case "decimal":
      return type.precision <= 18
        ? (value: bigint, seed) => kind.long(value, seed)
        : (value: bigint, seed) => kind.bytes(twosComplement(value), seed);
    case "string":
    case "char":
    case "varchar":
      return (value: string, seed) => kind.bytes(encoder.encode(value), seed);
    case "binary":
      return (value: Uint8Array, seed) => kind.bytes(value, seed);
    case "interval":
      return (value: IntervalValue, seed) =>
        kind.int(value.months, kind.int(value.days, kind.long(value.micros, seed)));
    case "array": {
      const element = hasher(type.elementType, kind);
      return (value: readonly Value[], seed) => value.reduce((hash: H, one) => element(one, hash), seed);
    }
    case "map": {
      const key = hasher(type.keyType, kind);
      const element = hasher(type.valueType, kind);
      return (value: MapValue, seed) =>
        value.keys.reduce((hash: H, one, k) => element(value.values[k]!, key(one, hash)), seed);
    }
    case "struct": {
      const fields = type.fields.map((field) => hasher(field.type, kind));
      return (value: readonly Value[], seed) =>
        fields.reduce((hash, field, k) => field(value[k]!, hash), seed);
    }
    default:
      return (_, seed) => seed;
  }
}

function floatBits(value: number): number {
  floats.setFloat32(0, value === 0 ? 0 : value);
  return floats.getInt32(0);
}

function doubleBits(value: number): bigint {
  floats.setFloat64(0, value === 0 ? 0 : value);
  return floats.getBigInt64(0);
}

/** The shortest two's complement form, the highest byte first. */
function twosComplement(value: bigint): Uint8Array {
  let size = 1;
  while (BigInt.asIntN(8 * size, value) !== value) size++;
  return Uint8Array.from({ length: size }, (_, k) => Number((value >> BigInt(8 * (size - 1 - k))) & 255n));
}
