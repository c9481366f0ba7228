import type { GrowingArray } from "../growing-array.js";

/** So many bits a number of `count` different ones takes. */
export function bitsOf(count: number): number {
  return count < 2 ? 0 : 32 - Math.clz32(count - 1);
}

/** Writes numbers of up to 24 bits as Parquet's mixture of runs of one number and groups of eight packed ones. */
export function putHybrid(
  target: GrowingArray<Uint8Array>,
  numbers: Int32Array,
  count: number,
  width: number,
): void {
  for (let i = 0; i < count; ) {
    const runEnd = endOfRun(numbers, i, count);
    if (runEnd - i >= 8 || runEnd === count) {
      putRun(target, numbers[i]!, runEnd - i, width);
      i = runEnd;
      continue;
    }
    let end = i + 8;
    while (end < count && !beginsRun(numbers, end, count)) end += 8;
    putPacked(target, numbers, i, Math.min(end, count), width);
    i = end;
  }
}

/** One number over and over. */
export function putRun(
  target: GrowingArray<Uint8Array>,
  number: number,
  length: number,
  width: number,
): void {
  target.reserve(8);
  putVarint(target, length * 2);
  for (let bits = 0; bits < width; bits += 8) target.values[target.length++] = (number >>> bits) & 255;
}

function endOfRun(numbers: Int32Array, start: number, count: number): number {
  const first = numbers[start]!;
  let end = start + 1;
  while (end < count && numbers[end] === first) end++;
  return end;
}

function beginsRun(numbers: Int32Array, start: number, count: number): boolean {
  if (start + 8 > count) return false;
  const first = numbers[start]!;
  for (let k = start + 1; k < start + 8; k++) if (numbers[k] !== first) return false;
  return true;
}

/** The last group is filled up with zeros, which readers pass over. */
function putPacked(
  target: GrowingArray<Uint8Array>,
  numbers: Int32Array,
  start: number,
  end: number,
  width: number,
): void {
  const groups = (end - start + 7) >> 3;
  target.reserve(groups * width + 8);
  putVarint(target, groups * 2 + 1);
  const bytes = target.values;
  const last = target.length + groups * width;
  let at = target.length;
  let pending = 0;
  let bits = 0;
  for (let i = start; i < end; i++) {
    pending |= numbers[i]! << bits;
    bits += width;
    while (bits >= 8) {
      bytes[at++] = pending & 255;
      pending >>>= 8;
      bits -= 8;
    }
  }
  if (bits > 0) bytes[at++] = pending;
  bytes.fill(0, at, last);
  target.length = last;
}

function putVarint(target: GrowingArray<Uint8Array>, value: number): void {
  let rest = value;
  for (; rest > 127; rest >>>= 7) target.values[target.length++] = (rest & 127) | 128;
  target.values[target.length++] = rest;
}
