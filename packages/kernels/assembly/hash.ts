// Twin of src/text/hash-bytes.ts.

const PRIME_A: i32 = 0x9e3779b1;
const PRIME_B: i32 = 0x85ebca77;
const PRIME_C: i32 = 0xc2b2ae3d;

// @ts-ignore: decorator
@inline
export function hashSpan(start: usize, length: i32, seed: i32): i32 {
  let hash = seed + length * PRIME_A;
  let at = start;
  let rest = length;
  for (; rest >= 4; rest -= 4, at += 4) {
    hash = (hash ^ (load<i32>(at) * PRIME_B)) * PRIME_A;
    hash ^= <i32>(<u32>hash >> 15);
  }
  for (; rest > 0; rest--, at++) {
    hash = (hash ^ ((<i32>load<u8>(at) + 1) * PRIME_C)) * PRIME_A;
    hash ^= <i32>(<u32>hash >> 13);
  }
  hash = (hash ^ <i32>(<u32>hash >> 15)) * PRIME_B;
  hash = (hash ^ <i32>(<u32>hash >> 13)) * PRIME_C;
  return hash ^ <i32>(<u32>hash >> 16);
}
