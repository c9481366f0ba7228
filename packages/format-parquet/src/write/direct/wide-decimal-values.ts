import type { Column, Int128Column } from "@ss/core";
import { GrowingArray } from "../growing-array.js";
import { type Bounds, type ColumnValues, ENCODING } from "./column-values.js";
import { findPlaces, places } from "./gathers.js";

/** DECIMAL of more than 18 digits: two's complement, the highest byte first, in as many bytes as the precision needs. */
export class WideDecimalValues implements ColumnValues {
  private readonly size: number;
  private readonly plain = new GrowingArray((length) => new Uint8Array(length));
  private min: Uint8Array | undefined;
  private max: Uint8Array | undefined;
  readonly dictionaryBytes = 0;

  constructor(size: number) {
    this.size = size;
  }
  append(column: Column, from: number, to: number): number {
    const { values } = (column.layout === "dictionary" ? column.dictionary : column) as Int128Column;
    const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    const count = findPlaces(column, from, to);
    const { plain, size } = this;
    plain.reserve(count * size);
    const bytes = plain.values;
    for (let i = 0; i < count; i++) {
      const k = places[i]! * 4;
      const start = plain.length;
      plain.length += size;
      for (let b = 0; b < size; b++)
        bytes[start + size - 1 - b] = (words[k + (b >> 2)]! >>> (8 * (b & 3))) & 255;
      this.fold(bytes, start);
    }
    return to;
  }
  private fold(bytes: Uint8Array, start: number): void {
    const end = start + this.size;
    if (this.min === undefined || compare(bytes, start, this.min) < 0) this.min = bytes.slice(start, end);
    if (this.max === undefined || compare(bytes, start, this.max) > 0) this.max = bytes.slice(start, end);
  }
  get pageBytes(): number {
    return this.plain.length;
  }
  putPage(target: GrowingArray<Uint8Array>): number {
    target.reserve(this.plain.length);
    target.values.set(this.plain.used(), target.length);
    target.length += this.plain.length;
    this.plain.length = 0;
    return ENCODING.plain;
  }
  dictionary(): undefined {
    return undefined;
  }
  bounds(): Bounds | undefined {
    const { min, max } = this;
    return min === undefined || max === undefined ? undefined : { min, max };
  }
  reset(): void {
    this.min = undefined;
    this.max = undefined;
  }
}

/** In the order of signed numbers: the first byte has the sign. */
function compare(bytes: Uint8Array, start: number, other: Uint8Array): number {
  const sign = (bytes[start]! ^ 0x80) - (other[0]! ^ 0x80);
  if (sign !== 0) return sign;
  for (let k = 1; k < other.length; k++) {
    const difference = bytes[start + k]! - other[k]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
