import type { Bounds } from "./column-values.js";

/** Finds the least and the greatest of the numbers of a column chunk, which are given as 32-bit words. */
export interface NumberBounds {
  /** Looks at the first `count` numbers. */
  fold(words: Int32Array, count: number): void;
  bounds(): Bounds | undefined;
  reset(): void;
}

/** Signed numbers of 32 bits. */
export class Int32Bounds implements NumberBounds {
  private min = 0;
  private max = 0;
  private isEmpty = true;

  fold(words: Int32Array, count: number): void {
    if (count === 0) return;
    let min = this.isEmpty ? words[0]! : this.min;
    let max = this.isEmpty ? words[0]! : this.max;
    for (let i = 0; i < count; i++) {
      const word = words[i]!;
      if (word < min) min = word;
      if (word > max) max = word;
    }
    this.min = min;
    this.max = max;
    this.isEmpty = false;
  }
  bounds(): Bounds | undefined {
    return this.isEmpty
      ? undefined
      : { min: bytesOf(Int32Array.of(this.min)), max: bytesOf(Int32Array.of(this.max)) };
  }
  reset(): void {
    this.isEmpty = true;
  }
}

/** Signed numbers of 64 bits, the low word first. */
export class Int64Bounds implements NumberBounds {
  private min = Int32Array.of(0, 0);
  private max = Int32Array.of(0, 0);
  private isEmpty = true;

  fold(words: Int32Array, count: number): void {
    if (count === 0) return;
    if (this.isEmpty) this.min = this.max = words.slice(0, 2);
    let [minLow, minHigh] = [this.min[0]! >>> 0, this.min[1]!];
    let [maxLow, maxHigh] = [this.max[0]! >>> 0, this.max[1]!];
    for (let i = 0; i < 2 * count; i += 2) {
      const low = words[i]! >>> 0;
      const high = words[i + 1]!;
      if (high < minHigh || (high === minHigh && low < minLow)) {
        minLow = low;
        minHigh = high;
      }
      if (high > maxHigh || (high === maxHigh && low > maxLow)) {
        maxLow = low;
        maxHigh = high;
      }
    }
    this.min = Int32Array.of(minLow, minHigh);
    this.max = Int32Array.of(maxLow, maxHigh);
    this.isEmpty = false;
  }
  bounds(): Bounds | undefined {
    return this.isEmpty ? undefined : { min: bytesOf(this.min), max: bytesOf(this.max) };
  }
  reset(): void {
    this.isEmpty = true;
  }
}

type Floats = Float32Array | Float64Array;

/** FLOAT and DOUBLE. A NaN has no place in their order, so that a chunk with one has no bounds; 0 counts as both its forms. */
export class FloatBounds<A extends Floats> implements NumberBounds {
  private readonly make: (buffer: ArrayBufferLike, start: number, length: number) => A;
  private readonly bytes: number;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private hasNaN = false;
  private isEmpty = true;

  constructor(bytes: number, make: (buffer: ArrayBufferLike, start: number, length: number) => A) {
    this.bytes = bytes;
    this.make = make;
  }
  fold(words: Int32Array, count: number): void {
    if (count === 0) return;
    const values = this.make(words.buffer, words.byteOffset, count);
    let { min, max, hasNaN } = this;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      if (value < min) min = value;
      if (value > max) max = value;
      if (value !== value) hasNaN = true;
    }
    this.min = min;
    this.max = max;
    this.hasNaN = hasNaN;
    this.isEmpty = false;
  }
  bounds(): Bounds | undefined {
    if (this.isEmpty || this.hasNaN) return undefined;
    return {
      min: this.written(this.min === 0 ? -0 : this.min),
      max: this.written(this.max === 0 ? 0 : this.max),
    };
  }
  private written(value: number): Uint8Array {
    const array = this.make(new ArrayBuffer(this.bytes), 0, 1);
    array[0] = value;
    return bytesOf(array);
  }
  reset(): void {
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    this.hasNaN = false;
    this.isEmpty = true;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
