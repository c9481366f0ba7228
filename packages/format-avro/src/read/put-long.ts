import type { Int64Builder } from "@ss/core";

const TWO_32 = 0x1_0000_0000;

/** The rows of a builder of 64-bit numbers as pairs of 32-bit words, which need no bigint to be written. */
export class LongRows {
  private readonly builder: Int64Builder;
  private values: BigInt64Array;
  private words: Int32Array;

  constructor(builder: Int64Builder) {
    this.builder = builder;
    this.values = builder.values;
    this.words = wordsOf(builder.values);
  }

  /** Appends a number by its halves. */
  append(low: number, high: number): void {
    const { builder } = this;
    const at = builder.next(true);
    if (builder.values !== this.values) {
      this.values = builder.values;
      this.words = wordsOf(builder.values);
    }
    this.words[2 * at] = low;
    this.words[2 * at + 1] = high;
  }

  /** Appends a whole number within 2^53. */
  appendNumber(value: number): void {
    const high = Math.floor(value / TWO_32);
    this.append(value - high * TWO_32, high);
  }
}

function wordsOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}
