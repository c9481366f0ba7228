import type { ArrowArray } from "./arrow-schema.js";

/** Copies validity bitmaps so that they begin at bit 0. */
export class ValidityReader {
  private bits: Uint8Array = new Uint8Array(0);

  read(array: ArrowArray): Uint8Array | null {
    const { length, offset, nullCount } = array;
    if (nullCount === 0) return null;
    const shift = offset & 7;
    const source = array.buffer(0, offset >> 3, (shift + length + 7) >> 3);
    if (source === null) return null;
    const size = (length + 7) >> 3;
    if (this.bits.length < size) this.bits = new Uint8Array(size);
    if (shift === 0) this.bits.set(source.subarray(0, size));
    else
      for (let i = 0; i < size; i++)
        this.bits[i] = (source[i]! >> shift) | ((source[i + 1] ?? 0) << (8 - shift));
    return this.bits;
  }
}
