import { ParquetFault } from "./parquet-fault.js";

/**
 * Reads the hybrid of run lengths and bit packing in which dictionary codes (and truth values) are written. The bytes need
 * four more behind their end, because values are taken out of words.
 */
export class HybridReader {
  private bytes: Uint8Array = new Uint8Array(0);
  private view: DataView = new DataView(this.bytes.buffer);
  private position = 0;
  private end = 0;
  private width = 0;
  private limit = 0;
  private runLeft = 0;
  private isRepeated = false;
  private repeated = 0;
  /** Bit at which the next packed value begins. */
  private bit = 0;

  /** Begins with `bytes[start .. end)`; every value has to be below `limit`. */
  start(bytes: Uint8Array, start: number, end: number, width: number, limit: number): void {
    if (width > 32) throw new ParquetFault(`values of ${width} bits cannot be`);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.position = start;
    this.end = end;
    this.width = width;
    this.limit = limit;
    this.runLeft = 0;
  }

  /** Reads `count` values to `target[at ..]`. */
  read(count: number, target: Int32Array, at: number): void {
    for (let left = count; left > 0; ) {
      while (this.runLeft === 0) this.nextRun();
      const n = Math.min(left, this.runLeft);
      if (this.isRepeated) repeat(this.repeated, target, at, n);
      else this.unpack(n, target, at);
      this.runLeft -= n;
      left -= n;
      at += n;
    }
  }

  /** Every run takes bytes, also one of no values. */
  private nextRun(): void {
    const { width } = this;
    if (width === 0) {
      // nothing needs to be written where there is one value only
      this.setRepeated(0, 2 ** 31);
      return;
    }
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      if (this.position >= this.end || shift > 28) throw new ParquetFault("its values end too early");
      const byte = this.bytes[this.position++]!;
      head += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const count = Math.floor(head / 2);
    if (head % 2 === 0) this.startRepeated(count);
    else this.startPacked(count * 8);
  }

  private startRepeated(count: number): void {
    const size = (this.width + 7) >> 3;
    if (size > this.end - this.position) throw new ParquetFault("its values end too early");
    let value = 0;
    for (let k = 0; k < size; k++) value |= this.bytes[this.position + k]! << (8 * k);
    this.position += size;
    this.setRepeated(value >>> 0, count);
  }

  private setRepeated(value: number, count: number): void {
    if (value >= this.limit) throw outside(value, this.limit);
    this.isRepeated = true;
    this.repeated = value;
    this.runLeft = count;
  }

  private startPacked(count: number): void {
    // the last group may be cut off where its values are not needed
    const available = Math.floor(((this.end - this.position) * 8) / this.width);
    if (available === 0) throw new ParquetFault("its values end too early");
    this.isRepeated = false;
    this.bit = this.position * 8;
    this.runLeft = Math.min(count, available);
    this.position = Math.min(this.end, this.position + (count >> 3) * this.width);
  }

  private unpack(count: number, target: Int32Array, at: number): void {
    const { width, limit, bit } = this;
    const most =
      width <= 25
        ? unpackNarrow(this.view, bit, width, count, target, at)
        : unpackWide(this.bytes, bit, width, count, target, at);
    if (most >= limit) throw outside(most, limit);
    this.bit += count * width;
  }
}

function outside(value: number, limit: number): ParquetFault {
  return new ParquetFault(`the index ${value} lies outside the dictionary of ${limit} values`);
}

/** Runs are mostly short, and a call of `fill` costs as much as some dozens of values. */
function repeat(value: number, target: Int32Array, at: number, count: number): void {
  if (count > 48) target.fill(value, at, at + count);
  else for (let i = at; i < at + count; i++) target[i] = value;
}

/** Values that lie within a word of 32 bits from any byte on; returns the largest. */
function unpackNarrow(
  view: DataView,
  bit: number,
  width: number,
  count: number,
  target: Int32Array,
  at: number,
): number {
  const mask = (1 << width) - 1;
  let p = Math.floor(bit / 8);
  let shift = bit % 8;
  let most = 0;
  for (let i = 0; i < count; i++) {
    const value = (view.getInt32(p, true) >>> shift) & mask;
    if (value > most) most = value;
    target[at + i] = value;
    shift += width;
    p += shift >> 3;
    shift &= 7;
  }
  return most;
}

/** Values of any width; returns the largest. */
function unpackWide(
  bytes: Uint8Array,
  bit: number,
  width: number,
  count: number,
  target: Int32Array,
  at: number,
): number {
  let p = Math.floor(bit / 8);
  let shift = bit % 8;
  let most = 0;
  for (let i = 0; i < count; i++) {
    const value = wordAt(bytes, p, shift, width);
    if (value >>> 0 > most) most = value >>> 0;
    target[at + i] = value;
    shift += width;
    p += shift >> 3;
    shift &= 7;
  }
  return most;
}

/** Up to 32 bits that begin at a bit of a byte. */
export function wordAt(bytes: Uint8Array, p: number, shift: number, width: number): number {
  let word = (bytes[p]! | (bytes[p + 1]! << 8) | (bytes[p + 2]! << 16) | (bytes[p + 3]! << 24)) >>> shift;
  if (shift + width > 32) word |= bytes[p + 4]! << (32 - shift);
  return width === 32 ? word | 0 : word & ((1 << width) - 1);
}
