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

  /** A count, and so many elements. */
  array<T>(elements: readonly T[], write: (element: T) => void): this {
    this.int32(elements.length);
    for (const element of elements) write(element);
    return this;
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buf.length) return;
    const grown = Buffer.allocUnsafe((this.length + bytes) * 2);
    this.buf.copy(grown, 0, 0, this.length);
    this.buf = grown;
  }
}
