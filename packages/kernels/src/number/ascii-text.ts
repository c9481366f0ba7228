/**
 * Short ASCII texts at the border between bytes and JavaScript strings, and the trimming that casts do: white
 * space and control characters at both ends, whichever they are.
 */

/** The first position in [start, end) that casts do not trim, or end. */
export function trimmedStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isTrimmed(bytes[at] as number)) at++;
  return at;
}

/** The end of [start, end) without the bytes that casts trim. */
export function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isTrimmed(bytes[at - 1] as number)) at--;
  return at;
}

function isTrimmed(byte: number): boolean {
  return byte <= 32 || byte === 127;
}

/** A text without what casts trim. */
export function trimText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isTrimmed(text.charCodeAt(start))) start++;
  while (end > start && isTrimmed(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Bytes as a string, one character each; right for ASCII, and never ASCII for other bytes. */
export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}

/**
 * The buffer that {@link writeAsciiText} fills, so that string versions of parsers share the byte versions'
 * code. What is in it holds until the next call.
 */
export const asciiBytes: Uint8Array = new Uint8Array(1024);

/**
 * Writes a text to {@link asciiBytes} and returns its length, or -1 when it does not fit, which no number and
 * no date-time but one with a thousand blanks or digits does. Characters beyond ASCII become 255, which neither
 * accepts.
 */
export function writeAsciiText(text: string): number {
  const length = text.length;
  if (length > asciiBytes.length) return -1;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    asciiBytes[i] = code < 128 ? code : 255;
  }
  return length;
}
