/** Reads the numbers of Kafka's protocol, most significant byte first, and the variable-length ones of records. */
export class ByteCursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  /** Behind the last byte; a read beyond it gives a number without meaning, and {@link isPastEnd} tells. */
  end = 0;

  place(bytes: Uint8Array, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Whether more was read than is there. */
  get isPastEnd(): boolean {
    return this.at > this.end;
  }

  int8(): number {
    return (this.bytes[this.at++]! << 24) >> 24;
  }

  int16(): number {
    const { bytes, at } = this;
    this.at = at + 2;
    return ((bytes[at]! << 24) >> 16) | bytes[at + 1]!;
  }

  int32(): number {
    const { bytes, at } = this;
    this.at = at + 4;
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }

  /** Exact up to 2^53, which no offset, time or producer id passes. */
  int64(): number {
    const high = this.int32();
    return high * 4294967296 + (this.int32() >>> 0);
  }

  /** A zigzag number of up to 32 bits. */
  varint(): number {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    let value = byte & 127;
    for (let shift = 7; byte >= 128 && shift < 35; shift += 7) {
      byte = bytes[this.at++]!;
      value |= (byte & 127) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** A zigzag number of up to 64 bits, exact up to 2^53. */
  varlong(): number {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    let value = byte & 127;
    for (let unit = 128; byte >= 128 && unit < 2 ** 70; unit *= 128) {
      byte = bytes[this.at++]!;
      value += (byte & 127) * unit;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A text with its length; null where that is negative. */
  nullableString(): string | null {
    const length = this.int16();
    if (length < 0) return null;
    const start = this.at;
    this.at += length;
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length).toString(
      "utf8",
      start,
      Math.min(this.at, this.end),
    );
  }

  string(): string {
    return this.nullableString() ?? "";
  }

  /** A number of the flexible versions. */
  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    return value >>> 0;
  }

  /** A text of the flexible versions; null where there is none. */
  compactString(): string | null {
    const length = this.uvarint() - 1;
    if (length < 0) return null;
    const start = this.at;
    this.at += length;
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length).toString(
      "utf8",
      start,
      Math.min(this.at, this.end),
    );
  }

  /** An array of the flexible versions; a missing one has no elements. */
  compactArray<T>(read: () => T): T[] {
    const elements: T[] = [];
    for (let left = this.uvarint() - 1; left > 0 && !this.isPastEnd; left--) elements.push(read());
    return elements;
  }

  /** Passes over tagged fields. */
  skipTags(): void {
    for (let left = this.uvarint(); left > 0 && !this.isPastEnd; left--) {
      this.uvarint();
      const size = this.uvarint();
      this.at += size;
    }
  }

  /** So many elements as stand before them; a missing array has none. */
  array<T>(read: () => T): T[] {
    const elements: T[] = [];
    for (let left = this.int32(); left > 0 && !this.isPastEnd; left--) elements.push(read());
    return elements;
  }
}
