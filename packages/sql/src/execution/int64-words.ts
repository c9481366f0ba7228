/** The lower and the upper word of a number of 64 bits: the first without a sign. */
export function wordsOf(value: bigint): { readonly low: number; readonly high: number } {
  return { low: Number(value & 0xffff_ffffn), high: Number(BigInt.asIntN(64, value) >> 32n) };
}

/** Numbers of 64 bits, each with another added to it: as words, since a bigint for each would take far longer. */
export function plus(words: Int32Array, rowCount: number, addend: bigint): BigInt64Array {
  const { low, high } = wordsOf(addend);
  const sums = new BigInt64Array(rowCount);
  const out = new Int32Array(sums.buffer);
  for (let i = 0; i < 2 * rowCount; i += 2) {
    const sum = (words[i]! >>> 0) + low;
    out[i] = sum | 0;
    out[i + 1] = words[i + 1]! + high + (sum > 0xffff_ffff ? 1 : 0);
  }
  return sums;
}

/** `first`, the number after it, and so on. */
export function countedFrom(first: bigint, rowCount: number): BigInt64Array {
  const { low, high } = wordsOf(first);
  const numbers = new BigInt64Array(rowCount);
  const out = new Int32Array(numbers.buffer);
  for (let i = 0; i < rowCount; i++) {
    const sum = low + i;
    out[2 * i] = sum | 0;
    out[2 * i + 1] = high + (sum > 0xffff_ffff ? 1 : 0);
  }
  return numbers;
}
