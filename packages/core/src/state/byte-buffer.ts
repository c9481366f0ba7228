/** A growing buffer of bytes, little-endian. */
export class ByteWriter {
  private bytes: Uint8Array = new Uint8Array(1024);
  private view: DataView = new DataView(this.bytes.buffer);
  private used = 0;

  get size(): number {
    return this.used;
  }

  /** Makes room for `length` bytes and returns where they begin. */
  reserve(length: number): number {
    const at = this.used;
    const needed = at + length;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, at));
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    this.used = needed;
    return at;
  }

  uint8(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  uint32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
  }

  raw(source: Uint8Array): void {
    const at = this.reserve(source.length);
    this.bytes.set(source, at);
  }

  /** The raw memory of a typed array. */
  memory(source: ArrayBufferView): void {
    this.raw(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
  }

  /** Forgets what was written, and keeps the memory if it is not more than `keptBytes`. */
  clear(keptBytes: number): void {
    this.used = 0;
    if (this.bytes.length <= keptBytes) return;
    this.bytes = new Uint8Array(1024);
    this.view = new DataView(this.bytes.buffer);
  }

  /** What was written so far, valid until the next write. */
  written(from = 0): Uint8Array {
    return this.bytes.subarray(from, this.used);
  }

  /** Writes over four bytes written before. */
  patchUint32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }
}

/** Reads what a {@link ByteWriter} wrote. Reading beyond the end throws a RangeError. */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get rest(): number {
    return this.bytes.length - this.at;
  }

  uint8(): number {
    return this.view.getUint8(this.at++);
  }

  uint32(): number {
    const value = this.view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  /** The next `length` bytes, without a copy. */
  raw(length: number): Uint8Array {
    if (length > this.rest) throw new RangeError(`${length} bytes were expected, ${this.rest} are left`);
    const part = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }

  /** The next `length` bytes in memory of their own, aligned for any typed array. */
  memory(length: number): ArrayBuffer {
    const copy = new ArrayBuffer(length);
    new Uint8Array(copy).set(this.raw(length));
    return copy;
  }
}
