import { matchLength } from "./block-bytes";

const TABLE_BITS: u32 = 14;
const OFFSET_MAX: usize = 65535;
const REPEAT_MIN: u32 = 4;
/** The last bytes of a block stand as they are, and the last repetition begins some more before. */
const LITERAL_TAIL: usize = 5;
const SEARCH_TAIL: usize = 12;

@inline
function slotOf(table: usize, word: u32): usize {
  return table + (((word * 0x9e3779b1) >> (32 - TABLE_BITS)) as usize << 2);
}

/** The part of a length that is beyond the 15 in the token. */
function furtherLength(target: usize, length: u32): usize {
  let d = target;
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) store<u8>(d++, 255);
  store<u8>(d++, rest);
  return d;
}

/** Writes bytes as they are, behind a token whose lower half is 0. Steps are 16 bytes wide. */
function literals(target: usize, from: usize, length: u32): usize {
  let d = target + 1;
  store<u8>(target, min<u32>(length, 15) << 4);
  if (length >= 15) d = furtherLength(d, length);
  if (length <= 64) {
    v128.store(d, v128.load(from));
    for (let k: u32 = 16; k < length; k += 16) v128.store(d + k, v128.load(from + k));
  } else memory.copy(d, from, length);
  return d + length;
}

/**
 * Compresses bytes to one LZ4 block and returns where it ends. `table` has 64 KB. Input and output need 16 readable and writable
 * bytes behind their ends; the output takes at most a 255th more than the input and 16.
 */
export function lz4Compress(source: usize, end: usize, target: usize, table: usize): usize {
  let d = target;
  let emitted = source;
  if (end - source > SEARCH_TAIL) {
    memory.fill(table, 0, (4 as usize) << TABLE_BITS);
    const last = end - SEARCH_TAIL;
    let s = source + 1;
    // the longer nothing repeats, the wider the steps
    let skip: u32 = 64;
    while (s <= last) {
      const word = load<u32>(s);
      const slot = slotOf(table, word);
      const candidate = source + (load<u32>(slot) as usize);
      store<u32>(slot, (s - source) as u32);
      if (load<u32>(candidate) != word || s - candidate > OFFSET_MAX) {
        s += skip >> 6;
        skip++;
        continue;
      }
      skip = 64;
      const length = matchLength(s, candidate, end - LITERAL_TAIL);
      const token = d;
      d = literals(d, emitted, (s - emitted) as u32);
      store<u16>(d, (s - candidate) as u16);
      d += 2;
      const repeated = length - REPEAT_MIN;
      store<u8>(token, (load<u8>(token) as u32) | min<u32>(repeated, 15));
      if (repeated >= 15) d = furtherLength(d, repeated);
      s += length;
      emitted = s;
      if (s <= last) store<u32>(slotOf(table, load<u32>(s - 2)), (s - 2 - source) as u32);
    }
  }
  return literals(d, emitted, (end - emitted) as u32);
}
