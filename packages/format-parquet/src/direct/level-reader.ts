import { ParquetFault } from "./parquet-fault.js";

/**
 * Reads definition levels of columns that are not nested: one bit a row, 1 where the row has a value, which is the form of
 * validity bitmaps. The bytes need one more behind their end.
 */
export class LevelReader {
  private bytes: Uint8Array = new Uint8Array(0);
  private position = 0;
  private end = 0;
  private runLeft = 0;
  private isRepeated = false;
  private repeated = 0;
  private bit = 0;

  /** Begins with runs in `bytes[start .. end)`. */
  start(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    this.runLeft = 0;
  }

  /** Begins with rows that all have a value. */
  startFull(): void {
    this.isRepeated = true;
    this.repeated = 1;
    this.runLeft = 2 ** 31;
  }

  /** Begins with bits in the old order, from the highest to the lowest of each byte. */
  startOld(bytes: Uint8Array, start: number, count: number): void {
    this.bytes = Uint8Array.from(bytes.subarray(start, start + ((count + 7) >> 3) + 1), (byte) => {
      let turned = 0;
      for (let k = 0; k < 8; k++) turned |= ((byte >> k) & 1) << (7 - k);
      return turned;
    });
    this.position = 0;
    this.end = 0;
    this.isRepeated = false;
    this.bit = 0;
    this.runLeft = count;
  }

  /** Writes `count` bits from bit `at` of `target`, which needs a byte beyond them; returns how many are set. */
  read(count: number, target: Uint8Array, at: number): number {
    let ones = 0;
    for (let left = count; left > 0; ) {
      while (this.runLeft === 0) this.nextRun();
      const n = Math.min(left, this.runLeft);
      if (this.isRepeated) {
        fillBits(target, at, n, this.repeated);
        if (this.repeated === 1) ones += n;
      } else {
        ones += copyBits(this.bytes, this.bit, target, at, n);
        this.bit += n;
      }
      this.runLeft -= n;
      left -= n;
      at += n;
    }
    return ones;
  }

  /** Every run takes bytes, also one of no rows. */
  private nextRun(): void {
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      if (this.position >= this.end || shift > 28) throw tooShort();
      const byte = this.bytes[this.position++]!;
      head += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const count = Math.floor(head / 2);
    this.isRepeated = head % 2 === 0;
    if (this.isRepeated) {
      if (this.position >= this.end) throw tooShort();
      this.repeated = this.bytes[this.position++]!;
      if (this.repeated > 1) throw new ParquetFault(`the level ${this.repeated} is above the highest, 1`);
      this.runLeft = count;
    } else {
      const available = (this.end - this.position) * 8;
      if (available === 0) throw tooShort();
      this.bit = this.position * 8;
      this.runLeft = Math.min(count * 8, available);
      this.position = Math.min(this.end, this.position + count);
    }
  }
}

function tooShort(): ParquetFault {
  return new ParquetFault("its levels end too early");
}

// Both write whole bytes; what they put behind the last bit is written over by the next call.

function fillBits(target: Uint8Array, at: number, count: number, value: number): void {
  const byte = at >> 3;
  const shift = at & 7;
  const filling = value === 1 ? 255 : 0;
  target[byte] = (target[byte]! & ((1 << shift) - 1)) | ((filling << shift) & 255);
  target.fill(filling, byte + 1, (at + count + 7) >> 3);
}

function copyBits(source: Uint8Array, from: number, target: Uint8Array, at: number, count: number): number {
  const up = at & 7;
  const down = from % 8;
  const keep = (1 << up) - 1;
  let s = Math.floor(from / 8);
  let t = at >> 3;
  let ones = 0;
  for (let left = count; left > 0; left -= 8) {
    let bits = ((source[s]! | (source[s + 1]! << 8)) >> down) & 255;
    if (left < 8) bits &= (1 << left) - 1;
    ones += ONES[bits]!;
    target[t] = (target[t]! & keep) | ((bits << up) & 255);
    target[t + 1] = bits >> (8 - up);
    s++;
    t++;
  }
  return ones;
}

const ONES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let bits = byte; bits !== 0; bits >>= 1) ones += bits & 1;
  return ones;
});
