/** Bytes that are no value of their schema. */
export class MalformedValue extends Error {}

/** Walks through the bytes of values as Avro writes them. Every read is checked against the end. */
export class ByteReader {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  /** Items of lists and maps so far that took no bytes. */
  emptyItems = 0;
  /** The halves of the 64-bit number that was read last. */
  low = 0;
  high = 0;
  private view = new DataView(this.bytes.buffer);

  /** Takes other bytes. */
  open(bytes: Uint8Array): void {
    if (bytes === this.bytes) return;
    const { buffer, byteOffset, byteLength } = bytes;
    // columns refer to them: a Buffer would make its like of every value
    this.bytes = bytes.constructor === Uint8Array ? bytes : new Uint8Array(buffer, byteOffset, byteLength);
    this.view = new DataView(buffer, byteOffset, byteLength);
  }

  /** Goes to a value. */
  begin(start: number, end: number): void {
    this.at = start;
    this.end = end;
    this.emptyItems = 0;
  }

  private byte(): number {
    if (this.at >= this.end) throw new MalformedValue("the bytes end within a value");
    return this.bytes[this.at++]!;
  }

  /** Passes over some bytes, and returns where they begin. */
  take(length: number): number {
    const start = this.at;
    if (length > this.end - start) throw new MalformedValue("the bytes end within a value");
    this.at = start + length;
    return start;
  }

  /** A whole number of 32 bits: zigzag, 7 bits a byte. */
  int(): number {
    let byte = this.byte();
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 28) throw new MalformedValue("an int has more than five bytes");
      byte = this.byte();
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** A whole number of 64 bits, into `low` and `high`. */
  long(): void {
    let byte = this.byte();
    let first = byte & 0x7f;
    let second = 0;
    let third = 0;
    for (let k = 1; byte >= 0x80; k++) {
      if (k > 9) throw new MalformedValue("a long has more than ten bytes");
      byte = this.byte();
      const bits = byte & 0x7f;
      if (k < 4) first |= bits << (7 * k);
      else if (k < 8) second |= bits << (7 * k - 28);
      else third |= bits << (7 * k - 56);
    }
    const low = first | (second << 28);
    const high = (second >>> 4) | (third << 24);
    const sign = -(low & 1);
    this.low = ((low >>> 1) | (high << 31)) ^ sign;
    this.high = (high >>> 1) ^ sign;
  }

  /** A whole number of 64 bits that counts something: beyond 2^53 it is not exact. */
  count(): number {
    this.long();
    return this.high * 0x1_0000_0000 + (this.low >>> 0);
  }

  /** The length of bytes or of a text. */
  length(): number {
    const length = this.count();
    if (length < 0) throw new MalformedValue("a length is negative");
    return length;
  }

  boolean(): number {
    const byte = this.byte();
    if (byte > 1) throw new MalformedValue("a boolean is neither 0 nor 1");
    return byte;
  }

  float(): number {
    return this.view.getFloat32(this.take(4), true);
  }

  double(): number {
    return this.view.getFloat64(this.take(8), true);
  }
}
