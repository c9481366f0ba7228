import { unknownCharset } from "../errors.js";

/** Turns UTF-8 bytes into those of another encoding. */
export interface Transcode {
  /** What files of the encoding begin with. */
  readonly mark: Uint8Array;
  convert(bytes: Uint8Array): Uint8Array;
}

const CHARSETS = "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8";
const NO_MARK = new Uint8Array(0);
// a mark that stands in a value is text
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The conversion to the encoding that an option names; null for UTF-8 itself. */
export function outputEncoding(name: string): Transcode | null {
  switch (name.toUpperCase().replaceAll("_", "-")) {
    case "UTF-8":
    case "UTF8":
      return null;
    case "ISO-8859-1":
    case "LATIN1":
      return { mark: NO_MARK, convert: (bytes) => single(bytes, 0xff) };
    case "US-ASCII":
    case "ASCII":
      return { mark: NO_MARK, convert: (bytes) => single(bytes, 0x7f) };
    case "UTF-16":
    case "UTF16":
      return { mark: Uint8Array.of(0xfe, 0xff), convert: (bytes) => utf16(bytes).swap16() };
    case "UTF-16LE":
      return { mark: NO_MARK, convert: utf16 };
    case "UTF-16BE":
      return { mark: NO_MARK, convert: (bytes) => utf16(bytes).swap16() };
    case "UTF-32":
    case "UTF32":
    case "UTF-32BE":
      return { mark: NO_MARK, convert: (bytes) => utf32(bytes, false) };
    case "UTF-32LE":
      return { mark: NO_MARK, convert: (bytes) => utf32(bytes, true) };
    default:
      throw unknownCharset(name, CHARSETS);
  }
}

/** One byte a character; those beyond the encoding become a question mark. */
function single(bytes: Uint8Array, max: number): Uint8Array {
  return Uint8Array.from(decoder.decode(bytes), (character) => {
    const code = character.codePointAt(0)!;
    return code <= max ? code : 0x3f;
  });
}

function utf16(bytes: Uint8Array): Buffer {
  return Buffer.from(decoder.decode(bytes), "utf16le");
}

function utf32(bytes: Uint8Array, isLittle: boolean): Uint8Array {
  const text = decoder.decode(bytes);
  const words = new DataView(new ArrayBuffer(4 * text.length));
  let length = 0;
  for (const character of text) {
    words.setUint32(length, character.codePointAt(0)!, isLittle);
    length += 4;
  }
  return new Uint8Array(words.buffer, 0, length);
}
