/** Copies bytes; few of them without a view. */
export function copyBytes(to: Uint8Array, at: number, from: Uint8Array, start: number, length: number): void {
  if (length <= 40) for (let k = 0; k < length; k++) to[at + k] = from[start + k]!;
  else to.set(from.subarray(start, start + length), at);
}

/** Copies slices so that they follow each other: at once where they did so before, as those of a column that was read do. */
export function copySlices(
  to: Uint8Array,
  at: number,
  from: Uint8Array,
  starts: Int32Array,
  lengths: Int32Array,
  count: number,
): void {
  let next = count > 0 ? starts[0]! : 0;
  let k = 0;
  for (; k < count && starts[k] === next; k++) next += lengths[k]!;
  if (k === count && count > 0) return to.set(from.subarray(starts[0], next), at);
  for (let i = 0, end = at; i < count; i++) {
    copyBytes(to, end, from, starts[i]!, lengths[i]!);
    end += lengths[i]!;
  }
}

/** The sum of the first lengths. */
export function totalOf(lengths: Int32Array, count: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += lengths[i]!;
  return total;
}
