import type { DataType, MapValue, StreamError, StructType, Value } from "@ss/core";
import { analysisError, quotedName, quotedType } from "../../expression/errors.js";
import type { Origin } from "../../expression/expression.js";
import type { FunctionContext } from "../../expression/function.js";
import { formatValue } from "../format-value.js";
import { runtimeError } from "../runtime-error.js";
import type { FunctionSettings } from "./function-settings.js";

/** What a function does with records that it cannot read. */
export interface MalformedRecords {
  /** Whether they end the query; else what can be read of them is the result. */
  readonly failFast: boolean;
  /** The field of the schema that takes their text, or -1. */
  readonly corruptIndex: number;
}

/** The options `mode` and `columnNameOfCorruptRecord`, checked against the schema. */
export function malformedRecords(
  type: DataType,
  settings: FunctionSettings,
  context: FunctionContext,
): MalformedRecords {
  const mode = settings["mode"]?.toUpperCase();
  if (mode === "DROPMALFORMED") {
    throw analysisError(
      "PARSE_MODE_UNSUPPORTED",
      "42601",
      `The function ${context.name} has one value for each of its inputs, so that the mode DROPMALFORMED makes no sense: use PERMISSIVE or FAILFAST.`,
      { funcName: quotedName(context.name), mode: "DROPMALFORMED" },
      context.origin,
    );
  }
  return { failFast: mode === "FAILFAST", corruptIndex: corruptIndex(type, settings, context) };
}

/** Whether a call tells records that it cannot read, if it is checked: not where the query has a field for them and goes on. */
export function tellsMalformed({ failFast, corruptIndex }: MalformedRecords): boolean {
  return failFast || corruptIndex < 0;
}

function corruptIndex(type: DataType, settings: FunctionSettings, context: FunctionContext): number {
  if (type.kind !== "struct") return -1;
  const name =
    settings["columnnameofcorruptrecord"] ??
    context.conf("spark.sql.columnNameOfCorruptRecord") ??
    "_corrupt_record";
  const index = type.fields.findIndex((field) => field.name === name);
  const field = type.fields[index];
  if (field === undefined || field.type.kind === "string") return index;
  throw analysisError(
    "INVALID_CORRUPT_RECORD_TYPE",
    "42804",
    `The column ${quotedName(name)} for corrupt records has to be a nullable STRING, not ${quotedType(field.type)}.`,
    { columnName: quotedName(name), actualType: quotedType(field.type) },
    context.origin,
  );
}

/** What is wrong with a record: an error of the mode FAILFAST, or what is reported of it. */
export interface RecordFault {
  readonly condition: string;
  /** What is said of the record. */
  readonly text: string;
}

/** Of a record that cannot be read; `cause` says why, where that is known. */
export function unreadable(cause: string | undefined): RecordFault {
  return {
    condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
    text: cause === undefined ? "cannot be parsed" : `cannot be parsed: ${cause}`,
  };
}

/** Of a JSON array where one record is wanted. */
export const ARRAY_FOR_RECORD: RecordFault = {
  condition: "MALFORMED_RECORD_IN_PARSING.CANNOT_PARSE_JSON_ARRAYS_AS_STRUCTS",
  text: "is an array, but the schema wants one struct",
};

/** How a function is told to give null for what it cannot read. */
const USE_PERMISSIVE = "Set the option 'mode' to 'PERMISSIVE'";

/** The error of a record that cannot be read, in the mode FAILFAST; `badRecord` is what could be read of it. */
export function malformedRecord(
  { condition, text }: RecordFault,
  badRecord: string,
  origin?: Origin,
  advice: string = USE_PERMISSIVE,
): StreamError {
  const parameters = { badRecord, failFastMode: "FAILFAST" };
  const message = `The record ${badRecord} ${text}. ${advice} to get NULL instead.`;
  return runtimeError(condition, "22023", parameters, message, origin);
}

const PLAIN: ReadonlySet<string> = new Set(["date", "timestamp", "timestamp_ntz", "time"]);

/** A row as Spark's errors show it: `[1,null]`, dates and timestamps as their numbers. */
export function rowText(row: readonly Value[], type: StructType): string {
  return `[${row.map((value, k) => shownValue(value, type.fields[k]!.type)).join(",")}]`;
}

function shownValue(value: Value, type: DataType): string {
  if (value === null || PLAIN.has(type.kind)) return String(value);
  switch (type.kind) {
    case "struct":
      return rowText(value as readonly Value[], type);
    case "array":
      return listText(value as readonly Value[], type.elementType);
    case "map": {
      const { keys, values } = value as MapValue;
      return `keys: ${listText(keys, type.keyType)}, values: ${listText(values, type.valueType)}`;
    }
    default:
      return formatValue(value, type);
  }
}

function listText(values: readonly Value[], type: DataType): string {
  return `[${values.map((value) => shownValue(value, type)).join(",")}]`;
}
