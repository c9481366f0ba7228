/** Bytes that are cheaper to copy than to hand over by themselves. */
const COPIED_MAX = 1024;

/** Writes the types of Kafka's protocol. */
export class ByteWriter {
  private buf: Buffer = Buffer.allocUnsafe(512);
  private length = 0;
  /** What was complete before large bytes, and those. */
  private readonly done: Uint8Array[] = [];

  /** What was written, in the pieces in which it lies in memory. */
  get pieces(): readonly Uint8Array[] {
    return [...this.done, this.buf.subarray(0, this.length)];
  }

  /** How many bytes were written. */
  get size(): number {
    return this.done.reduce((sum, { length }) => sum + length, this.length);
  }

  /** What was written, in one piece. */
  get buffer(): Buffer {
    return this.done.length === 0 ? this.buf.subarray(0, this.length) : Buffer.concat(this.pieces);
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

  /** Bytes with their length. They must stay as they are, since large ones are not copied. */
  bytes(bytes: Uint8Array): this {
    this.int32(bytes.length);
    if (bytes.length > COPIED_MAX) return this.handOver(bytes);
    this.reserve(bytes.length);
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

  private handOver(bytes: Uint8Array): this {
    this.done.push(this.buf.subarray(0, this.length), bytes);
    this.buf = Buffer.allocUnsafe(512);
    this.length = 0;
    return this;
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buf.length) return;
    const grown = Buffer.allocUnsafe((this.length + bytes) * 2);
    this.buf.copy(grown, 0, 0, this.length);
    this.buf = grown;
  }
}
