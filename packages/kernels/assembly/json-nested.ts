// Twin of JsonNested's columns in src/json/json-nested.ts.
import { escaped, plainEnd, scanValue, skipBlanks, stringEnd, valueKind } from "./json-scan";

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_BRACKET: u8 = 0x5b;
const OPEN_BRACE: u8 = 0x7b;

const KIND_NULL: u8 = 1;
const KIND_STRING: u8 = 2;
const KIND_STRING_ESCAPED: u8 = 3;

/** The kind of the text that `textEnd` read last. */
let textKind: u8 = 0;

/** Address of the quote that closes the string whose content begins at `start`; 0 when nothing is proven. Sets `textKind`. */
// @ts-ignore: decorator
@inline
function textEnd(start: usize, end: usize): usize {
  const plain = plainEnd(start, end);
  textKind = KIND_STRING;
  if (load<u8>(plain) == QUOTE) return plain < end ? plain : 0;
  const close = stringEnd(plain, end);
  if (escaped) textKind = KIND_STRING_ESCAPED;
  return close;
}

/**
 * Lists the elements of the arrays, or the keys and values of the objects, that stand in rows `from` to `to` of a column: those of row i
 * get the places `offsets[i]` to `offsets[i + 1]` of the lists. `open` is the mark that begins them, `kind` the kind of such rows; others
 * have none. `keyStarts` is 0 for arrays. Stops before a row whose text it cannot prove to be right, or for which the lists may have too
 * little room, and returns that row.
 */
export function jsonItems(
  base: usize,
  starts: usize,
  lengths: usize,
  kinds: usize,
  kind: u32,
  from: i32,
  to: i32,
  offsets: usize,
  valueStarts: usize,
  valueLengths: usize,
  valueKinds: usize,
  keyStarts: usize,
  keyLengths: usize,
  keyKinds: usize,
  capacity: i32,
  depthMax: i32,
): i32 {
  const open = keyStarts == 0 ? OPEN_BRACKET : OPEN_BRACE;
  let count = load<i32>(offsets + (<usize>from << 2));
  for (let row = from; row < to; row++) {
    const at = <usize>row << 2;
    if (load<u8>(kinds + <usize>row) == <u8>kind) {
      const length = load<i32>(lengths + at);
      // an item and what parts it from the next take two bytes at least
      if (length > (capacity - count - 1) << 1) return row;
      const start = base + <usize>load<i32>(starts + at);
      const end = start + <usize>length;
      const next = readItems(
        base, start, end, open, count, valueStarts, valueLengths, valueKinds, keyStarts, keyLengths, keyKinds, depthMax,
      );
      if (next < 0) return row;
      count = next;
    }
    store<i32>(offsets + at + 4, count);
  }
  return to;
}

/** Lists the items of one row from place `count` on, and returns the place behind the last; -1 when nothing is proven. */
function readItems(
  base: usize,
  start: usize,
  end: usize,
  open: u8,
  first: i32,
  valueStarts: usize,
  valueLengths: usize,
  valueKinds: usize,
  keyStarts: usize,
  keyLengths: usize,
  keyKinds: usize,
  depthMax: i32,
): i32 {
  // a closing mark is two behind the opening one
  const close = open + 2;
  let count = first;
  let p = skipBlanks(start, end);
  if (p >= end || load<u8>(p) != open) return -1;
  p = skipBlanks(p + 1, end);
  if (p >= end) return -1;
  if (load<u8>(p) == close) return count;
  while (true) {
    const at = <usize>count << 2;
    if (keyStarts != 0) {
      if (load<u8>(p) != QUOTE) return -1;
      const quote = textEnd(p + 1, end);
      if (quote == 0) return -1;
      store<i32>(keyStarts + at, <i32>(p + 1 - base));
      store<i32>(keyLengths + at, <i32>(quote - p - 1));
      store<u8>(keyKinds + <usize>count, textKind);
      p = skipBlanks(quote + 1, end);
      if (load<u8>(p) != COLON) return -1;
      p = skipBlanks(p + 1, end);
      if (p >= end) return -1;
    }
    let content = p;
    let length: i32;
    let kind: u8;
    if (load<u8>(p) == QUOTE) {
      content++;
      const quote = textEnd(content, end);
      if (quote == 0) return -1;
      length = <i32>(quote - content);
      kind = textKind;
      p = quote + 1;
    } else {
      p = scanValue(p, end, depthMax - 1);
      if (p == 0) return -1;
      kind = valueKind;
      length = kind == KIND_NULL ? -1 : <i32>(p - content);
    }
    store<i32>(valueStarts + at, <i32>(content - base));
    store<i32>(valueLengths + at, length);
    store<u8>(valueKinds + <usize>count, kind);
    count++;
    p = skipBlanks(p, end);
    if (p >= end) return -1;
    const after = load<u8>(p);
    if (after == close) return count;
    if (after != COMMA) return -1;
    p = skipBlanks(p + 1, end);
    if (p >= end) return -1;
  }
}
