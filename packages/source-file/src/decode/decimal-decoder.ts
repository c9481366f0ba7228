import { type Column, type DecimalType, Int64Column, Int128Column } from "@ss/core";
import {
  DECIMAL_OK,
  type FieldBatch,
  parseDecimal64Fields,
  parseDecimal64Into,
  parseDecimal128Into,
} from "@ss/kernels";
import { type FieldRewriter, ValueDecoder } from "./field-decoder.js";
import { KernelDecoder, wordsOf } from "./kernel-decoder.js";

const COMMA = 44;
const SPACE = 32;

/** Blanks around a decimal are no part of it, and not passed over as they are by casts. */
function hasBlanks(bytes: Uint8Array, start: number, end: number): boolean {
  return start < end && (bytes[start]! <= SPACE || bytes[end - 1]! <= SPACE);
}

/** The text without its thousands separators, or undefined if it has none. */
function withoutCommas(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const part = bytes.subarray(start, end);
  return part.includes(COMMA) ? part.filter((byte) => byte !== COMMA) : undefined;
}

/** DECIMAL of up to 18 digits. */
export class Decimal64Decoder extends KernelDecoder {
  private values: BigInt64Array = new BigInt64Array(0);
  private words: Int32Array = new Int32Array(0);
  private readonly precision: number;
  private readonly scale: number;

  constructor(type: DecimalType, column: string, rewriter: FieldRewriter) {
    super(type, column, rewriter);
    this.precision = type.precision;
    this.scale = type.scale;
  }
  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    const { precision, scale, words } = this;
    if (hasBlanks(bytes, start, end)) return false;
    if (parseDecimal64Into(bytes, start, end, precision, scale, words, i) === DECIMAL_OK) return true;
    const plain = withoutCommas(bytes, start, end);
    return (
      plain !== undefined &&
      parseDecimal64Into(plain, 0, plain.length, precision, scale, words, i) === DECIMAL_OK
    );
  }
  protected parseBatch(batch: FieldBatch): number {
    return parseDecimal64Fields(batch, this.precision, this.scale, this.values);
  }
  protected grow(capacity: number): void {
    this.arrays.free(this.values);
    this.values = this.arrays.bigInt64(capacity);
    this.words = wordsOf(this.values);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    return new Int64Column(this.type, rowCount, validity, this.values);
  }
}

/** DECIMAL of 19 to 38 digits. */
export class Decimal128Decoder extends ValueDecoder {
  private values = new BigInt64Array(0);
  private readonly precision: number;
  private readonly scale: number;

  constructor(type: DecimalType, column: string, rewriter: FieldRewriter) {
    super(type, column, rewriter);
    this.precision = type.precision;
    this.scale = type.scale;
  }
  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    const { precision, scale, values } = this;
    if (hasBlanks(bytes, start, end)) return false;
    if (parseDecimal128Into(bytes, start, end, precision, scale, values, i) === DECIMAL_OK) return true;
    const plain = withoutCommas(bytes, start, end);
    return (
      plain !== undefined &&
      parseDecimal128Into(plain, 0, plain.length, precision, scale, values, i) === DECIMAL_OK
    );
  }
  protected grow(capacity: number): void {
    this.values = new BigInt64Array(capacity * 2);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    return new Int128Column(this.type, rowCount, validity, this.values);
  }
}
