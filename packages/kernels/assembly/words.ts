// Twin of splitWords in src/text/split-words.ts, for one slice.

/** Writes where the parts of a slice between bytes `separator` start and how long they are, and returns how many there are. */
export function splitSlice(
  data: usize,
  start: usize,
  length: usize,
  separator: u32,
  starts: usize,
  lengths: usize,
): u32 {
  const separators = i8x16.splat(<i8>separator);
  let from = data + start;
  const end = from + length;
  let count: usize = 0;
  for (let base = from; base < end; base += 16) {
    let hits = <u32>i8x16.bitmask(i8x16.eq(v128.load(base), separators));
    while (hits != 0) {
      const at = base + <usize>ctz(hits);
      if (at >= end) break;
      hits &= hits - 1;
      store<u32>(starts + (count << 2), <u32>(from - data));
      store<u32>(lengths + (count << 2), <u32>(at - from));
      count++;
      from = at + 1;
    }
  }
  store<u32>(starts + (count << 2), <u32>(from - data));
  store<u32>(lengths + (count << 2), <u32>(end - from));
  return <u32>count + 1;
}
