// Twin of BytesDictionary and HashIndex in @ss/core, on the arrays of a dictionary that lie in this memory. See
// src/dictionary/dictionary-kernel.ts for the table of addresses.

const PRIME_A: i32 = 0x9e3779b1;
const PRIME_B: i32 = 0x85ebca77;
const PRIME_C: i32 = 0xc2b2ae3d;
const PRIME_D: i32 = 0x27d4eb2f;
/** Slices up to this length are hashed and compared as one vector. */
const SHORT: i32 = 16;

const UNKNOWN: i32 = -2;

// the table of addresses: 32-bit words
const PART_MASK: usize = 0;
const PARTS: usize = 4;
const COUNTS: usize = 8;
const COUNTERS: usize = 12;
const DATA: usize = 16;
const DATA_LENGTH: usize = 20;
const STARTS: usize = 24;
const LENGTHS: usize = 28;
const ENTRY_LENGTH: usize = 32;

// @ts-ignore: decorator
@inline
function mix(hash: i32): i32 {
  let h = <u32>hash;
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return <i32>(h ^ (h >> 16));
}

// @ts-ignore: decorator
@inline
function hashSlice(start: usize, length: i32): i32 {
  let a = length * PRIME_B;
  let b = PRIME_A;
  const end = start + <usize>length;
  for (let at = start; at < end - 8; at += 8) {
    a = rotl<i32>((a ^ load<i32>(at)) * PRIME_A, 13);
    b = rotl<i32>((b ^ load<i32>(at, 4)) * PRIME_B, 15);
  }
  // the last 8 bytes, some of them again
  a = rotl<i32>((a ^ load<i32>(end - 8)) * PRIME_A, 13);
  b = rotl<i32>((b ^ load<i32>(end - 4)) * PRIME_B, 15);
  return mix(a ^ rotl<i32>(b, 16));
}

/** All bits of as many of 16 bytes as a short slice has, at 16 times its length. */
const MASKS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
]);

// @ts-ignore: decorator
@inline
function shortSlice(start: usize, length: i32): v128 {
  return v128.and(v128.load(start), v128.load(MASKS + (<usize>length << 4)));
}

/** Of at most 16 bytes, the others being 0: four lanes at once and no branch, as lengths of words cannot be foretold. */
// @ts-ignore: decorator
@inline
function hashShort(bytes: v128, length: i32): i32 {
  let lanes = i32x4.mul(bytes, i32x4(PRIME_A, PRIME_B, PRIME_C, PRIME_D));
  lanes = v128.xor(lanes, i32x4.shr_u(lanes, 15));
  let h = i32x4.extract_lane(lanes, 0) * PRIME_B + rotl<i32>(i32x4.extract_lane(lanes, 1), 13) + length * PRIME_D;
  h = (h ^ i32x4.extract_lane(lanes, 2)) * PRIME_A;
  return mix(rotl<i32>(h, 15) + i32x4.extract_lane(lanes, 3));
}

/** Of two long slices. */
// @ts-ignore: decorator
@inline
function sameSlice(one: usize, other: usize, length: i32): bool {
  const last = <usize>(length - 8);
  for (let at: usize = 0; at < last; at += 8) {
    if (load<u64>(one + at) != load<u64>(other + at)) return false;
  }
  return load<u64>(one + last) == load<u64>(other + last);
}

/** Slices that a large dictionary is asked for together. */
const GROUP: i32 = 64;
/** Of each slice of a group its hash, the code that may be its own plus one (0: none), and where the bytes of that stand. */
const HASHES: usize = memory.data(256, 16);
const NEAR: usize = memory.data(256, 16);
const STANDS: usize = memory.data(256, 16);

// @ts-ignore: decorator
@inline
function hashOf(start: usize, length: i32): i32 {
  return length <= SHORT ? hashShort(shortSlice(start, length), length) : hashSlice(start, length);
}

/**
 * Finds what it can of the slices `from .. to)` at the first look: their codes go to `codes`, and of the others `NEAR` is 0. Each step goes through
 * the whole group, so that the processor waits for the memory of many slices at once.
 */
function lookNear(
  table: usize,
  data: usize,
  starts: usize,
  lengths: usize,
  from: i32,
  to: i32,
  codes: usize,
): void {
  const partMask = load<u32>(table, PART_MASK);
  const parts = <usize>load<u32>(table, PARTS);
  const own = <usize>load<u32>(table, DATA);
  const ownStarts = <usize>load<u32>(table, STARTS);
  const ownLengths = <usize>load<u32>(table, LENGTHS);
  const count = <usize>(to - from) << 2;
  const offset = <usize>from << 2;
  for (let k: usize = 0; k < count; k += 4) {
    const start = data + <usize>load<u32>(starts + offset + k);
    const hash = hashOf(start, load<i32>(lengths + offset + k));
    const p = (<u32>hash >> 24) & partMask;
    const part = <usize>load<u32>(parts + (<usize>p << 3));
    const mask = <usize>load<u32>(parts + (<usize>p << 3), 4) - 1;
    const at = part + ((<usize>hash << 3) & mask);
    store<i32>(HASHES + k, hash);
    store<i32>(NEAR + k, select<i32>(load<i32>(at, 4), 0, load<i32>(at) == hash));
  }
  for (let k: usize = 0; k < count; k += 4) {
    const near = load<i32>(NEAR + k);
    const entry = <usize>select<i32>(near - 1, 0, near != 0) << 2;
    const isSame = load<i32>(ownLengths + entry) == load<i32>(lengths + offset + k);
    store<i32>(NEAR + k, select<i32>(near, 0, isSame));
    store<u32>(STANDS + k, <u32>own + load<u32>(ownStarts + entry));
  }
  for (let k: usize = 0; k < count; k += 4) {
    const near = load<i32>(NEAR + k);
    if (near == 0) continue;
    const start = data + <usize>load<u32>(starts + offset + k);
    const stands = <usize>load<u32>(STANDS + k);
    const length = load<i32>(lengths + offset + k);
    const isSame =
      length <= SHORT
        ? !v128.any_true(v128.xor(shortSlice(start, length), shortSlice(stands, length)))
        : sameSlice(start, stands, length);
    if (isSame) store<i32>(codes + offset + k, near - 1);
    else store<i32>(NEAR + k, 0);
  }
}

/**
 * The codes of the slices `from .. to)` of the bytes at `data`. Gives the number of the first slice that was not looked at: one that has to
 * be added and for which an array is too short.
 */
export function dictionaryLook(
  table: usize,
  data: usize,
  starts: usize,
  lengths: usize,
  from: i32,
  to: i32,
  codes: usize,
  add: bool,
): i32 {
  // a small one is in the processor's cache
  if (load<u32>(table, PART_MASK) == 0) {
    return lookEach(table, data, starts, lengths, from, to, codes, add, false);
  }
  for (let at = from; at < to; at += GROUP) {
    const end = min(at + GROUP, to);
    lookNear(table, data, starts, lengths, at, end, codes);
    const looked = lookEach(table, data, starts, lengths, at, end, codes, add, true);
    if (looked < end) return looked;
  }
  return to;
}

/** Looks slices up one by one; of a group only those that were not found near. */
// @ts-ignore: decorator
@inline
function lookEach(
  table: usize,
  data: usize,
  starts: usize,
  lengths: usize,
  from: i32,
  to: i32,
  codes: usize,
  add: bool,
  isGroup: bool,
): i32 {
  const partMask = load<u32>(table, PART_MASK);
  const parts = <usize>load<u32>(table, PARTS);
  const counters = <usize>load<u32>(table, COUNTERS);
  const own = <usize>load<u32>(table, DATA);
  const ownStarts = <usize>load<u32>(table, STARTS);
  const ownLengths = <usize>load<u32>(table, LENGTHS);
  for (let i = from; i < to; i++) {
    if (isGroup && load<i32>(NEAR + (<usize>(i - from) << 2)) != 0) continue;
    const start = data + <usize>load<u32>(starts + (<usize>i << 2));
    const length = load<i32>(lengths + (<usize>i << 2));
    const isShort = length <= SHORT;
    const bytes = isShort ? shortSlice(start, length) : i32x4.splat(0);
    const hash = isGroup
      ? load<i32>(HASHES + (<usize>(i - from) << 2))
      : isShort
        ? hashShort(bytes, length)
        : hashSlice(start, length);
    const p = (<u32>hash >> 24) & partMask;
    const part = <usize>load<u32>(parts + (<usize>p << 3));
    // in bytes: pairs of 8
    const mask = <usize>load<u32>(parts + (<usize>p << 3), 4) - 1;
    let at = (<usize>hash << 3) & mask;
    let code = UNKNOWN;
    for (;;) {
      const stored = load<i32>(part + at, 4);
      if (stored == 0) break;
      if (load<i32>(part + at) == hash) {
        const entry = <usize>(stored - 1) << 2;
        const stands = own + <usize>load<u32>(ownStarts + entry);
        if (
          load<i32>(ownLengths + entry) == length &&
          (isShort
            ? !v128.any_true(v128.xor(bytes, shortSlice(stands, length)))
            : sameSlice(start, stands, length))
        ) {
          code = stored - 1;
          break;
        }
      }
      at = (at + 8) & mask;
    }
    if (code == UNKNOWN && add) {
      const counts = <usize>load<u32>(table, COUNTS) + (<usize>p << 2);
      const count = load<i32>(counts);
      const used = load<i32>(counters, 4);
      const free = load<i32>(counters, 8);
      code = free != 0 ? free - 1 : load<i32>(counters);
      // room is made by the host
      if (<usize>(count + 1) * 3 > (mask + 1) >> 2) return i;
      if (code >= load<i32>(table, ENTRY_LENGTH)) return i;
      if (<u32>used + <u32>length > load<u32>(table, DATA_LENGTH)) return i;
      memory.copy(own + <usize>used, start, <usize>length);
      // the length of a free code tells the next one
      if (free != 0) store<i32>(counters, -1 - load<i32>(ownLengths + (<usize>code << 2)), 8);
      else store<i32>(counters, code + 1);
      store<i32>(ownStarts + (<usize>code << 2), used);
      store<i32>(ownLengths + (<usize>code << 2), length);
      store<i32>(counters, used + length, 4);
      store<i32>(counters, load<i32>(counters, 12) + 1, 12);
      store<i32>(counts, count + 1);
      store<i32>(part + at, hash);
      store<i32>(part + at, code + 1, 4);
    }
    store<i32>(codes + (<usize>i << 2), code);
  }
  return to;
}
