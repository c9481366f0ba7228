import type { DataType, IntervalValue, MapValue, Value } from "@ss/core";
import {
  cellFormatter,
  formatCalendarInterval,
  formatDate,
  formatDayTimeHive,
  formatDecimal,
  formatDouble,
  formatFloat,
  formatTime,
  formatTimestamp,
  formatTimestampNtz,
  formatYearMonthHive,
  type TimeZone,
} from "@ss/kernels";

/** What the text of a cell depends on. */
export interface HiveTextOptions {
  readonly zone: TimeZone;
  /** `spark.sql.binaryOutputStyle`; as UTF-8 text where it is not set. */
  readonly binaryStyle: string | undefined;
}

type ToText = (value: Value, nested: boolean) => string;

/** Makes the writer of the cells of one type as the golden files show them: `NULL`, `[1,2]`, `{"a":1}`, `1-2`. */
export function hiveText(type: DataType, options: HiveTextOptions): (value: Value) => string {
  const write = writer(type, options);
  return (value) => write(value, false);
}

function writer(type: DataType, options: HiveTextOptions): ToText {
  const present = presentWriter(type, options);
  return (value, nested) => {
    if (value === null || value === undefined) return nested ? "null" : "NULL";
    return present(value, nested);
  };
}

function presentWriter(type: DataType, options: HiveTextOptions): ToText {
  switch (type.kind) {
    case "float":
      return (value) => formatFloat(value as number);
    case "double":
      return (value) => formatDouble(value as number);
    case "decimal":
      return (value) => formatDecimal(value as bigint, type.scale);
    case "date":
      return (value) => formatDate(value as number);
    case "timestamp":
      return (value) => formatTimestamp(value as bigint, options.zone);
    case "timestamp_ntz":
      return (value) => formatTimestampNtz(value as bigint);
    case "time":
      return (value) => formatTime(Number((value as bigint) / 1000n));
    case "interval":
      return (value) => formatCalendarInterval(value as IntervalValue);
    case "yearMonthInterval":
      return (value) => formatYearMonthHive(value as number);
    case "dayTimeInterval":
      return (value) => formatDayTimeHive(value as bigint);
    case "binary":
      return (value) => binaryText(value as Uint8Array, options.binaryStyle);
    case "variant":
      return cellFormatter(type, options.zone);
    case "string":
    case "char":
    case "varchar":
      return (value, nested) => (nested ? `"${value as string}"` : (value as string));
    default:
      return nestedWriter(type, options);
  }
}

function nestedWriter(type: DataType, options: HiveTextOptions): ToText {
  switch (type.kind) {
    case "array": {
      const element = writer(type.elementType, options);
      return (value) => `[${(value as readonly Value[]).map((one) => element(one, true)).join(",")}]`;
    }
    case "map": {
      const [key, entry] = [writer(type.keyType, options), writer(type.valueType, options)];
      return (value) => {
        const { keys, values } = value as MapValue;
        const entries = keys.map((one, i) => `${key(one, true)}:${entry(values[i]!, true)}`);
        return `{${entries.sort().join(",")}}`;
      };
    }
    case "struct": {
      const fields = type.fields.map((field) => ({ name: field.name, write: writer(field.type, options) }));
      return (value) => {
        const cells = value as readonly Value[];
        return `{${fields.map(({ name, write }, i) => `"${name}":${write(cells[i]!, true)}`).join(",")}}`;
      };
    }
    default:
      return (value) => String(value);
  }
}

function binaryText(bytes: Uint8Array, style: string | undefined): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (style?.toUpperCase()) {
    case "BASIC":
      return `[${[...bytes].map((byte) => (byte << 24) >> 24).join(", ")}]`;
    case "BASE64":
      return buffer.toString("base64").replace(/=+$/, "");
    case "HEX":
      return buffer.toString("hex").toUpperCase();
    case "HEX_DISCRETE":
      return `[${buffer
        .toString("hex")
        .toUpperCase()
        .replace(/..(?=.)/g, "$& ")}]`;
    default:
      return buffer.toString("utf8");
  }
}
