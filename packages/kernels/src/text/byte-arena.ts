const encoder = new TextEncoder();

/**
 * A growable run of bytes with a write position: scratch space for unescaped strings and output being built.
 *
 * `bytes` is replaced when the arena grows; fetch it after the last append.
 */
export class ByteArena {
  /** The bytes; those before `length` are written. */
  bytes: Uint8Array;
  /** How many bytes are written. */
  length = 0;

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Forgets what is written and keeps the memory. */
  clear(): void {
    this.length = 0;
  }

  /** Makes room for `count` more bytes, which the caller then writes at `length`. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2, 64));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** Appends one byte. */
  appendByte(byte: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Appends a slice of `source`. */
  appendBytes(source: Uint8Array, start: number, length: number): void {
    this.reserve(length);
    const target = this.bytes;
    const position = this.length;
    if (length < 32) for (let i = 0; i < length; i++) target[position + i] = source[start + i];
    else target.set(source.subarray(start, start + length), position);
    this.length = position + length;
  }

  /** Appends a string as UTF-8 and returns how many bytes that took; lone surrogates become U+FFFD. */
  appendString(text: string): number {
    const before = this.length;
    this.reserve(text.length);
    const target = this.bytes;
    let position = before;
    let i = 0;
    if (text.length < 48) {
      for (; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        if (unit >= 0x80) break;
        target[position++] = unit;
      }
    }
    this.length = position;
    if (i < text.length) this.appendEncoded(i === 0 ? text : text.slice(i));
    return this.length - before;
  }

  private appendEncoded(text: string): void {
    this.reserve(text.length * 3);
    const { written } = encoder.encodeInto(text, this.bytes.subarray(this.length));
    this.length += written;
  }
}
