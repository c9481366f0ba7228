import type { Json } from "../source/source.js";
import type { StreamingQueryProgress } from "./progress.js";

const DOUBLES = new Set(["inputRowsPerSecond", "processedRowsPerSecond"]);

/** A report as Spark prints it: `"key" : value`, two spaces a level, empty lists as `[ ]`, rates with a decimal point. */
export function progressJson(progress: StreamingQueryProgress): string {
  return print(progress as unknown as Json, "", "");
}

function print(value: Json, key: string, indent: string): string {
  if (typeof value === "number") {
    return DOUBLES.has(key) && Number.isInteger(value) ? value.toFixed(1) : JSON.stringify(value);
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return "[ ]";
    return `[ ${value.map((item: Json) => print(item, "", indent)).join(", ")} ]`;
  }
  const inner = `${indent}  `;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  if (fields.length === 0) return "{ }";
  const lines = fields.map(
    ([name, field]) => `${inner}${JSON.stringify(name)} : ${print(field, name, inner)}`,
  );
  return `{\n${lines.join(",\n")}\n${indent}}`;
}
