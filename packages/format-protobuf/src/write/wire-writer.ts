/** A length beyond what one array can hold. */
const BYTES_MAX = 0x7fff_ffff;

/** Growing bytes, for messages. */
export class WireWriter {
  bytes: Uint8Array = new Uint8Array(1024);
  used = 0;
  private view = new DataView(this.bytes.buffer);

  /** Forgets what was written. */
  reset(): void {
    this.used = 0;
  }

  private ensure(extra: number): number {
    const { used } = this;
    const needed = used + extra;
    if (needed > this.bytes.length) {
      if (needed > BYTES_MAX) throw new RangeError("a batch of messages is larger than 2 GiB");
      const larger = new Uint8Array(Math.min(Math.max(needed, this.bytes.length * 2), BYTES_MAX));
      larger.set(this.bytes.subarray(0, used));
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    this.used = needed;
    return used;
  }

  byte(value: number): void {
    const at = this.ensure(1);
    this.bytes[at] = value;
  }

  /** A whole number from 0 on, in groups of 7 bits. */
  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** A number of 64 bits by its halves, in groups of 7 bits. */
  varint(low: number, high: number): void {
    let first = low;
    let second = high;
    while (second !== 0 || first >>> 0 >= 0x80) {
      this.byte((first & 0x7f) | 0x80);
      first = (first >>> 7) | (second << 25);
      second >>>= 7;
    }
    this.byte(first);
  }

  fixed32(value: number): void {
    const at = this.ensure(4);
    this.view.setInt32(at, value, true);
  }

  fixed64(low: number, high: number): void {
    const at = this.ensure(8);
    this.view.setInt32(at, low, true);
    this.view.setInt32(at + 4, high, true);
  }

  float(value: number): void {
    const at = this.ensure(4);
    this.view.setFloat32(at, value, true);
  }

  double(value: number): void {
    const at = this.ensure(8);
    this.view.setFloat64(at, value, true);
  }

  raw(source: Uint8Array, start: number, length: number): void {
    const at = this.ensure(length);
    const { bytes } = this;
    if (length <= 32) for (let k = 0; k < length; k++) bytes[at + k] = source[start + k]!;
    else bytes.set(source.subarray(start, start + length), at);
  }

  /** Begins something whose length stands before it, and returns what `close` wants. */
  open(): number {
    return this.ensure(1);
  }

  /** Ends what `open` began: puts the length before it, and makes room where that takes more than a byte. */
  close(at: number): void {
    const length = this.used - at - 1;
    let extra = 0;
    for (let rest = length >>> 7; rest > 0; rest >>>= 7) extra++;
    if (extra > 0) {
      this.ensure(extra);
      this.bytes.copyWithin(at + 1 + extra, at + 1, at + 1 + length);
    }
    let rest = length;
    for (let k = 0; k < extra; k++) {
      this.bytes[at + k] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[at + extra] = rest;
  }
}
