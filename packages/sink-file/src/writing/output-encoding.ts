import { invalidOption } from "../errors.js";

/** Turns UTF-8 bytes into those of an encoding; null where they are the same. */
export type Transcode = ((bytes: Uint8Array) => Uint8Array) | null;

const decoder = new TextDecoder();

/** The conversion to the encoding that an option names. */
export function outputEncoding(name: string): Transcode {
  switch (name.toUpperCase().replaceAll("_", "-")) {
    case "UTF-8":
    case "UTF8":
      return null;
    case "ISO-8859-1":
    case "LATIN1":
      return (bytes) => single(bytes, 0xff);
    case "US-ASCII":
    case "ASCII":
      return (bytes) => single(bytes, 0x7f);
    case "UTF-16LE":
      return (bytes) => Buffer.from(decoder.decode(bytes), "utf16le");
    case "UTF-16BE":
      return (bytes) => Buffer.from(decoder.decode(bytes), "utf16le").swap16();
    default:
      throw invalidOption("encoding", name, "one of UTF-8, ISO-8859-1, US-ASCII, UTF-16LE and UTF-16BE");
  }
}

/** One byte a character; those beyond the encoding become a question mark. */
function single(bytes: Uint8Array, max: number): Uint8Array {
  return Uint8Array.from(decoder.decode(bytes), (character) => {
    const code = character.codePointAt(0)!;
    return code <= max ? code : 0x3f;
  });
}
