import {
  type Column,
  Float32Column,
  Float64Column,
  Int8Column,
  Int16Column,
  Int32Column,
  Int64Column,
} from "@ss/core";
import {
  type FieldBatch,
  parseDoubleFields,
  parseDoubleInto,
  parseFloatInto,
  parseInt8,
  parseInt16,
  parseInt32,
  parseInt32Fields,
  parseInt64Fields,
  parseInt64Into,
} from "@ss/kernels";
import { ValueDecoder } from "./field-decoder.js";
import { KernelDecoder, wordsOf } from "./kernel-decoder.js";

/** Whether a byte may end or begin a whole number: the kernels drop white space around it, files do not allow any. */
function isTight(bytes: Uint8Array, start: number, end: number): boolean {
  return start < end && bytes[start]! > 32 && bytes[end - 1]! > 32 && bytes[end - 1] !== 127;
}

/** TINYINT; a JSON number up to 255 wraps around, as Java's parser of JSON has it. */
export class Int8Decoder extends ValueDecoder {
  private values = new Int8Array(0);
  private readonly wraps: boolean;

  constructor(
    type: ValueDecoder["type"],
    column: string,
    rewriter: ValueDecoder["rewriter"],
    wraps: boolean,
  ) {
    super(type, column, rewriter);
    this.wraps = wraps;
  }
  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    if (!isTight(bytes, start, end)) return false;
    let value = parseInt8(bytes, start, end);
    if (value !== value && this.wraps) {
      value = parseInt16(bytes, start, end);
      if (value < 128 || value > 255) return false;
    }
    this.values[i] = value;
    return value === value;
  }
  protected grow(capacity: number): void {
    this.values = new Int8Array(capacity);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    return new Int8Column(this.type, rowCount, validity, this.values);
  }
}

/** SMALLINT. */
export class Int16Decoder extends ValueDecoder {
  private values = new Int16Array(0);

  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    if (!isTight(bytes, start, end)) return false;
    const value = parseInt16(bytes, start, end);
    this.values[i] = value;
    return value === value;
  }
  protected grow(capacity: number): void {
    this.values = new Int16Array(capacity);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    return new Int16Column(this.type, rowCount, validity, this.values);
  }
}

/** INT. */
export class Int32Decoder extends KernelDecoder {
  private values: Int32Array = new Int32Array(0);

  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    if (!isTight(bytes, start, end)) return false;
    const value = parseInt32(bytes, start, end);
    this.values[i] = value;
    return value === value;
  }
  protected parseBatch(batch: FieldBatch): number {
    return parseInt32Fields(batch, this.values);
  }
  protected grow(capacity: number): void {
    this.arrays.free(this.values);
    this.values = this.arrays.int32(capacity);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    return new Int32Column(this.type, rowCount, validity, this.values);
  }
}

/** BIGINT. */
export class Int64Decoder extends KernelDecoder {
  private values: BigInt64Array = new BigInt64Array(0);
  private words: Int32Array = new Int32Array(0);

  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    return isTight(bytes, start, end) && parseInt64Into(bytes, start, end, this.words, i);
  }
  protected parseBatch(batch: FieldBatch): number {
    return parseInt64Fields(batch, this.values);
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

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The texts that stand for numbers which digits cannot write. */
export interface SpecialNumbers {
  readonly nan: string;
  readonly positiveInfinities: readonly string[];
  readonly negativeInfinities: readonly string[];
}

/** Whether a text is one of the special numbers' (or the like), so that its letters decide. */
function specialNumber(
  bytes: Uint8Array,
  start: number,
  end: number,
  special: SpecialNumbers,
): number | undefined {
  const text = decoder.decode(bytes.subarray(start, end));
  if (text === special.nan) return Number.NaN;
  if (special.positiveInfinities.includes(text)) return Number.POSITIVE_INFINITY;
  if (special.negativeInfinities.includes(text)) return Number.NEGATIVE_INFINITY;
  return undefined;
}

/** Whether the kernels' reading of a text is the file formats', which know `inf` and the like only as told. */
function isDigitNumber(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false;
  let first = bytes[start]!;
  if ((first === 45 || first === 43) && start + 1 < end) first = bytes[start + 1]!;
  return first < 58;
}

/** DOUBLE. */
export class Float64Decoder extends KernelDecoder {
  private values: Float64Array = new Float64Array(0);
  private readonly special: SpecialNumbers;

  constructor(
    type: ValueDecoder["type"],
    column: string,
    rewriter: ValueDecoder["rewriter"],
    special: SpecialNumbers,
  ) {
    super(type, column, rewriter);
    this.special = special;
  }
  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    if (isDigitNumber(bytes, start, end) && parseDoubleInto(bytes, start, end, this.values, i)) return true;
    const value = specialNumber(bytes, start, end, this.special);
    if (value === undefined) return false;
    this.values[i] = value;
    return true;
  }
  protected parseBatch(batch: FieldBatch): number {
    return parseDoubleFields(batch, this.values);
  }
  protected grow(capacity: number): void {
    this.arrays.free(this.values);
    this.values = this.arrays.float64(capacity);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    return new Float64Column(this.type, rowCount, validity, this.values);
  }
}

/** FLOAT. */
export class Float32Decoder extends ValueDecoder {
  private values = new Float32Array(0);
  private readonly special: SpecialNumbers;

  constructor(
    type: ValueDecoder["type"],
    column: string,
    rewriter: ValueDecoder["rewriter"],
    special: SpecialNumbers,
  ) {
    super(type, column, rewriter);
    this.special = special;
  }
  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    if (isDigitNumber(bytes, start, end) && parseFloatInto(bytes, start, end, this.values, i)) return true;
    const value = specialNumber(bytes, start, end, this.special);
    if (value === undefined) return false;
    this.values[i] = value;
    return true;
  }
  protected grow(capacity: number): void {
    this.values = new Float32Array(capacity);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    return new Float32Column(this.type, rowCount, validity, this.values);
  }
}
