// Twin of JsonTokenizer.tokenize in src/json/json-tokenizer.ts.
import { entryOfKey, matchesPiece, rememberPiece } from "./json-keys";
import { escaped, plainEnd, scanValue, skipBlanks, stringEnd, valueKind } from "./json-scan";
import {
  CAPACITY,
  DEPTH_MAX,
  ENTRIES,
  ENTRY_BYTES,
  ERROR_OFFSETS,
  KINDS,
  LENGTHS,
  LINE,
  LINE_OFFSETS,
  NEXT,
  PIECE_LENGTH,
  POSITION,
  RECORD_ENDS,
  RECORD_STARTS,
  ROOT,
  STARTS,
  STATUSES,
  TOKEN_COUNTS,
  UNKNOWN,
  WANTED,
  WANTED_COUNT,
} from "./json-state";

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_BRACE: u8 = 0x7b;
const CLOSE_BRACE: u8 = 0x7d;

const KIND_NULL: u8 = 1;
const KIND_STRING: u8 = 2;
const KIND_STRING_ESCAPED: u8 = 3;
const KIND_OBJECT: u8 = 9;

/** How many rows are prepared at a time. */
const STEP: i32 = 16;

/** Makes all fields of the next rows missing and their records good; returns the first row that is not prepared. */
function clearRows(state: usize, row: i32): i32 {
  const until = min(row + STEP, load<i32>(state, CAPACITY));
  const count = load<i32>(state, WANTED_COUNT);
  let entry = load<usize>(state, ENTRIES) + WANTED;
  const kinds = load<usize>(state, STATUSES);
  const offsets = load<usize>(state, ERROR_OFFSETS);
  const tokens = load<usize>(state, TOKEN_COUNTS);
  for (let column = 0; column < count; column++, entry += ENTRY_BYTES) {
    fillRows(load<usize>(entry, LENGTHS), -1, row, until);
    fillKinds(load<usize>(entry, KINDS), row, until);
  }
  fillRows(offsets, -1, row, until);
  fillRows(tokens, 0, row, until);
  fillKinds(kinds, row, until);
  return until;
}

// @ts-ignore: decorator
@inline
function fillRows(array: usize, value: i32, row: i32, until: i32): void {
  const at = array + (<usize>row << 2);
  if (until - row == STEP) {
    const values = i32x4.splat(value);
    v128.store(at, values);
    v128.store(at, values, 16);
    v128.store(at, values, 32);
    v128.store(at, values, 48);
  } else {
    for (let i = 0; i < until - row; i++) store<i32>(at + (<usize>i << 2), value);
  }
}

// @ts-ignore: decorator
@inline
function fillKinds(array: usize, row: i32, until: i32): void {
  if (until - row == STEP) v128.store(array + <usize>row, i8x16.splat(0));
  else for (let i = row; i < until; i++) store<u8>(array + <usize>i, 0);
}

/** Address of the first line end, or `end`. */
function findLineEnd(position: usize, end: usize): usize {
  let p = position;
  while (p < end) {
    const byte = load<u8>(p);
    if (byte == LF || byte == CR) return p;
    p++;
  }
  return end;
}

/** Address behind the line end at `p`. */
// @ts-ignore: decorator
@inline
function behindLineEnd(p: usize, end: usize): usize {
  if (p >= end) return end;
  return load<u8>(p) == CR && p + 1 < end && load<u8>(p + 1) == LF ? p + 2 : p + 1;
}

/** Address of the value of a member whose text was not guessed. */
let learnedValue: usize = 0;
/** Address behind the closing brace, when there was no member but the end of the object. */
let closedBy: usize = 0;

/**
 * Reads what stands between the value of `entry` (or the opening brace, when it is the root) and the next value, from `position`
 * on, and learns it. Returns the entry of the next member and sets `learnedValue`; 0 when the object is closed, and
 * `closedBy` set, or when nothing is proven, and `closedBy` 0.
 */
function learnMember(state: usize, entry: usize, position: usize, end: usize): usize {
  const entries = load<usize>(state, ENTRIES);
  closedBy = 0;
  let p = skipBlanks(position, end);
  // behind a comma a closing brace would be an error
  if (entry == entries + ROOT) p = skipBlanks(p + 1, end);
  if (load<u8>(p) == CLOSE_BRACE) {
    if (p < end) closedBy = p + 1;
    return 0;
  }
  if (entry != entries + ROOT) {
    if (load<u8>(p) != COMMA) return 0;
    p = skipBlanks(p + 1, end);
  }
  if (load<u8>(p) != QUOTE) return 0;
  const close = stringEnd(p + 1, end);
  if (close == 0 || escaped) return 0;
  const colon = skipBlanks(close + 1, end);
  if (load<u8>(colon) != COLON) return 0;
  const value = skipBlanks(colon + 1, end);
  if (value >= end) return 0;
  const next = entryOfKey(state, p + 1, close - p - 1);
  if (next != entries + UNKNOWN) rememberPiece(next, position, value);
  store<usize>(entry, next, NEXT);
  learnedValue = value;
  return next;
}

/** Reads the object whose opening brace is at `position` into a row; returns the address behind it, or 0. */
function readObject(state: usize, base: usize, position: usize, end: usize, row: i32): usize {
  let entry = load<usize>(state, ENTRIES) + ROOT;
  let p = position;
  while (true) {
    let value: usize;
    const guess = load<usize>(entry, NEXT);
    if (matchesPiece(guess, p, end)) {
      value = p + load<usize>(guess, PIECE_LENGTH);
      entry = guess;
    } else {
      entry = learnMember(state, entry, p, end);
      if (entry == 0) return closedBy;
      value = learnedValue;
    }
    let start = value;
    let length: i32;
    let kind: u8;
    if (load<u8>(value) == QUOTE) {
      start++;
      let close = plainEnd(start, end);
      kind = KIND_STRING;
      if (load<u8>(close) != QUOTE) {
        close = stringEnd(close, end);
        if (close == 0) return 0;
        if (escaped) kind = KIND_STRING_ESCAPED;
      }
      length = <i32>(close - start);
      p = close + 1;
    } else {
      p = scanValue(value, end, load<i32>(state, DEPTH_MAX) - 1);
      if (p == 0) return 0;
      kind = valueKind;
      length = kind == KIND_NULL ? -1 : <i32>(p - start);
    }
    if (p >= end) return 0;
    const starts = load<usize>(entry, STARTS);
    if (starts != 0) {
      const at = <usize>row << 2;
      store<i32>(starts + at, <i32>(start - base));
      store<i32>(load<usize>(entry, LENGTHS) + at, length);
      store<u8>(load<usize>(entry, KINDS) + <usize>row, kind);
    }
    if (load<u8>(p) == CLOSE_BRACE) return p + 1;
  }
}

/**
 * Tokenises lines from `position` to `limit`, offsets from `base`, into rows from `row` to `rowLimit` of the table that the state
 * points to, and returns the next row. It stops at the start of a record that it cannot prove to be right, which may well be right.
 * The position and the number of lines are left in the state.
 */
export function jsonRecords(
  state: usize,
  base: usize,
  position: i32,
  limit: i32,
  firstRow: i32,
  rowLimit: i32,
  firstLine: i32,
): i32 {
  const end = base + <usize>limit;
  const recordStarts = load<usize>(state, RECORD_STARTS);
  const recordEnds = load<usize>(state, RECORD_ENDS);
  const lineOffsets = load<usize>(state, LINE_OFFSETS);
  let p = base + <usize>position;
  let row = firstRow;
  let line = firstLine;
  let cleared = row;
  while (p < end && row < rowLimit) {
    const start = p;
    let brace = p;
    if (load<u8>(p) != OPEN_BRACE) {
      brace = skipBlanks(p, end);
      const byte = load<u8>(brace);
      if (brace >= end || byte == LF || byte == CR) {
        p = behindLineEnd(brace, end);
        line++;
        continue;
      }
      if (byte != OPEN_BRACE) break;
    }
    if (row >= cleared) cleared = clearRows(state, row);
    let lineEnd = readObject(state, base, brace, end, row);
    if (lineEnd == 0) break;
    if (lineEnd >= end || load<u8>(lineEnd) != LF) lineEnd = findLineEnd(lineEnd, end);
    const at = <usize>row << 2;
    store<i32>(recordStarts + at, <i32>(start - base));
    store<i32>(recordEnds + at, <i32>(lineEnd - base));
    store<i32>(lineOffsets + at, line);
    row++;
    line++;
    p = behindLineEnd(lineEnd, end);
  }
  store<i32>(state, <i32>(p - base), POSITION);
  store<i32>(state, line, LINE);
  return row;
}

/**
 * Reads the objects in rows `from` to `to` of a column, offsets from `base`, into the same rows of the table that the state points to; rows
 * of other kinds have no fields. Stops before an object that it cannot prove to be right, and returns that row.
 */
export function jsonObjects(
  state: usize,
  base: usize,
  starts: usize,
  lengths: usize,
  kinds: usize,
  from: i32,
  to: i32,
): i32 {
  const recordStarts = load<usize>(state, RECORD_STARTS);
  const recordEnds = load<usize>(state, RECORD_ENDS);
  const lineOffsets = load<usize>(state, LINE_OFFSETS);
  let cleared = from;
  for (let row = from; row < to; row++) {
    if (row >= cleared) cleared = clearRows(state, row);
    const at = <usize>row << 2;
    const start = load<i32>(starts + at);
    let end = start;
    if (load<u8>(kinds + <usize>row) == KIND_OBJECT) {
      end += load<i32>(lengths + at);
      const until = base + <usize>end;
      const brace = skipBlanks(base + <usize>start, until);
      if (start >= end || load<u8>(brace) != OPEN_BRACE) return row;
      if (readObject(state, base, brace, until, row) == 0) return row;
    }
    store<i32>(recordStarts + at, start);
    store<i32>(recordEnds + at, end);
    store<i32>(lineOffsets + at, 0);
  }
  return to;
}

/**
 * Reads the object that stands between two offsets from `base` into a row of the table that the state points to: the fields alone,
 * whether they are there or not. Returns 0 where it cannot prove the object to be right.
 */
export function jsonObject(state: usize, base: usize, start: i32, end: i32, row: i32): i32 {
  const until = base + <usize>end;
  const brace = skipBlanks(base + <usize>start, until);
  if (start >= end || load<u8>(brace) != OPEN_BRACE) return 0;
  const count = load<i32>(state, WANTED_COUNT);
  let entry = load<usize>(state, ENTRIES) + WANTED;
  for (let column = 0; column < count; column++, entry += ENTRY_BYTES) {
    store<i32>(load<usize>(entry, LENGTHS) + (<usize>row << 2), -1);
    store<u8>(load<usize>(entry, KINDS) + <usize>row, 0);
  }
  return readObject(state, base, brace, until, row) == 0 ? 0 : 1;
}
