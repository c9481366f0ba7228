const REPLACEMENT = 0xfffd;
const MARK = 0xfeff;
const REVERSED_MARK = 0xfffe0000;

/**
 * UTF-32 to UTF-8. Without a given byte order it is that of the mark, and without one big-endian. A mark at the beginning is no text;
 * what is no character becomes U+FFFD.
 */
export class Utf32Transcoder {
  private order: "be" | "le" | undefined;
  private isFirst = true;
  private readonly rest = new Uint8Array(4);
  private restLength = 0;

  constructor(order: "be" | "le" | undefined) {
    this.order = order;
  }

  convert(piece: Uint8Array, more: boolean): Uint8Array {
    const { rest, restLength } = this;
    const bytes = new Uint8Array(restLength + piece.length);
    bytes.set(rest.subarray(0, restLength));
    bytes.set(piece, restLength);
    const whole = bytes.length & ~3;
    // no character takes more bytes in UTF-8; one that is cut off takes three
    const text = new Uint8Array(whole + 3);
    let length = this.characters(bytes, whole, text);
    this.restLength = bytes.length - whole;
    rest.set(bytes.subarray(whole));
    if (!more && this.restLength > 0) {
      length = appendUtf8(REPLACEMENT, text, length);
      this.restLength = 0;
    }
    return text.subarray(0, length);
  }

  private characters(bytes: Uint8Array, end: number, text: Uint8Array): number {
    const words = new DataView(bytes.buffer);
    let at = 0;
    if (this.isFirst && end > 0) {
      this.isFirst = false;
      const first = words.getUint32(0);
      this.order ??= first === REVERSED_MARK ? "le" : "be";
      if (words.getUint32(0, this.order === "le") === MARK) at = 4;
    }
    const isLittle = this.order === "le";
    let length = 0;
    for (; at < end; at += 4) length = appendUtf8(words.getUint32(at, isLittle), text, length);
    return length;
  }
}

function appendUtf8(code: number, text: Uint8Array, at: number): number {
  let k = at;
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return appendUtf8(REPLACEMENT, text, at);
  if (code < 0x80) {
    text[k++] = code;
    return k;
  }
  if (code < 0x800) text[k++] = 0xc0 | (code >> 6);
  else {
    if (code < 0x10000) text[k++] = 0xe0 | (code >> 12);
    else {
      text[k++] = 0xf0 | (code >> 18);
      text[k++] = 0x80 | ((code >> 12) & 63);
    }
    text[k++] = 0x80 | ((code >> 6) & 63);
  }
  text[k++] = 0x80 | (code & 63);
  return k;
}
