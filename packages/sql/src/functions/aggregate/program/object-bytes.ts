/** What an object, or a place in one, takes besides what it holds. */
const PLACE_BYTES = 16;

/** How deep a value may be nested for its bytes to be counted. */
export const DEPTH_MAX = 100;

/** About how many bytes a value of a program takes, for the budget of memory; NaN where it is nested deeper than {@link DEPTH_MAX}. */
export function objectBytes(value: unknown): number {
  return bytesOf(value, DEPTH_MAX);
}

function bytesOf(value: unknown, levels: number): number {
  if (typeof value === "string") return PLACE_BYTES + 2 * value.length;
  if (typeof value !== "object" || value === null) return PLACE_BYTES;
  if (levels === 0) return Number.NaN;
  if (ArrayBuffer.isView(value)) return PLACE_BYTES + value.byteLength;
  if (value instanceof Map) return listBytes(value.keys(), levels) + listBytes(value.values(), levels);
  if (Array.isArray(value) || value instanceof Set) return listBytes(value, levels);
  return listBytes(Object.values(value), levels);
}

function listBytes(values: Iterable<unknown>, levels: number): number {
  let sum = PLACE_BYTES;
  for (const value of values) {
    sum += bytesOf(value, levels - 1);
    // what goes round in circles is left at once
    if (Number.isNaN(sum)) break;
  }
  return sum;
}
