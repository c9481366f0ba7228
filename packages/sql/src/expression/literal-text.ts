import { type DataType, type IntervalValue, type MapValue, sqlText, type Value } from "@ss/core";
import {
  formatCalendarInterval,
  formatDate,
  formatDayTimeInterval,
  formatDecimal,
  formatDouble,
  formatFloat,
  formatTime,
  formatTimestamp,
  formatTimestampNtz,
  formatYearMonthInterval,
  UTC,
} from "@ss/kernels";
import type { Literal } from "./expression.js";

/** A constant as names of columns show it: text without quotes, numbers without marks of their type. */
export function prettyLiteral(e: Literal): string {
  if (e.value === null) return "NULL";
  if (e.text !== undefined) return e.text;
  switch (e.type.kind) {
    case "string":
    case "char":
    case "varchar":
      return e.value as string;
    case "byte":
    case "short":
    case "integer":
    case "long":
      return String(e.value);
    case "float":
      return formatFloat(e.value as number);
    case "double":
      return formatDouble(e.value as number);
    case "decimal":
      return formatDecimal(e.value as bigint, e.type.scale);
    default:
      return sqlLiteral(e.value, e.type);
  }
}

/** A constant as SQL reads it: `'a'`, `1L`, `1.5BD`. */
export function sqlLiteral(value: Value, type: DataType): string {
  if (value === null) return type.kind === "void" ? "NULL" : `CAST(NULL AS ${sqlText(type)})`;
  switch (type.kind) {
    case "string":
    case "char":
    case "varchar":
      return `'${(value as string).replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
    case "byte":
      return `${value}Y`;
    case "short":
      return `${value}S`;
    case "long":
      return `${value}L`;
    case "float":
      return `CAST(${Number.isFinite(value) ? formatFloat(value as number) : `'${formatFloat(value as number)}'`} AS FLOAT)`;
    case "double":
      return Number.isFinite(value)
        ? `${formatDouble(value as number)}D`
        : `CAST('${formatDouble(value as number)}' AS DOUBLE)`;
    case "decimal":
      return `${formatDecimal(value as bigint, type.scale)}BD`;
    case "date":
      return `DATE '${formatDate(value as number)}'`;
    case "timestamp":
      return `TIMESTAMP '${formatTimestamp(value as bigint, UTC)}'`;
    case "timestamp_ntz":
      return `TIMESTAMP_NTZ '${formatTimestampNtz(value as bigint)}'`;
    case "time":
      return `TIME '${formatTime(Number((value as bigint) / 1000n))}'`;
    case "binary":
      return `X'${Buffer.from(value as Uint8Array)
        .toString("hex")
        .toUpperCase()}'`;
    default:
      return composedLiteral(value, type);
  }
}

const YEAR_MONTH: readonly string[] = ["year", "month"];
const DAY_TIME: readonly string[] = ["day", "hour", "minute", "second"];

function composedLiteral(value: Value, type: DataType): string {
  switch (type.kind) {
    case "interval":
      return `INTERVAL '${formatCalendarInterval(value as IntervalValue)}'`;
    case "yearMonthInterval":
      return formatYearMonthInterval(
        value as number,
        YEAR_MONTH.indexOf(type.start),
        YEAR_MONTH.indexOf(type.end),
      );
    case "dayTimeInterval":
      return formatDayTimeInterval(value as bigint, DAY_TIME.indexOf(type.start), DAY_TIME.indexOf(type.end));
    case "array":
      return `ARRAY(${(value as readonly Value[]).map((one) => sqlLiteral(one, type.elementType)).join(", ")})`;
    case "map": {
      const { keys, values } = value as MapValue;
      const list = (part: readonly Value[], of: DataType): string =>
        part.map((one) => sqlLiteral(one, of)).join(", ");
      return `MAP_FROM_ARRAYS(ARRAY(${list(keys, type.keyType)}), ARRAY(${list(values, type.valueType)}))`;
    }
    case "struct": {
      const fields = type.fields.map(
        (f, i) => `'${f.name}', ${sqlLiteral((value as readonly Value[])[i]!, f.type)}`,
      );
      return `NAMED_STRUCT(${fields.join(", ")})`;
    }
    default:
      return String(value);
  }
}
