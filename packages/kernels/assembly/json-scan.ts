// Reads single JSON values. Every function returns the address behind what it read, or 0 where it cannot prove that the text is
// right: then the twin, src/json/json-scanner.ts, decides. Bytes up to 32 behind `end` may be loaded; what they hold never makes
// a wrong record right, because the brace that closes the record has to lie before `end`.
import { NESTING_MAX, nesting } from "./json-state";

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const BACKSLASH: u8 = 0x5c;
const OPEN_BRACKET: u8 = 0x5b;
const CLOSE_BRACKET: u8 = 0x5d;
const OPEN_BRACE: u8 = 0x7b;
const CLOSE_BRACE: u8 = 0x7d;

const KIND_NULL: u8 = 1;
const KIND_INTEGER: u8 = 4;
const KIND_FLOAT: u8 = 5;
const KIND_TRUE: u8 = 7;
const KIND_FALSE: u8 = 8;
const KIND_OBJECT: u8 = 9;
const KIND_ARRAY: u8 = 10;

/** Whether the string that was read last has escapes. */
export let escaped: bool = false;
/** The kind of the value that `scanValue` read last. */
export let valueKind: u8 = 0;

/** Address of the first byte that is no space or tab. */
// @ts-ignore: decorator
@inline
export function skipBlanks(position: usize, end: usize): usize {
  let p = position;
  let byte = load<u8>(p);
  while ((byte == 0x20 || byte == 0x09) && p < end) byte = load<u8>(++p);
  return p;
}

/** A bit for each of 16 bytes that is a quote, a backslash, a control character or beyond ASCII. */
// @ts-ignore: decorator
@inline
function stringStops(p: usize): i32 {
  const bytes = v128.load(p);
  const marks = v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c)));
  // as signed numbers, bytes beyond ASCII are below the space too
  return i8x16.bitmask(v128.or(marks, i8x16.lt_s(bytes, i8x16.splat(0x20))));
}

/** Address of the first byte of a string, at or behind `position`, that is not plain; perhaps some bytes behind `end`. */
// @ts-ignore: decorator
@inline
export function plainEnd(position: usize, end: usize): usize {
  let p = position;
  let stops = stringStops(p);
  while (stops == 0) {
    p += 16;
    if (p >= end) return p;
    stops = stringStops(p);
  }
  return p + ctz(stops);
}

/** Size of the well-formed UTF-8 sequence beyond ASCII at `p`; 0 when there is none. */
function sequenceSize(p: usize): usize {
  const lead = load<u8>(p);
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const second = load<u8>(p + 1);
  if ((second & 0xc0) != 0x80) return 0;
  if (lead < 0xe0) return 2;
  if ((load<u8>(p + 2) & 0xc0) != 0x80) return 0;
  if (lead < 0xf0) return (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ? 0 : 3;
  if ((load<u8>(p + 3) & 0xc0) != 0x80) return 0;
  return (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f) ? 0 : 4;
}

// @ts-ignore: decorator
@inline
function isHexDigit(byte: u8): bool {
  return <u8>(byte - 0x30) < 10 || <u8>((byte | 0x20) - 0x61) < 6;
}

/** Address behind the escape at `p`. */
function escapeEnd(p: usize): usize {
  const byte = load<u8>(p + 1);
  if (byte == 0x75) {
    for (let i: usize = 2; i < 6; i++) if (!isHexDigit(load<u8>(p + i))) return 0;
    return p + 6;
  }
  const isEscape =
    byte == QUOTE ||
    byte == BACKSLASH ||
    byte == 0x2f ||
    byte == 0x62 ||
    byte == 0x66 ||
    byte == 0x6e ||
    byte == 0x72 ||
    byte == 0x74;
  return isEscape ? p + 2 : 0;
}

/** Address of the quote that closes a string, from an address within it; sets `escaped`. */
export function stringEnd(position: usize, end: usize): usize {
  let p = position;
  escaped = false;
  while (true) {
    p = plainEnd(p, end);
    if (p >= end) return 0;
    const byte = load<u8>(p);
    if (byte == QUOTE) return p;
    if (byte == BACKSLASH) {
      escaped = true;
      p = escapeEnd(p);
      if (p == 0) return 0;
    } else {
      if (byte < 0x80) return 0;
      do {
        const size = sequenceSize(p);
        if (size == 0) return 0;
        p += size;
      } while (load<u8>(p) >= 0x80 && p < end);
    }
    if (p >= end) return 0;
  }
}

// @ts-ignore: decorator
@inline
function digitsEnd(position: usize, end: usize): usize {
  let p = position;
  while (<u8>(load<u8>(p) - 0x30) < 10 && p < end) p++;
  return p;
}

function numberEnd(position: usize, end: usize): usize {
  const digits = load<u8>(position) == 0x2d ? position + 1 : position;
  let p = digitsEnd(digits, end);
  if (p == digits || (load<u8>(digits) == 0x30 && p > digits + 1)) return 0;
  valueKind = KIND_INTEGER;
  let byte = load<u8>(p);
  if (byte == 0x2e) {
    valueKind = KIND_FLOAT;
    const fraction = p + 1;
    p = digitsEnd(fraction, end);
    if (p == fraction) return 0;
    byte = load<u8>(p);
  }
  if ((byte | 0x20) == 0x65) {
    valueKind = KIND_FLOAT;
    byte = load<u8>(p + 1);
    const exponent = byte == 0x2b || byte == 0x2d ? p + 2 : p + 1;
    p = digitsEnd(exponent, end);
    if (p == exponent) return 0;
  }
  return p;
}

/** Reads a value that is neither string, object nor array; what follows it is looked at by the caller. */
// @ts-ignore: decorator
@inline
function scalarEnd(position: usize, end: usize): usize {
  const byte = load<u8>(position);
  if (<u8>(byte - 0x30) < 10 || byte == 0x2d) return numberEnd(position, end);
  const word = load<u32>(position);
  if (word == 0x6c6c756e) {
    valueKind = KIND_NULL;
    return position + 4;
  }
  if (word == 0x65757274) {
    valueKind = KIND_TRUE;
    return position + 4;
  }
  if (word == 0x736c6166 && load<u8>(position + 4) == 0x65) {
    valueKind = KIND_FALSE;
    return position + 5;
  }
  return 0;
}

/** Address of the value of the member whose key begins at `position`. */
// @ts-ignore: decorator
@inline
function memberValue(position: usize, end: usize): usize {
  if (load<u8>(position) != QUOTE) return 0;
  const close = stringEnd(position + 1, end);
  if (close == 0) return 0;
  const colon = skipBlanks(close + 1, end);
  return load<u8>(colon) == COLON ? skipBlanks(colon + 1, end) : 0;
}

/** Reads an object or an array, keeping only whether each open level is an object. */
function containerEnd(position: usize, end: usize, depthMax: i32): usize {
  const limit = min(depthMax, NESTING_MAX - 1);
  let depth = 0;
  let p = position;
  // every round reads one value, whose first byte is at `p`
  while (true) {
    if (p >= end) return 0;
    const byte = load<u8>(p);
    if (byte == OPEN_BRACE || byte == OPEN_BRACKET) {
      if (++depth > limit) return 0;
      store<u8>(nesting + <usize>depth, byte);
      p = skipBlanks(p + 1, end);
      // a closing mark is two behind the opening one
      if (load<u8>(p) != byte + 2) {
        if (byte == OPEN_BRACE) p = memberValue(p, end);
        if (p == 0) return 0;
        continue;
      }
    } else {
      if (byte == QUOTE) {
        p = stringEnd(p + 1, end);
        if (p == 0) return 0;
        p++;
      } else {
        p = scalarEnd(p, end);
        if (p == 0) return 0;
      }
      p = skipBlanks(p, end);
    }
    while (true) {
      const after = load<u8>(p);
      if (after == COMMA) break;
      if (after != load<u8>(nesting + <usize>depth) + 2 || p >= end) return 0;
      p++;
      if (--depth == 0) return p;
      p = skipBlanks(p, end);
    }
    p = skipBlanks(p + 1, end);
    if (load<u8>(nesting + <usize>depth) == OPEN_BRACE) {
      p = memberValue(p, end);
      if (p == 0) return 0;
    }
  }
}

/** Reads a value that is no string; sets `valueKind`. `depthMax` says how deep it may be nested. */
export function scanValue(position: usize, end: usize, depthMax: i32): usize {
  const byte = load<u8>(position);
  if (byte != OPEN_BRACE && byte != OPEN_BRACKET) return scalarEnd(position, end);
  const behind = containerEnd(position, end, depthMax);
  valueKind = byte == OPEN_BRACE ? KIND_OBJECT : KIND_ARRAY;
  return behind;
}
