import {
  type DataType,
  Float32Column,
  Float64Column,
  Int8Column,
  Int16Column,
  Int32Column,
  Int64Column,
  Int128Column,
} from "@ss/core";
import type { Finish } from "./number-values.js";

// Words are a buffer of their own, so that views of other kinds lie on them. What the words hold at null rows is anything;
// conversions take it along.

/** 32-bit numbers as they are. */
export function asInt32(type: DataType): Finish {
  return (words, rows, validity) => new Int32Column(type, rows, validity, words);
}

/** 32-bit numbers, of which the file says that they fit into 8 bits. */
export function asInt8(type: DataType, capacity: number): Finish {
  const values = new Int8Array(capacity);
  return (words, rows, validity) => {
    for (let i = 0; i < rows; i++) values[i] = words[i]!;
    return new Int8Column(type, rows, validity, values);
  };
}

/** 32-bit numbers, of which the file says that they fit into 16 bits. */
export function asInt16(type: DataType, capacity: number): Finish {
  const values = new Int16Array(capacity);
  return (words, rows, validity) => {
    for (let i = 0; i < rows; i++) values[i] = words[i]!;
    return new Int16Column(type, rows, validity, values);
  };
}

/** 32-bit numbers as 64-bit ones, multiplied. */
export function int32AsInt64(type: DataType, capacity: number, factor: bigint): Finish {
  const values = new BigInt64Array(capacity);
  const pairs = new Int32Array(values.buffer);
  return (words, rows, validity) => {
    if (factor !== 1n) for (let i = 0; i < rows; i++) values[i] = BigInt(words[i]!) * factor;
    else
      for (let i = 0; i < rows; i++) {
        pairs[2 * i] = words[i]!;
        pairs[2 * i + 1] = words[i]! >> 31;
      }
    return new Int64Column(type, rows, validity, values);
  };
}

/** 32-bit numbers as floating-point ones. */
export function int32AsDouble(type: DataType, capacity: number): Finish {
  const values = new Float64Array(capacity);
  return (words, rows, validity) => {
    for (let i = 0; i < rows; i++) values[i] = words[i]!;
    return new Float64Column(type, rows, validity, values);
  };
}

/** 32-bit numbers as unscaled values of 128 bits, multiplied. */
export function int32AsInt128(type: DataType, capacity: number, factor: bigint): Finish {
  const values = new BigInt64Array(capacity * 2);
  return (words, rows, validity) => {
    for (let i = 0; i < rows; i++) storeWide(values, i, BigInt(words[i]!) * factor);
    return new Int128Column(type, rows, validity, values);
  };
}

/** 32-bit floating-point numbers. */
export function asFloat(type: DataType): Finish {
  return (words, rows, validity) => new Float32Column(type, rows, validity, new Float32Array(words.buffer));
}

/** 32-bit floating-point numbers as 64-bit ones. */
export function floatAsDouble(type: DataType, capacity: number): Finish {
  const values = new Float64Array(capacity);
  return (words, rows, validity) => {
    const floats = new Float32Array(words.buffer);
    for (let i = 0; i < rows; i++) values[i] = floats[i]!;
    return new Float64Column(type, rows, validity, values);
  };
}

/** 64-bit floating-point numbers. */
export function asDouble(type: DataType): Finish {
  return (words, rows, validity) => new Float64Column(type, rows, validity, new Float64Array(words.buffer));
}

/** 64-bit numbers, multiplied or, downwards, divided. */
export function asInt64(type: DataType, multiply = 1n, divide = 1n): Finish {
  return (words, rows, validity) => {
    const values = new BigInt64Array(words.buffer);
    if (multiply !== 1n) for (let i = 0; i < rows; i++) values[i] = values[i]! * multiply;
    if (divide !== 1n) for (let i = 0; i < rows; i++) values[i] = floorDivide(values[i]!, divide);
    return new Int64Column(type, rows, validity, values);
  };
}

/** 64-bit numbers as unscaled values of 128 bits, multiplied. */
export function int64AsInt128(type: DataType, capacity: number, factor: bigint): Finish {
  const values = new BigInt64Array(capacity * 2);
  return (words, rows, validity) => {
    const narrow = new BigInt64Array(words.buffer);
    for (let i = 0; i < rows; i++) storeWide(values, i, narrow[i]! * factor);
    return new Int128Column(type, rows, validity, values);
  };
}

/** 128-bit unscaled values, multiplied. */
export function asInt128(type: DataType, factor: bigint): Finish {
  return (words, rows, validity) => {
    const values = new BigInt64Array(words.buffer);
    if (factor !== 1n)
      for (let i = 0; i < rows; i++) {
        const unscaled = (values[2 * i + 1]! << 64n) | BigInt.asUintN(64, values[2 * i]!);
        storeWide(values, i, unscaled * factor);
      }
    return new Int128Column(type, rows, validity, values);
  };
}

function storeWide(values: BigInt64Array, i: number, unscaled: bigint): void {
  values[2 * i] = BigInt.asIntN(64, unscaled);
  values[2 * i + 1] = BigInt.asIntN(64, unscaled >> 64n);
}

/** The quotient, rounded downwards. */
export function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value < 0n && quotient * divisor !== value ? quotient - 1n : quotient;
}
