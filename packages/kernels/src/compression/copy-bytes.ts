/** Repeats `length` bytes that stand `offset` before `at`; both may overlap. */
export function repeatBytes(target: Uint8Array, at: number, offset: number, length: number): void {
  if (length > 32 && offset >= length) target.copyWithin(at, at - offset, at - offset + length);
  else for (let k = at; k < at + length; k++) target[k] = target[k - offset]!;
}

/** Copies bytes as they are. */
export function copyBytes(
  source: Uint8Array,
  from: number,
  length: number,
  target: Uint8Array,
  at: number,
): void {
  if (length > 32) target.set(source.subarray(from, from + length), at);
  else for (let k = 0; k < length; k++) target[at + k] = source[from + k]!;
}
