import type { DataType, Value } from "@ss/core";
import { formatFloat, formatTimestamp, timeZone, UTC } from "@ss/kernels";
import { sqlLiteral } from "../expression/literal-text.js";

/** A value as errors at run time show it: as a SQL literal, a FLOAT bare, an instant in the session's zone. */
export function literalText(value: Value, type: DataType, zoneId = "UTC"): string {
  if (value === null) return "NULL";
  if (type.kind === "float") return formatFloat(value as number);
  if (type.kind === "timestamp") {
    return `TIMESTAMP '${formatTimestamp(value as bigint, timeZone(zoneId) ?? UTC)}'`;
  }
  return sqlLiteral(value, type);
}
