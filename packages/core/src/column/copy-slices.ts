/** Copies bytes; few of them without a view. */
export function copyBytes(to: Uint8Array, at: number, from: Uint8Array, start: number, length: number): void {
  if (length <= 40) for (let k = 0; k < length; k++) to[at + k] = from[start + k]!;
  else to.set(from.subarray(start, start + length), at);
}

/** Copies slices so that they follow each other: at once those that did so before, as those of a column that was read do. */
export function copySlices(
  to: Uint8Array,
  at: number,
  from: Uint8Array,
  starts: Int32Array,
  lengths: Int32Array,
  count: number,
): void {
  let end = at;
  for (let k = 0; k < count; ) {
    const start = starts[k]!;
    let next = start + lengths[k++]!;
    while (k < count && starts[k] === next) next += lengths[k++]!;
    copyBytes(to, end, from, start, next - start);
    end += next - start;
  }
}

/** The sum of the first lengths. */
export function totalOf(lengths: Int32Array, count: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += lengths[i]!;
  return total;
}
