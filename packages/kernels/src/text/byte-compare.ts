/** Whether two slices of the same length hold the same bytes. */
export function equalBytes(
  left: Uint8Array,
  leftStart: number,
  right: Uint8Array,
  rightStart: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) if (left[leftStart + i] !== right[rightStart + i]) return false;
  return true;
}

/** Orders two slices as sequences of unsigned bytes, the shorter first when one begins the other: -1, 0 or 1. */
export function compareBytes(
  left: Uint8Array,
  leftStart: number,
  leftLength: number,
  right: Uint8Array,
  rightStart: number,
  rightLength: number,
): number {
  const shared = leftLength < rightLength ? leftLength : rightLength;
  for (let i = 0; i < shared; i++) {
    const difference = left[leftStart + i] - right[rightStart + i];
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return leftLength === rightLength ? 0 : leftLength < rightLength ? -1 : 1;
}

/** Offset of the first occurrence of `pattern` that lies wholly between `start` and `end`, or -1. */
export function indexOfBytes(bytes: Uint8Array, start: number, end: number, pattern: Uint8Array): number {
  const first = pattern[0];
  const last = end - pattern.length;
  for (let position = start; position <= last; position++) {
    if (bytes[position] === first && equalBytes(bytes, position, pattern, 0, pattern.length)) return position;
  }
  return -1;
}
