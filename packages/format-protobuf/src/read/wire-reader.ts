/** Bytes that are no message. */
export class MalformedMessage extends Error {}

/** How a value lies in a message. */
export const VARINT = 0;
export const FIXED_64 = 1;
export const LENGTH_DELIMITED = 2;
export const GROUP_START = 3;
export const GROUP_END = 4;
export const FIXED_32 = 5;

/** How deep groups of unknown fields may be nested. */
const GROUPS_MAX = 100;

/** Walks through the bytes of a message. Every read is checked against the end. */
export class WireReader {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
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

  /** Goes to a part of the bytes. */
  begin(start: number, end: number): void {
    this.at = start;
    this.end = end;
  }

  private byte(): number {
    if (this.at >= this.end) throw new MalformedMessage("a message ends within a field");
    return this.bytes[this.at++]!;
  }

  /** Passes over some bytes, and returns where they begin. */
  take(length: number): number {
    const start = this.at;
    if (length > this.end - start) throw new MalformedMessage("a message ends within a field");
    this.at = start + length;
    return start;
  }

  /** A whole number in groups of 7 bits, the lowest first: 64 bits of it, into `low` and `high`. */
  varint(): void {
    let byte = this.byte();
    let first = byte & 0x7f;
    let second = 0;
    let third = 0;
    for (let k = 1; byte >= 0x80; k++) {
      if (k > 9) throw new MalformedMessage("a number has more than ten bytes");
      byte = this.byte();
      const bits = byte & 0x7f;
      if (k < 4) first |= bits << (7 * k);
      else if (k < 8) second |= bits << (7 * k - 28);
      else third |= bits << (7 * k - 56);
    }
    this.low = first | (second << 28);
    this.high = (second >>> 4) | (third << 24);
  }

  /** The number of a field and how its value lies: `number * 8 + wire type`. */
  tag(): number {
    this.varint();
    const tag = this.low >>> 0;
    if (this.high !== 0 || tag < 8) throw new MalformedMessage("a field has no number");
    return tag;
  }

  /** The length of what comes next. */
  length(): number {
    this.varint();
    if (this.high !== 0 || this.low < 0) throw new MalformedMessage("a length is negative");
    return this.low;
  }

  fixed32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  /** 64 bits, into `low` and `high`. */
  fixed64(): void {
    const at = this.take(8);
    this.low = this.view.getInt32(at, true);
    this.high = this.view.getInt32(at + 4, true);
  }

  float(): number {
    return this.view.getFloat32(this.take(4), true);
  }

  double(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  /** Passes over the value of a field that nobody wants. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case VARINT:
        return this.varint();
      case FIXED_64:
        this.take(8);
        return;
      case LENGTH_DELIMITED:
        this.take(this.length());
        return;
      case GROUP_START:
        return this.skipGroup(tag, depth);
      case FIXED_32:
        this.take(4);
        return;
      default:
        throw new MalformedMessage("a field has no way to lie in a message");
    }
  }

  private skipGroup(tag: number, depth: number): void {
    if (depth >= GROUPS_MAX) throw new MalformedMessage("groups are nested too deep");
    const close = tag - GROUP_START + GROUP_END;
    for (;;) {
      const next = this.tag();
      if (next === close) return;
      this.skip(next, depth + 1);
    }
  }
}
