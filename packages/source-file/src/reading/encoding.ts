import { Utf32Transcoder } from "./utf-32.js";

/** Stands for the encoding that the first bytes of a file tell. */
export const DETECTED_ENCODING = "";

/** Bytes that tell the encoding of a JSON file. */
export const DETECTION_BYTES = 4;

/** Turns bytes of an encoding into UTF-8, piece by piece; `more` is false for the last one. */
export interface Transcoder {
  convert(piece: Uint8Array, more: boolean): Uint8Array;
}

/** Whether an encoding is that of the kernels, which need no conversion then. */
export function isUtf8(encoding: string): boolean {
  return /^(utf-?8|us-ascii|ascii)$/i.test(encoding);
}

/** Whether this platform can read an encoding. */
export function isKnownEncoding(encoding: string): boolean {
  try {
    return isUtf8(encoding) || transcoderOf(encoding) !== undefined;
  } catch {
    return false;
  }
}

/** The conversion from an encoding, by its name in Java or in browsers; a RangeError where there is none. */
export function transcoderOf(encoding: string): Transcoder {
  if (/^(iso-?8859-?1|latin-?1)$/i.test(encoding)) return new Latin1Transcoder();
  if (/^utf[-_]?16$/i.test(encoding)) return new Utf16Transcoder();
  const wide = /^utf[-_]?32([bl]e)?$/i.exec(encoding);
  if (wide !== null) return new Utf32Transcoder(wide[1]?.toLowerCase() as "be" | "le" | undefined);
  return new PlatformTranscoder(encoding);
}

/**
 * The encoding of JSON text: by its byte order mark, else by the zeros among its first bytes, as JSON begins with two characters
 * of ASCII (RFC 4627, section 3). UTF-8 where nothing else is seen.
 */
export function detectEncoding(head: Uint8Array): string {
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? "utf-32le" : "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return "utf-32be";
  const zeros = Array.from(head.subarray(0, DETECTION_BYTES), (byte) => (byte === 0 ? "0" : "x")).join("");
  return PATTERNS[zeros] ?? "utf-8";
}

/** Which of the first bytes are zero; a file of a single digit has but two of them in UTF-16. */
const PATTERNS: Readonly<Record<string, string>> = {
  "000x": "utf-32be",
  x000: "utf-32le",
  "0x0x": "utf-16be",
  x0x0: "utf-16le",
  "0x": "utf-16be",
  x0: "utf-16le",
};

const encoder = new TextEncoder();

class PlatformTranscoder implements Transcoder {
  private readonly decoder: InstanceType<typeof TextDecoder>;

  constructor(label: string) {
    this.decoder = new TextDecoder(label);
  }

  convert(piece: Uint8Array, more: boolean): Uint8Array {
    return encoder.encode(this.decoder.decode(piece, { stream: more }));
  }
}

/** What the web calls iso-8859-1 is windows-1252, so that this one is decoded apart. */
class Latin1Transcoder implements Transcoder {
  convert(piece: Uint8Array): Uint8Array {
    return encoder.encode(Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString("latin1"));
  }
}

/** Java's UTF-16: the byte order is that of the mark, and without one big-endian. */
class Utf16Transcoder implements Transcoder {
  private head: Uint8Array = new Uint8Array(0);
  private inner: Transcoder | undefined;

  convert(piece: Uint8Array, more: boolean): Uint8Array {
    if (this.inner !== undefined) return this.inner.convert(piece, more);
    const bytes = this.head.length === 0 ? piece : Uint8Array.of(...this.head, ...piece);
    if (bytes.length < 2 && more) {
      this.head = bytes.slice();
      return new Uint8Array(0);
    }
    this.inner = new PlatformTranscoder(bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-16be");
    return this.inner.convert(bytes, more);
  }
}
