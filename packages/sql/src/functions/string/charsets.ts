const NAMES: ReadonlySet<string> = new Set([
  "US-ASCII",
  "ISO-8859-1",
  "UTF-8",
  "UTF-16BE",
  "UTF-16LE",
  "UTF-16",
  "UTF-32",
]);

/** Whether a name, in any case, is one of a charset that `encode` and `decode` know. */
export function isCharset(name: string): boolean {
  return NAMES.has(name.toUpperCase());
}

/** The bytes of a text in a charset, or undefined where it lacks a character. */
export function encodeCharset(text: string, charset: string): Uint8Array | undefined {
  switch (charset.toUpperCase()) {
    case "US-ASCII":
      return singleBytes(text, 128);
    case "ISO-8859-1":
      return singleBytes(text, 256);
    case "UTF-16BE":
      return units(text, false);
    case "UTF-16LE":
      return units(text, true);
    case "UTF-16":
      return Uint8Array.of(0xfe, 0xff, ...units(text, false));
    case "UTF-32":
      return Uint8Array.from(
        Array.from(text).flatMap((point) => {
          const code = point.codePointAt(0)!;
          return [0, (code >> 16) & 255, (code >> 8) & 255, code & 255];
        }),
      );
    default:
      return new TextEncoder().encode(text);
  }
}

function singleBytes(text: string, limit: number): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    if (code >= limit) return undefined;
    bytes[k] = code;
  }
  return bytes;
}

function units(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let k = 0; k < text.length; k++) view.setUint16(2 * k, text.charCodeAt(k), littleEndian);
  return new Uint8Array(view.buffer);
}

/** The text of bytes in a charset, or undefined where they are malformed. */
export function decodeCharset(bytes: Uint8Array, charset: string): string | undefined {
  switch (charset.toUpperCase()) {
    case "US-ASCII":
      return bytes.every((byte) => byte < 128) ? latin(bytes) : undefined;
    case "ISO-8859-1":
      return latin(bytes);
    case "UTF-16BE":
      return fromUnits(bytes, false);
    case "UTF-16LE":
      return fromUnits(bytes, true);
    case "UTF-16": {
      const marked =
        bytes.length >= 2 &&
        ((bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0xff && bytes[1] === 0xfe));
      return fromUnits(marked ? bytes.subarray(2) : bytes, marked && bytes[0] === 0xff);
    }
    case "UTF-32":
      return fromPoints(bytes);
    default:
      return strictUtf8(bytes);
  }
}

function latin(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

function fromUnits(bytes: Uint8Array, littleEndian: boolean): string | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = "";
  for (let k = 0; k < bytes.length; k += 2) text += String.fromCharCode(view.getUint16(k, littleEndian));
  return text;
}

function fromPoints(bytes: Uint8Array): string | undefined {
  if (bytes.length % 4 !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = "";
  for (let k = 0; k < bytes.length; k += 4) {
    const point = view.getUint32(k);
    if (point > 0x10ffff) return undefined;
    text += String.fromCodePoint(point);
  }
  return text;
}

function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
