import type { MapValue, Value } from "@ss/core";

/** About what a value takes besides the bytes that it has. */
const BOX = 24;

/** About how many bytes a boxed value takes, for the budget of memory. */
export function boxedBytes(value: Value): number {
  if (typeof value === "string") return BOX + value.length;
  if (typeof value === "bigint") return 2 * BOX;
  if (typeof value !== "object" || value === null) return 16;
  if (value instanceof Uint8Array) return 4 * BOX + value.length;
  if (isList(value)) return listBytes(value);
  return "values" in value ? BOX + mapBytes(value as MapValue) : 4 * BOX;
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}

function listBytes(values: readonly Value[]): number {
  return values.reduce<number>((sum, value) => sum + boxedBytes(value), BOX);
}

function mapBytes({ keys, values }: MapValue): number {
  return listBytes(keys) + listBytes(values);
}
