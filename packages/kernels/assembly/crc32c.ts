/**
 * Goes on with a CRC-32C over bytes, 16 at a step; their number is a multiple of it. `tables` are 16 of 256 entries, that of a byte behind
 * which k others follow in the same step being the k-th.
 */
export function crc32cSteps(from: u32, start: usize, end: usize, tables: usize): u32 {
  let crc = from;
  for (let s = start; s < end; s += 16) {
    const a = load<u32>(s) ^ crc;
    const b = load<u32>(s, 4);
    const c = load<u32>(s, 8);
    const d = load<u32>(s, 12);
    crc = word(tables, a, 15) ^ word(tables, b, 11) ^ word(tables, c, 7) ^ word(tables, d, 3);
  }
  return crc;
}

/** Four bytes, behind the first of which `following` others stand. */
@inline
function word(tables: usize, bytes: u32, following: usize): u32 {
  return (
    entry(tables, bytes & 255, following) ^
    entry(tables, (bytes >> 8) & 255, following - 1) ^
    entry(tables, (bytes >> 16) & 255, following - 2) ^
    entry(tables, bytes >> 24, following - 3)
  );
}

@inline
function entry(tables: usize, byte: u32, following: usize): u32 {
  return load<u32>(tables + (following << 10) + ((byte as usize) << 2));
}
