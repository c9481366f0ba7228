import { type DataType, layoutOf, structChildren } from "@ss/core";
import type { Code } from "../../expression/code.js";

/** A code that is always null, with harmless parts. */
export function nullCode(type: DataType): Code {
  return defaults(type, "true");
}

/** Zero values for every part of a type. */
export function defaults(type: DataType, isNull: string): Code {
  const layout = layoutOf(type);
  switch (layout) {
    case "boolean":
      return { type, isNull, layout, value: "false" };
    case "int8":
    case "int16":
    case "int32":
    case "float32":
    case "float64":
      return { type, isNull, layout, value: "0" };
    case "int64":
    case "int128":
      return { type, isNull, layout, value: "0n" };
    case "bytes":
      return { type, isNull, layout, data: "rt.bytes", start: "0", length: "0" };
    case "list":
      return { type, isNull, layout, column: "null", start: "0", length: "0" };
    case "map":
      return { type, isNull, layout, keys: "null", mapValues: "null", start: "0", length: "0" };
    case "struct":
      return { type, isNull, layout, fields: structChildren(type).map((child) => defaults(child, "true")) };
    case "interval":
      return { type, isNull, layout, months: "0", days: "0", micros: "0n" };
    case "null":
      return { type, isNull: "true", layout };
  }
}

/** The disjunction of null tests, shortened where one is constant. */
export function anyNull(...tests: readonly string[]): string {
  if (tests.includes("true")) return "true";
  const open = [...new Set(tests.filter((test) => test !== "false"))];
  if (open.length === 0) return "false";
  return open.length === 1 ? open[0]! : `(${open.join(" || ")})`;
}
