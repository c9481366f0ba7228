import { type DataType, StringType, type Value } from "@ss/core";
import { caster } from "./cast/caster.js";

/** A value as a cast to STRING shows it. */
export function formatValue(value: Value, type: DataType, timeZone = "UTC"): string {
  if (value === null) return "null";
  return caster(type, StringType, { mode: "cast", ansi: true, timeZone })(value) as string;
}
