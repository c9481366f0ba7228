import type { MapValue, Value } from "@ss/core";

/** A primitive that is equal for two boxed values of one type exactly if the values are equal as group keys. */
export function sameValueKey(value: Value): unknown {
  if (typeof value === "number") return value === 0 ? 0 : value;
  if (value === null || typeof value !== "object") return value;
  return keyText(value);
}

function keyText(value: Value): string {
  if (value === null) return "n";
  if (typeof value === "string") return `s${value.length}:${value}`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `[${value.map(keyText).join(",")}]`;
  if (typeof value === "object" && "keys" in value) {
    const { keys, values } = value as MapValue;
    // the order of the entries does not count
    return `m{${keys
      .map((key, k) => `${keyText(key)}=${keyText(values[k]!)}`)
      .sort()
      .join()}}`;
  }
  if (typeof value === "object" && "months" in value) return `i${value.months}/${value.days}/${value.micros}`;
  return `v${value === 0 ? 0 : String(value)}`;
}
