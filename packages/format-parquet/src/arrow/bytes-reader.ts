import { BytesColumn, type Column, type DataType } from "@ss/core";
import type { ArrowArray } from "./arrow-schema.js";
import { widthOf } from "./arrow-type.js";
import type { ArrowReader } from "./fixed-readers.js";
import { ValidityReader } from "./validity-reader.js";

/** STRING and BINARY. */
export class BytesReader implements ArrowReader {
  private readonly type: DataType;
  private readonly format: string;
  private readonly validity = new ValidityReader();
  private starts = new Int32Array(0);
  private lengths = new Int32Array(0);
  private data = new Uint8Array(0);

  constructor(type: DataType, format: string) {
    this.type = type;
    this.format = format;
  }

  read(array: ArrowArray): Column {
    const { length } = array;
    if (this.starts.length < length) {
      this.starts = new Int32Array(length);
      this.lengths = new Int32Array(length);
    }
    if (this.format.startsWith("w:")) this.readFixed(array);
    else if (length > 0) this.readVariable(array);
    return new BytesColumn(
      this.type,
      length,
      this.validity.read(array),
      this.data,
      this.starts,
      this.lengths,
    );
  }

  private readFixed(array: ArrowArray): void {
    const width = widthOf(this.format);
    this.copyData(array.buffer(1, array.offset * width, array.length * width));
    for (let i = 0; i < array.length; i++) {
      this.starts[i] = i * width;
      this.lengths[i] = width;
    }
  }

  private readVariable(array: ArrowArray): void {
    const { starts, lengths } = this;
    const { length, offset } = array;
    const ends = this.offsets(array);
    const first = ends(offset);
    for (let i = 0, start = 0; i < length; i++) {
      const end = ends(offset + i + 1) - first;
      starts[i] = start;
      lengths[i] = end - start;
      start = end;
    }
    const size = starts[length - 1]! + lengths[length - 1]!;
    this.copyData(size === 0 ? null : array.buffer(2, first, size));
  }

  private offsets(array: ArrowArray): (i: number) => number {
    const isLarge = this.format === "U" || this.format === "Z";
    const bytes = array.buffer(1, 0, (array.offset + array.length + 1) * (isLarge ? 8 : 4));
    if (bytes === null) return () => 0;
    if (!isLarge) {
      const ends = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
      return (i) => ends[i]!;
    }
    const ends = new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3);
    return (i) => Number(ends[i]!);
  }

  private copyData(source: Uint8Array | null): void {
    if (source === null) return;
    if (this.data.length < source.length)
      this.data = new Uint8Array(Math.max(source.length, this.data.length * 2));
    this.data.set(source);
  }
}
