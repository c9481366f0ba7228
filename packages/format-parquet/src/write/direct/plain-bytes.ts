import { GrowingArray } from "../growing-array.js";

/** Bytes of the length in front of each value. */
export const LENGTH_BYTES = 4;
/** Up to this length a loop is faster than a call. */
const SHORT_BYTES = 64;

/** Values of STRING and BINARY as PLAIN writes them. */
export class PlainBytes {
  private readonly data = new GrowingArray((length) => new Uint8Array(length));
  /** The memory of the values, for whole words. It is another one after `append`. */
  view: DataView = new DataView(this.data.values.buffer);

  get length(): number {
    return this.data.length;
  }
  get bytes(): Uint8Array {
    return this.data.values;
  }
  used(): Uint8Array {
    return this.data.used();
  }

  /** Appends the value `source[start .. start + length)`; `words` is another view of the source. */
  append(source: Uint8Array, words: DataView, start: number, length: number): void {
    const { data } = this;
    const at = data.length + LENGTH_BYTES;
    if (at + length > data.values.length) {
      data.reserve(LENGTH_BYTES + length);
      this.view = new DataView(data.values.buffer);
    }
    const { view } = this;
    view.setInt32(at - LENGTH_BYTES, length, true);
    if (length > SHORT_BYTES) data.values.set(source.subarray(start, start + length), at);
    else if (length < 4) for (let k = 0; k < length; k++) data.values[at + k] = source[start + k]!;
    else {
      // the last word overlaps the one before it
      for (let k = 0; k < length - 4; k += 4) view.setInt32(at + k, words.getInt32(start + k, true), true);
      view.setInt32(at + length - 4, words.getInt32(start + length - 4, true), true);
    }
    data.length = at + length;
  }

  clear(): void {
    this.data.length = 0;
  }
}
