/** A length beyond what one array can hold. */
const BYTES_MAX = 0x7fff_ffff;

/** Growing bytes, for values as Avro writes them. */
export class ByteWriter {
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

  /** A whole number of 32 bits: zigzag, 7 bits a byte. */
  int(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** A whole number of 64 bits by its halves. */
  long(low: number, high: number): void {
    const sign = high >> 31;
    let first = (low << 1) ^ sign;
    let second = ((high << 1) | (low >>> 31)) ^ sign;
    while (second !== 0 || first >>> 0 >= 0x80) {
      this.byte((first & 0x7f) | 0x80);
      first = (first >>> 7) | (second << 25);
      second >>>= 7;
    }
    this.byte(first);
  }

  /** A number of 32 bits as it lies in memory, the lowest byte first. */
  float(value: number): void {
    const at = this.ensure(4);
    this.view.setFloat32(at, value, true);
  }

  /** A number of 64 bits as it lies in memory, the lowest byte first. */
  double(value: number): void {
    const at = this.ensure(8);
    this.view.setFloat64(at, value, true);
  }

  /** Bytes without their length. */
  raw(source: Uint8Array, start: number, length: number): void {
    const at = this.ensure(length);
    const { bytes } = this;
    if (length <= 32) for (let k = 0; k < length; k++) bytes[at + k] = source[start + k]!;
    else bytes.set(source.subarray(start, start + length), at);
  }

  /** Bytes or a text, with their length before them. */
  sized(source: Uint8Array, start: number, length: number): void {
    this.int(length);
    this.raw(source, start, length);
  }
}
