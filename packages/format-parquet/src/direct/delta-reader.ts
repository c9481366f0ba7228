import { wordAt } from "./hybrid-reader.js";
import { ParquetFault } from "./parquet-fault.js";

/**
 * Reads DELTA_BINARY_PACKED numbers: blocks of differences, bit-packed above the least of their block. Sums are made of two
 * 32-bit words. The bytes need five more behind their end.
 */
export class DeltaReader {
  private bytes: Uint8Array = new Uint8Array(0);
  private position = 0;
  private end = 0;
  private left = 0;
  private isFirst = true;
  private low = 0;
  private high = 0;
  private miniBlocks = 0;
  private perMiniBlock = 0;
  private miniBlock = 0;
  private widths = 0;
  private leastLow = 0;
  private leastHigh = 0;
  private valuesLeft = 0;
  private width = 0;
  private place = 0;
  private shift = 0;
  private readLow = 0;
  private readHigh = 0;

  /** Numbers that are still to come. */
  get remaining(): number {
    return this.left;
  }

  /** Begins with no numbers. */
  startEmpty(): void {
    this.left = 0;
  }

  /** Passes over all numbers, of which none has been read, and returns the place behind them. */
  skip(): number {
    for (this.left--; this.left > 0; this.left -= this.perMiniBlock) this.nextMiniBlock();
    this.left = 0;
    return this.position;
  }

  /** Begins with `bytes[start .. end)`. */
  start(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    const blockSize = this.unsigned();
    this.miniBlocks = this.unsigned();
    this.left = this.unsigned();
    this.signed();
    this.low = this.readLow;
    this.high = this.readHigh;
    this.isFirst = true;
    this.perMiniBlock = blockSize / this.miniBlocks;
    const isProper = this.perMiniBlock >= 8 && this.perMiniBlock % 8 === 0 && blockSize < 2 ** 28;
    if (!isProper) throw new ParquetFault("its differences are in blocks of an impossible size");
    this.miniBlock = this.miniBlocks;
    this.valuesLeft = 0;
  }

  /** Reads `count` numbers of one word or two to `target`, from word `at`. */
  read(count: number, target: Int32Array, at: number, words: number): void {
    if (count > this.left) throw new ParquetFault("its values end too early");
    for (let i = 0; i < count; i++) {
      if (this.isFirst) this.isFirst = false;
      else this.step();
      target[at] = this.low;
      if (words === 2) target[at + 1] = this.high;
      at += words;
      this.left--;
    }
  }

  private step(): void {
    if (this.valuesLeft === 0) this.nextMiniBlock();
    this.valuesLeft--;
    const { bytes, width, place, shift } = this;
    let low = this.leastLow;
    let high = this.leastHigh;
    if (width > 0) {
      const bits = wordAt(bytes, place, shift, Math.min(width, 32));
      const sum = (low >>> 0) + (bits >>> 0);
      low = sum | 0;
      if (width > 32) high += wordAt(bytes, place + 4, shift, width - 32);
      if (sum >= 2 ** 32) high++;
      const next = shift + width;
      this.place = place + (next >> 3);
      this.shift = next & 7;
    }
    const sum = (this.low >>> 0) + (low >>> 0);
    this.low = sum | 0;
    this.high = (this.high + high + (sum >= 2 ** 32 ? 1 : 0)) | 0;
  }

  private nextMiniBlock(): void {
    if (this.miniBlock === this.miniBlocks) {
      this.signed();
      this.leastLow = this.readLow;
      this.leastHigh = this.readHigh;
      this.widths = this.position;
      if (this.miniBlocks > this.end - this.position) throw new ParquetFault("its values end too early");
      this.position += this.miniBlocks;
      this.miniBlock = 0;
    }
    this.width = this.bytes[this.widths + this.miniBlock++]!;
    if (this.width > 64) throw new ParquetFault(`differences of ${this.width} bits cannot be`);
    this.valuesLeft = this.perMiniBlock;
    this.place = this.position;
    this.shift = 0;
    const needed = (Math.min(this.perMiniBlock, this.left) * this.width + 7) >> 3;
    if (needed > this.end - this.position) throw new ParquetFault("its values end too early");
    this.position = Math.min(this.end, this.position + (this.perMiniBlock * this.width) / 8);
  }

  private unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.position >= this.end) break;
      const byte = this.bytes[this.position++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new ParquetFault("its values have no proper head");
  }

  /** A zigzag number of 64 bits, to `readLow` and `readHigh`. */
  private signed(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= this.end) break;
      const byte = this.bytes[this.position++]!;
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >> 4;
      } else high |= bits << (shift - 32);
      if (byte >= 128) continue;
      const sign = -(low & 1);
      this.readLow = ((low >>> 1) | (high << 31)) ^ sign;
      this.readHigh = (high >>> 1) ^ sign;
      return;
    }
    throw new ParquetFault("its values have no proper head");
  }
}
