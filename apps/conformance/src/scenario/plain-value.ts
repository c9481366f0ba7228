import type { DataType, Value } from "@ss/core";

const MICROS_PER_SECOND = 1_000_000;

/** A cell as a scenario writes it: numbers, text, booleans, null, arrays; timestamps as seconds. */
export function plainValue(value: Value, type: DataType): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case "long":
      return Number(value);
    case "timestamp":
    case "timestamp_ntz":
      return Number(value) / MICROS_PER_SECOND;
    case "decimal":
      return Number(value) / 10 ** type.scale;
    case "array":
      return (value as readonly Value[]).map((element) => plainValue(element, type.elementType));
    case "struct":
      return (value as readonly Value[]).map((cell, i) => plainValue(cell, type.fields[i]!.type));
    default:
      return value;
  }
}

/** Rows as sorted JSON texts, for comparing them without regard to their order. Zeros of both signs are one. */
export function sortedRows(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
