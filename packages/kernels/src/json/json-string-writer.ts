import type { ByteArena } from "../text/byte-arena.js";
import { utf8SequenceLength } from "../text/utf8.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DIGITS = Uint8Array.from("0123456789ABCDEF", (digit) => digit.charCodeAt(0));

/** For each byte: 0 when it stands for itself, the letter of its short escape, or `u`. */
const ESCAPES = new Uint8Array(256);
ESCAPES.fill(0x75, 0, 0x20);
for (const [meaning, letter] of ["\bb", "\ff", "\nn", "\rr", "\tt", '""', "\\\\"]) {
  ESCAPES[meaning.charCodeAt(0)] = letter.charCodeAt(0);
}

/**
 * Appends UTF-8 text as a JSON string with its quotes.
 *
 * Escaped are quotes, backslashes and control characters; with `asciiOnly` (Spark's
 * `writeNonAsciiCharacterAsCodePoint`) also everything beyond ASCII, as `\u` escapes. The text must be UTF-8.
 */
export function writeJsonString(
  bytes: Uint8Array,
  start: number,
  length: number,
  arena: ByteArena,
  asciiOnly = false,
): void {
  // No byte takes more than six in the output.
  arena.reserve(length * 6 + 2);
  const target = arena.bytes;
  const end = start + length;
  let write = arena.length;
  target[write++] = QUOTE;
  let position = start;
  while (position < end) {
    const byte = bytes[position];
    const escape = ESCAPES[byte];
    if (escape === 0 && (byte < 0x80 || !asciiOnly)) {
      target[write++] = byte;
      position++;
    } else if (byte >= 0x80) {
      const size = Math.max(utf8SequenceLength(bytes, position, end), 1);
      write = writeEscapedPoint(target, write, codePoint(bytes, position, size));
      position += size;
    } else if (escape === 0x75) {
      write = writeUnit(target, write, byte);
      position++;
    } else {
      target[write++] = BACKSLASH;
      target[write++] = escape;
      position++;
    }
  }
  target[write++] = QUOTE;
  arena.length = write;
}

function codePoint(bytes: Uint8Array, position: number, size: number): number {
  if (size === 1) return 0xfffd;
  let point = bytes[position] & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) point = (point << 6) | (bytes[position + i] & 0x3f);
  return point;
}

function writeEscapedPoint(target: Uint8Array, position: number, point: number): number {
  if (point < 0x10000) return writeUnit(target, position, point);
  const above = point - 0x10000;
  const behind = writeUnit(target, position, 0xd800 + (above >> 10));
  return writeUnit(target, behind, 0xdc00 + (above & 0x3ff));
}

function writeUnit(target: Uint8Array, position: number, unit: number): number {
  target[position] = BACKSLASH;
  target[position + 1] = 0x75;
  target[position + 2] = DIGITS[(unit >> 12) & 15];
  target[position + 3] = DIGITS[(unit >> 8) & 15];
  target[position + 4] = DIGITS[(unit >> 4) & 15];
  target[position + 5] = DIGITS[unit & 15];
  return position + 6;
}
