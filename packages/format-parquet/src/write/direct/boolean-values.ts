import type { BooleanColumn, Column } from "@ss/core";
import type { GrowingArray } from "../growing-array.js";
import { type Bounds, type ColumnValues, ENCODING, PAGE_ROWS } from "./column-values.js";
import { findPlaces, places } from "./gathers.js";

/** BOOLEAN: bits, least significant first. */
export class BooleanValues implements ColumnValues {
  private readonly bits = new Uint8Array(PAGE_ROWS >> 3);
  private count = 0;
  private trues = 0;
  private falses = 0;
  readonly dictionaryBytes = 0;

  append(column: Column, from: number, to: number): number {
    const { values } = (column.layout === "dictionary" ? column.dictionary : column) as BooleanColumn;
    const count = findPlaces(column, from, to);
    const { bits } = this;
    let at = this.count;
    let trues = 0;
    for (let k = 0; k < count; k++, at++) {
      const bit = values[places[k]!]!;
      if ((at & 7) === 0) bits[at >> 3] = bit;
      else bits[at >> 3]! |= bit << (at & 7);
      trues += bit;
    }
    this.count = at;
    this.trues += trues;
    this.falses += count - trues;
    return to;
  }
  get pageBytes(): number {
    return this.count >> 3;
  }
  putPage(target: GrowingArray<Uint8Array>): number {
    const bytes = this.bits.subarray(0, (this.count + 7) >> 3);
    target.reserve(bytes.length);
    target.values.set(bytes, target.length);
    target.length += bytes.length;
    this.count = 0;
    return ENCODING.plain;
  }
  dictionary(): undefined {
    return undefined;
  }
  bounds(): Bounds | undefined {
    if (this.trues + this.falses === 0) return undefined;
    return { min: Uint8Array.of(this.falses > 0 ? 0 : 1), max: Uint8Array.of(this.trues > 0 ? 1 : 0) };
  }
  reset(): void {
    this.trues = 0;
    this.falses = 0;
  }
}
