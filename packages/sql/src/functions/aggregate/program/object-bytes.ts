/** What an object, or a place in one, takes besides what it holds. */
const PLACE_BYTES = 16;

/** About how many bytes a value of a program takes, for the budget of memory. */
export function objectBytes(value: unknown): number {
  if (typeof value === "string") return PLACE_BYTES + 2 * value.length;
  if (typeof value !== "object" || value === null) return PLACE_BYTES;
  if (ArrayBuffer.isView(value)) return PLACE_BYTES + value.byteLength;
  if (value instanceof Map) return listBytes(value.keys()) + listBytes(value.values());
  if (Array.isArray(value) || value instanceof Set) return listBytes(value);
  return listBytes(Object.values(value));
}

function listBytes(values: Iterable<unknown>): number {
  let sum = PLACE_BYTES;
  for (const value of values) sum += objectBytes(value);
  return sum;
}
