import {
  BooleanColumn,
  type Column,
  type DataType,
  Float32Column,
  Float64Column,
  Int8Column,
  Int16Column,
  Int32Column,
  Int64Column,
  Int128Column,
  layoutOf,
} from "@ss/core";
import type { ArrowArray } from "./arrow-schema.js";
import { decimalOf, widthOf } from "./arrow-type.js";
import { ValidityReader } from "./validity-reader.js";

/** Turns Arrow arrays of one field into columns, copied out of WebAssembly memory into arrays that are used again. */
export interface ArrowReader {
  read(array: ArrowArray): Column;
}

type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;
type NumbersOf = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Numbers;

const NUMBERS: Readonly<Record<string, NumbersOf>> = {
  c: Int8Array,
  C: Uint8Array,
  s: Int16Array,
  S: Uint16Array,
  i: Int32Array,
  I: Uint32Array,
  f: Float32Array,
  g: Float64Array,
  tdD: Int32Array,
  tts: Int32Array,
  ttm: Int32Array,
};

/** A growing block of bytes that the values of one column are copied to, batch after batch. */
class Block {
  private bytes: Uint8Array = new Uint8Array(0);

  /** Copies the values of an array; absent buffers leave zeros. */
  copy(array: ArrowArray, width: number): ArrayBufferLike {
    const size = array.length * width;
    this.reserve(size);
    const source = array.buffer(1, array.offset * width, size);
    if (source === null) this.bytes.fill(0, 0, size);
    else this.bytes.set(source);
    return this.bytes.buffer;
  }

  reserve(size: number): ArrayBufferLike {
    if (this.bytes.length < size)
      this.bytes = new Uint8Array((Math.max(size, this.bytes.length * 2) + 15) & ~15);
    return this.bytes.buffer;
  }
}

/** BOOLEAN: bits become bytes. */
export class BooleanReader implements ArrowReader {
  private readonly type: DataType;
  private readonly validity = new ValidityReader();
  private values = new Uint8Array(0);

  constructor(type: DataType) {
    this.type = type;
  }

  read(array: ArrowArray): Column {
    const { length, offset } = array;
    if (this.values.length < length) this.values = new Uint8Array(length);
    const bits = array.buffer(1, offset >> 3, ((offset & 7) + length + 7) >> 3);
    const shift = offset & 7;
    for (let i = 0; i < length; i++) {
      this.values[i] = bits === null ? 0 : (bits[(i + shift) >> 3]! >> ((i + shift) & 7)) & 1;
    }
    return new BooleanColumn(this.type, length, this.validity.read(array), this.values);
  }
}

/** Numbers of up to 32 bits, and floating-point ones: copied as they are, or widened. */
export class NumberReader implements ArrowReader {
  private readonly type: DataType;
  private readonly format: string;
  private readonly block = new Block();
  private readonly wide = new Block();
  private readonly validity = new ValidityReader();

  constructor(type: DataType, format: string) {
    this.type = type;
    this.format = format;
  }

  read(array: ArrowArray): Column {
    const { length } = array;
    const width = widthOf(this.format);
    const source = new NUMBERS[this.format]!(this.block.copy(array, width), 0, length);
    const bits = this.validity.read(array);
    const { type } = this;
    switch (layoutOf(type)) {
      case "int8":
        return new Int8Column(type, length, bits, this.same(source, Int8Array, 1) as Int8Array);
      case "int16":
        return new Int16Column(type, length, bits, this.same(source, Int16Array, 2) as Int16Array);
      case "int32":
        return new Int32Column(type, length, bits, this.same(source, Int32Array, 4) as Int32Array);
      case "float32":
        return new Float32Column(type, length, bits, this.same(source, Float32Array, 4) as Float32Array);
      case "float64":
        return new Float64Column(type, length, bits, this.same(source, Float64Array, 8) as Float64Array);
      default:
        return new Int64Column(type, length, bits, this.toInt64(source));
    }
  }

  private same(source: Numbers, Kind: NumbersOf, width: number): Numbers {
    if (source instanceof Kind) return source;
    const target = new Kind(this.wide.reserve(source.length * width), 0, source.length);
    for (let i = 0; i < source.length; i++) target[i] = source[i]!;
    return target;
  }

  private toInt64(source: Numbers): BigInt64Array {
    const target = new BigInt64Array(this.wide.reserve(source.length * 8), 0, source.length);
    const words = new Int32Array(target.buffer, 0, source.length * 2);
    const factor = int64Factor(this.format, this.type);
    if (factor !== 1n) {
      for (let i = 0; i < source.length; i++) target[i] = BigInt(source[i]!) * factor;
      return target;
    }
    for (let i = 0; i < source.length; i++) {
      words[2 * i] = source[i]!;
      words[2 * i + 1] = source[i]! < 0 ? -1 : 0;
    }
    return target;
  }
}

/** What 32-bit values are multiplied by: times of the day become nanoseconds, numbers get the decimals of their type. */
function int64Factor(format: string, type: DataType): bigint {
  if (format === "tts") return 1_000_000_000n;
  if (format === "ttm") return 1_000_000n;
  if (format === "tdD") return 86_400_000_000n;
  return type.kind === "decimal" ? 10n ** BigInt(type.scale) : 1n;
}

/** 64-bit values: numbers, and times in units of their own. */
export class Int64Reader implements ArrowReader {
  private readonly type: DataType;
  private readonly multiply: bigint;
  private readonly divide: bigint;
  private readonly block = new Block();
  private readonly validity = new ValidityReader();

  constructor(type: DataType, format: string) {
    this.type = type;
    const unit = format.startsWith("ts") ? format[2] : "";
    this.multiply = unit === "s" ? 1_000_000n : unit === "m" || format === "ttu" ? 1000n : 1n;
    this.divide = unit === "n" ? 1000n : 1n;
  }

  read(array: ArrowArray): Column {
    const values = new BigInt64Array(this.block.copy(array, 8), 0, array.length);
    if (this.multiply !== 1n) for (let i = 0; i < values.length; i++) values[i] = values[i]! * this.multiply;
    if (this.divide !== 1n)
      for (let i = 0; i < values.length; i++) values[i] = floorDivide(values[i]!, this.divide);
    const bits = this.validity.read(array);
    if (this.type.kind === "date")
      return new Int32Column(this.type, array.length, bits, millisToDays(values));
    return new Int64Column(this.type, array.length, bits, values);
  }
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value < 0n && quotient * divisor !== value ? quotient - 1n : quotient;
}

function millisToDays(millis: BigInt64Array): Int32Array {
  return Int32Array.from(millis, (value) => Number(floorDivide(value, 86_400_000n)));
}

/** DECIMAL of any width, moved to the scale of the type that is read. */
export class DecimalReader implements ArrowReader {
  private readonly type: DataType;
  private readonly width: number;
  private readonly wide: boolean;
  private readonly factor: bigint;
  private readonly block = new Block();
  private readonly target = new Block();
  private readonly validity = new ValidityReader();

  constructor(type: DataType & { readonly kind: "decimal" }, format: string) {
    this.type = type;
    this.width = widthOf(format);
    this.wide = type.precision > 18;
    this.factor = 10n ** BigInt(type.scale - (format === "L" ? 0 : decimalOf(format)!.scale));
  }

  read(array: ArrowArray): Column {
    const { length } = array;
    const buffer = this.block.copy(array, this.width);
    const bits = this.validity.read(array);
    if (this.wide) {
      const values = new BigInt64Array(this.target.reserve(length * 16), 0, length * 2);
      if (this.width === 16 && this.factor === 1n) values.set(new BigInt64Array(buffer, 0, length * 2));
      else for (let i = 0; i < length; i++) this.store(values, i, this.unscaled(buffer, i));
      return new Int128Column(this.type, length, bits, values);
    }
    const values = new BigInt64Array(this.target.reserve(length * 8), 0, length);
    if (this.width === 16 && this.factor === 1n) {
      const pairs = new BigInt64Array(buffer, 0, length * 2);
      for (let i = 0; i < length; i++) values[i] = pairs[2 * i]!;
    } else for (let i = 0; i < length; i++) values[i] = this.unscaled(buffer, i);
    return new Int64Column(this.type, length, bits, values);
  }

  private unscaled(buffer: ArrayBufferLike, i: number): bigint {
    const view = new DataView(buffer, i * this.width, this.width);
    if (this.width === 4) return BigInt(view.getInt32(0, true)) * this.factor;
    if (this.width === 8) return view.getBigInt64(0, true) * this.factor;
    return ((view.getBigInt64(8, true) << 64n) | view.getBigUint64(0, true)) * this.factor;
  }

  private store(values: BigInt64Array, i: number, unscaled: bigint): void {
    values[2 * i] = BigInt.asIntN(64, unscaled);
    values[2 * i + 1] = BigInt.asIntN(64, unscaled >> 64n);
  }
}
