import type { DataType } from "@ss/core";
import { type FieldBatch, type FieldColumn, KernelArrays } from "@ss/kernels";
import { type FieldRewriter, ValueDecoder } from "./field-decoder.js";

/** Decoders whose plain values a kernel reads, a column at a time: their arrays lie in the kernels' memory. */
export abstract class KernelDecoder extends ValueDecoder {
  protected readonly arrays: KernelArrays = new KernelArrays();
  /** The rewriter's direct kinds, a bit for each. */
  private readonly directKinds: number;

  constructor(type: DataType, column: string, rewriter: FieldRewriter) {
    super(type, column, rewriter);
    this.directKinds = rewriter.direct.reduce((bits, isDirect, kind) => bits | (isDirect << kind), 0);
  }

  /** Runs the kernel: how many rows it left, or -1 where it cannot be used. */
  protected abstract parseBatch(batch: FieldBatch): number;

  protected override parseMany(bytes: Uint8Array, column: FieldColumn, rowCount: number): number {
    if (this.left.length < rowCount) {
      this.arrays.free(this.left);
      this.left = this.arrays.int32(this.capacity);
    }
    return this.parseBatch({ bytes, column, rowCount, kinds: this.directKinds, left: this.left });
  }
}

/** The same memory as 32-bit words, two for each value. */
export function wordsOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}
