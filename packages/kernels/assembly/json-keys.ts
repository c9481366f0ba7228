import { hashSpan } from "./hash";
import {
  ENTRIES,
  ENTRY_BYTES,
  ENTRY_COUNT,
  ENTRY_MAX,
  KEY,
  KEY_BYTES,
  KEY_BYTES_END,
  KEY_LENGTH,
  KEY_LENGTH_MAX,
  KEY_TABLE,
  KEY_TABLE_MASK,
  NEXT,
  NOWHERE,
  PIECE,
  PIECE_LENGTH,
  PIECE_MAX,
  PIECE_REST,
  STARTS,
  UNKNOWN,
} from "./json-state";

/** Whether the text at `p` is the piece of an entry. */
// @ts-ignore: decorator
@inline
export function matchesPiece(entry: usize, p: usize, end: usize): bool {
  const length = load<usize>(entry, PIECE_LENGTH);
  if (length > end - p) return false;
  let same = i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(entry, PIECE)));
  if (length <= 16) return (same | load<i32>(entry, PIECE_REST)) == 0xffff;
  let at: usize = 16;
  while (true) {
    if (same != 0xffff) return false;
    same = i8x16.bitmask(i8x16.eq(v128.load(p + at), v128.load(entry + at, PIECE)));
    at += 16;
    if (length <= at) return (same | load<i32>(entry, PIECE_REST)) == 0xffff;
  }
}

/** Remembers the text from `start` to `end`, which was found right, as the piece of an entry. */
export function rememberPiece(entry: usize, start: usize, end: usize): void {
  const length = end - start;
  if (length > PIECE_MAX) {
    store<u32>(entry, 0xffffffff, PIECE_LENGTH);
    return;
  }
  for (let at: usize = 0; at < length; at += 16) v128.store(entry + at, v128.load(start + at), PIECE);
  store<usize>(entry, length, PIECE_LENGTH);
  store<u32>(entry, 0xffff & ~((2 << <u32>((length - 1) & 15)) - 1), PIECE_REST);
}

function sameBytes(a: usize, b: usize, length: usize): bool {
  let at: usize = 0;
  for (; at + 8 <= length; at += 8) if (load<u64>(a + at) != load<u64>(b + at)) return false;
  for (; at < length; at++) if (load<u8>(a + at) != load<u8>(b + at)) return false;
  return true;
}

/** The entry of a key, which is made when there is room. */
export function entryOfKey(state: usize, key: usize, length: usize): usize {
  const table = load<usize>(state, KEY_TABLE);
  const mask = load<usize>(state, KEY_TABLE_MASK);
  let slot = <usize>hashSpan(key, <i32>length, 0) & mask;
  while (true) {
    const entry = load<usize>(table + (slot << 2));
    if (entry == 0) break;
    if (load<usize>(entry, KEY_LENGTH) == length && sameBytes(load<usize>(entry, KEY), key, length)) return entry;
    slot = (slot + 1) & mask;
  }
  const entries = load<usize>(state, ENTRIES);
  if (length > KEY_LENGTH_MAX) return entries + UNKNOWN;
  const entry = addKey(state, key, length);
  if (entry != entries + UNKNOWN) store<usize>(table + (slot << 2), entry);
  return entry;
}

function addKey(state: usize, key: usize, length: usize): usize {
  const entries = load<usize>(state, ENTRIES);
  const count = load<usize>(state, ENTRY_COUNT);
  const copy = load<usize>(state, KEY_BYTES);
  if (count == load<usize>(state, ENTRY_MAX) || copy + length > load<usize>(state, KEY_BYTES_END)) {
    return entries + UNKNOWN;
  }
  for (let at: usize = 0; at < length; at++) store<u8>(copy + at, load<u8>(key + at));
  store<usize>(state, copy + length, KEY_BYTES);
  store<usize>(state, count + 1, ENTRY_COUNT);
  const entry = entries + count * ENTRY_BYTES;
  clearEntry(entry, entries);
  store<usize>(entry, copy, KEY);
  store<usize>(entry, length, KEY_LENGTH);
  return entry;
}

function clearEntry(entry: usize, entries: usize): void {
  store<u32>(entry, 0xffffffff, PIECE_LENGTH);
  store<usize>(entry, entries + NOWHERE, NEXT);
  store<usize>(entry, 0, STARTS);
}

/**
 * Makes the entries that a state begins with; its header is filled but for their count. The wanted keys lie at `keys`, their lengths,
 * as 32-bit integers, at `lengths`; they have to be distinct.
 */
export function jsonStateInit(state: usize, keys: usize, lengths: usize, wantedCount: i32): void {
  const entries = load<usize>(state, ENTRIES);
  const table = load<usize>(state, KEY_TABLE);
  const mask = load<usize>(state, KEY_TABLE_MASK);
  memory.fill(table, 0, (mask + 1) << 2);
  for (let i: usize = 0; i < 3; i++) clearEntry(entries + i * ENTRY_BYTES, entries);
  let key = keys;
  for (let i = 0; i < wantedCount; i++) {
    const entry = entries + (3 + i) * ENTRY_BYTES;
    const length = load<usize>(lengths + (<usize>i << 2));
    clearEntry(entry, entries);
    store<usize>(entry, key, KEY);
    store<usize>(entry, length, KEY_LENGTH);
    let slot = <usize>hashSpan(key, <i32>length, 0) & mask;
    while (load<usize>(table + (slot << 2)) != 0) slot = (slot + 1) & mask;
    store<usize>(table + (slot << 2), entry);
    key += length;
  }
  store<i32>(state, wantedCount + 3, ENTRY_COUNT);
}
