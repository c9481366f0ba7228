import type { ByteArena } from "../text/byte-arena.js";

const BACKSLASH = 0x5c;
const REPLACEMENT = 0x3f;

/** What the escape letters other than `u` stand for; every other byte stands for itself. */
const MEANINGS = Uint8Array.from({ length: 256 }, (_, byte) => byte);
for (const [letter, meaning] of ["b\b", "f\f", "n\n", "r\r", "t\t"]) {
  MEANINGS[letter.charCodeAt(0)] = meaning.charCodeAt(0);
}

const HEX_VALUES = new Uint8Array(256);
for (let value = 0; value < 16; value++) {
  HEX_VALUES[value.toString(16).charCodeAt(0)] = value;
  HEX_VALUES[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/**
 * Appends the value of an escaped string (a span of kind `KIND_STRING_ESCAPED`) to the arena and returns its length
 * there.
 *
 * A `\u` escape of half a surrogate pair becomes `?`, as in Java. The escapes must be valid, as the tokeniser
 * has checked; the result is never longer than the span.
 */
export function unescapeJson(bytes: Uint8Array, start: number, length: number, arena: ByteArena): number {
  arena.reserve(length);
  const written = unescapeInto(bytes, start, length, arena.bytes, arena.length);
  arena.length += written;
  return written;
}

/** The same, but the value takes the place of the span's first bytes. */
export function unescapeJsonInPlace(bytes: Uint8Array, start: number, length: number): number {
  return unescapeInto(bytes, start, length, bytes, start);
}

/** No byte is written before it is read, so that both may be the same bytes. */
function unescapeInto(
  bytes: Uint8Array,
  start: number,
  length: number,
  target: Uint8Array,
  before: number,
): number {
  const end = start + length;
  let write = before;
  let position = start;
  while (position < end) {
    const byte = bytes[position];
    if (byte !== BACKSLASH) {
      target[write++] = byte;
      position++;
    } else if (bytes[position + 1] !== 0x75) {
      target[write++] = MEANINGS[bytes[position + 1]];
      position += 2;
    } else {
      const unit = hexUnit(bytes, position + 2);
      position += 6;
      let point = unit;
      if (unit >= 0xd800 && unit <= 0xdfff) {
        const low = lowSurrogate(bytes, position, end);
        point = unit <= 0xdbff && low >= 0 ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : REPLACEMENT;
        if (point !== REPLACEMENT) position += 6;
      }
      write = writeCodePoint(target, write, point);
    }
  }
  return write - before;
}

function hexUnit(bytes: Uint8Array, position: number): number {
  return (
    (HEX_VALUES[bytes[position]] << 12) |
    (HEX_VALUES[bytes[position + 1]] << 8) |
    (HEX_VALUES[bytes[position + 2]] << 4) |
    HEX_VALUES[bytes[position + 3]]
  );
}

/** The low surrogate that is escaped at `position`, or -1. */
function lowSurrogate(bytes: Uint8Array, position: number, end: number): number {
  if (position + 6 > end || bytes[position] !== BACKSLASH || bytes[position + 1] !== 0x75) return -1;
  const unit = hexUnit(bytes, position + 2);
  return unit >= 0xdc00 && unit <= 0xdfff ? unit : -1;
}

function writeCodePoint(target: Uint8Array, position: number, point: number): number {
  let write = position;
  if (point < 0x80) {
    target[write++] = point;
    return write;
  }
  if (point < 0x800) {
    target[write++] = 0xc0 | (point >> 6);
  } else {
    if (point < 0x10000) {
      target[write++] = 0xe0 | (point >> 12);
    } else {
      target[write++] = 0xf0 | (point >> 18);
      target[write++] = 0x80 | ((point >> 12) & 0x3f);
    }
    target[write++] = 0x80 | ((point >> 6) & 0x3f);
  }
  target[write++] = 0x80 | (point & 0x3f);
  return write;
}
