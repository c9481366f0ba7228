import { matchLength } from "./block-bytes";

/** The table of places has up to 16,384 entries of 16 bits, in which a place within a fragment fits. */
const MAX_TABLE_BITS: u32 = 14;

@inline
function hash(word: u32, shift: u32): u32 {
  return (word * 0x1e35a7bd) >> shift;
}

/** Writes bytes as they are. Steps are 16 bytes wide. */
function literal(target: usize, from: usize, length: u32): usize {
  let d = target;
  const n = length - 1;
  if (n < 60) store<u8>(d++, n << 2);
  else if (n < 256) {
    store<u8>(d, 60 << 2);
    store<u8>(d + 1, n);
    d += 2;
  } else {
    store<u8>(d, 61 << 2);
    store<u16>(d + 1, n);
    d += 3;
  }
  if (length <= 64) {
    v128.store(d, v128.load(from));
    for (let k: u32 = 16; k < length; k += 16) v128.store(d + k, v128.load(from + k));
  } else memory.copy(d, from, length);
  return d + length;
}

/** Writes a copy of at least 4 bytes. */
function copy(target: usize, offset: u32, length: u32): usize {
  let d = target;
  let left = length;
  // what remains has to be a copy again, of at least 4 bytes
  while (left >= 68) {
    store<u8>(d, (63 << 2) | 2);
    store<u16>(d + 1, offset);
    d += 3;
    left -= 64;
  }
  if (left > 64) {
    store<u8>(d, (59 << 2) | 2);
    store<u16>(d + 1, offset);
    d += 3;
    left -= 60;
  }
  if (left < 12 && offset < 2048) {
    store<u8>(d, 1 | ((left - 4) << 2) | ((offset >> 8) << 5));
    store<u8>(d + 1, offset);
    return d + 2;
  }
  store<u8>(d, ((left - 1) << 2) | 2);
  store<u16>(d + 1, offset);
  return d + 3;
}

/**
 * Compresses one fragment of up to 65,536 bytes to snappy elements and returns where they end. `table` has 32 KB. Input and
 * output need 16 readable and writable bytes behind their ends; the output takes at most a sixth more than the input and 32.
 */
export function snappyCompress(source: usize, end: usize, target: usize, table: usize): usize {
  const size = (end - source) as u32;
  let d = target;
  let emitted = source;
  if (size >= 16) {
    let bits: u32 = 8;
    while (bits < MAX_TABLE_BITS && ((1 as u32) << bits) < size) bits++;
    memory.fill(table, 0, (2 as usize) << bits);
    const shift = 32 - bits;
    const last = end - 8;
    let s = source + 1;
    while (s <= last) {
      // the longer nothing repeats, the wider the steps
      let skip: u32 = 32;
      let candidate: usize = 0;
      let found = false;
      while (s <= last) {
        const word = load<u32>(s);
        const slot = table + ((hash(word, shift) as usize) << 1);
        candidate = source + (load<u16>(slot) as usize);
        store<u16>(slot, (s - source) as u16);
        if (load<u32>(candidate) == word) {
          found = true;
          break;
        }
        s += skip >> 5;
        skip++;
      }
      if (!found) break;
      if (s > emitted) d = literal(d, emitted, (s - emitted) as u32);
      while (true) {
        const length = matchLength(s, candidate, end);
        d = copy(d, (s - candidate) as u32, length);
        s += length;
        emitted = s;
        if (s > last) break;
        store<u16>(table + ((hash(load<u32>(s - 1), shift) as usize) << 1), (s - 1 - source) as u16);
        const word = load<u32>(s);
        const slot = table + ((hash(word, shift) as usize) << 1);
        candidate = source + (load<u16>(slot) as usize);
        store<u16>(slot, (s - source) as u16);
        if (load<u32>(candidate) != word) break;
      }
      s++;
    }
  }
  if (emitted < end) d = literal(d, emitted, (end - emitted) as u32);
  return d;
}
