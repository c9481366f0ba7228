import type { Bounds } from "./column-values.js";

/** Longer bounds are left out: they would make the footer large, and a part of them is not what other readers count on. */
const MAX_BYTES = 4096;

/** Finds the least and the greatest of values in the order of their unsigned bytes, which for UTF-8 is that of code points. */
export class BytesBounds {
  private min: Uint8Array | undefined;
  private max: Uint8Array | undefined;
  /** The first bytes of both, by which most values are seen to lie between them. */
  private minHead = 0;
  private maxHead = 0;

  /** Looks at the value `data[start .. end)`. */
  fold(data: Uint8Array, start: number, end: number): void {
    if (this.min === undefined || this.max === undefined) {
      this.setMin(data.slice(start, end));
      this.setMax(data.slice(start, end));
      return;
    }
    const head = end > start ? data[start]! : -1;
    if (head <= this.minHead && compare(data, start, end, this.min) < 0) this.setMin(data.slice(start, end));
    if (head >= this.maxHead && compare(data, start, end, this.max) > 0) this.setMax(data.slice(start, end));
  }
  private setMin(value: Uint8Array): void {
    this.min = value;
    this.minHead = value[0] ?? -1;
  }
  private setMax(value: Uint8Array): void {
    this.max = value;
    this.maxHead = value[0] ?? -1;
  }
  bounds(): Bounds | undefined {
    const { min, max } = this;
    if (min === undefined || max === undefined) return undefined;
    return min.length > MAX_BYTES || max.length > MAX_BYTES ? undefined : { min, max };
  }
  reset(): void {
    this.min = undefined;
    this.max = undefined;
  }
}

function compare(data: Uint8Array, start: number, end: number, other: Uint8Array): number {
  const length = Math.min(end - start, other.length);
  for (let k = 0; k < length; k++) {
    const difference = data[start + k]! - other[k]!;
    if (difference !== 0) return difference;
  }
  return end - start - other.length;
}
