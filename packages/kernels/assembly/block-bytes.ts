/** Wide steps write up to as many bytes behind what they copy. */
export const STEP_BYTES: u32 = 16;

/** Copies what stands `offset` bytes before, in steps that write up to 15 bytes behind `length`. */
@inline
export function repeatWide(d: usize, offset: u32, length: u32): void {
  const from = d - offset;
  if (offset >= 16) {
    v128.store(d, v128.load(from));
    for (let k: u32 = 16; k < length; k += 16) v128.store(d + k, v128.load(from + k));
  } else if (offset >= 8) {
    for (let k: u32 = 0; k < length; k += 8) store<u64>(d + k, load<u64>(from + k));
  } else {
    // what repeats after some bytes also repeats after a multiple of them that is wide enough for a step
    let period = offset;
    while (period < 8) period += offset;
    const first = min<u32>(period, length);
    for (let k: u32 = 0; k < first; k++) store<u8>(d + k, load<u8>(from + k));
    for (let k: u32 = period; k < length; k += 8) store<u64>(d + k, load<u64>(d + k - period));
  }
}

/** Copies what stands `offset` bytes before and writes nothing else. */
export function repeatExactly(d: usize, offset: u32, length: u32): void {
  let k: u32 = 0;
  if (length > STEP_BYTES) {
    k = length - STEP_BYTES;
    repeatWide(d, offset, k);
  }
  for (; k < length; k++) store<u8>(d + k, load<u8>(d + k - offset));
}

/** How many bytes from `a` on are those from `b` on, up to `end` for `a`; 4 of them are known to be. */
@inline
export function matchLength(a: usize, b: usize, end: usize): u32 {
  let s = a + 4;
  let c = b + 4;
  while (s + 8 <= end) {
    const difference = load<u64>(s) ^ load<u64>(c);
    if (difference != 0) return (s - a) as u32 + ((ctz(difference) >> 3) as u32);
    s += 8;
    c += 8;
  }
  while (s < end && load<u8>(s) == load<u8>(c)) {
    s++;
    c++;
  }
  return (s - a) as u32;
}
