/** Writes the types of Kafka's protocol, in the form in which the connection takes a request's body. */
export class ByteWriter {
  /** The buffer with its room at the end. */
  buf: Buffer = Buffer.allocUnsafe(512);
  private length = 0;

  /** What was written. */
  get buffer(): Buffer {
    return this.buf.subarray(0, this.length);
  }

  int8(value: number): this {
    this.reserve(1);
    this.length = this.buf.writeInt8(value, this.length);
    return this;
  }

  int16(value: number): this {
    this.reserve(2);
    this.length = this.buf.writeInt16BE(value, this.length);
    return this;
  }

  int32(value: number): this {
    this.reserve(4);
    this.length = this.buf.writeInt32BE(value, this.length);
    return this;
  }

  int64(value: number): this {
    return this.int32(Math.floor(value / 4294967296)).int32(value | 0);
  }

  string(text: string): this {
    const bytes = Buffer.byteLength(text);
    this.int16(bytes).reserve(bytes);
    this.length += this.buf.write(text, this.length);
    return this;
  }

  nullableString(text: string | null): this {
    return text === null ? this.int16(-1) : this.string(text);
  }

  /** Bytes with their length. */
  bytes(bytes: Uint8Array): this {
    this.int32(bytes.length).reserve(bytes.length);
    this.buf.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  /** A number of the flexible versions: seven bits a byte, the lowest first. */
  uvarint(value: number): this {
    let rest = value >>> 0;
    for (; rest > 127; rest >>>= 7) this.int8(((rest | 128) << 24) >> 24);
    return this.int8(rest);
  }

  /** A text of the flexible versions; null where there is none. */
  compactString(text: string | null): this {
    if (text === null) return this.uvarint(0);
    const bytes = Buffer.byteLength(text);
    this.uvarint(bytes + 1).reserve(bytes);
    this.length += this.buf.write(text, this.length);
    return this;
  }

  /** An array of the flexible versions; null where there is none. */
  compactArray<T>(elements: readonly T[] | null, write: (element: T) => void): this {
    this.uvarint(elements === null ? 0 : elements.length + 1);
    for (const element of elements ?? []) write(element);
    return this;
  }

  /** No tagged fields, with which everything of the flexible versions ends: the head of a request, each struct, the body. */
  noTags(): this {
    return this.int8(0);
  }

  /** A count, and so many elements. */
  array<T>(elements: readonly T[], write: (element: T) => void): this {
    this.int32(elements.length);
    for (const element of elements) write(element);
    return this;
  }

  /** Makes room for so many bytes more. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.buf.length) return;
    const grown = Buffer.allocUnsafe((this.length + bytes) * 2);
    this.buf.copy(grown, 0, 0, this.length);
    this.buf = grown;
  }
}
