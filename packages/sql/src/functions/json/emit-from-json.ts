import { type DataType, Options, StructField, StructType, type Value } from "@ss/core";
import { decodeUtf8, type JsonOptions } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Origin } from "../../expression/expression.js";
import { parserFor } from "../datetime/patterns.js";
import { sessionZone, zoneOfText } from "../datetime/zones.js";
import { anyNull, type BytesCode } from "../emit/parts.js";
import { checkedCode } from "../malformed/checked-call.js";
import { emitRecords } from "../text-record/emit-records.js";
import type { FunctionSettings } from "../text-record/function-settings.js";
import {
  ARRAY_FOR_RECORD,
  type MalformedRecords,
  malformedRecord,
  type RecordFault,
  rowText,
  unreadable,
} from "../text-record/malformed-record.js";
import type { CauseOf } from "../text-record/record-cause.js";
import type { RecordColumns } from "../text-record/record-columns.js";
import { type ValueText, valueText } from "../text-record/value-parsers.js";
import { jsonCause } from "./json-cause.js";
import { JsonColumns } from "./json-columns.js";
import { JsonRootColumns } from "./json-root-columns.js";
import { isBlank, type JsonText } from "./json-text.js";

const OPEN_BRACKET = 0x5b;

/** What a call of `from_json` says besides the schema. */
export interface FromJsonCall {
  readonly settings: FunctionSettings;
  readonly malformed: MalformedRecords;
  readonly timeZone: string;
  readonly origin?: Origin | undefined;
  readonly checked?: boolean | undefined;
}

/** Reads texts as values of a struct, an array, a map or a variant. An empty text gives null. */
export function emitFromJson(writer: CodeWriter, code: BytesCode, type: DataType, call: FromJsonCall): Code {
  const json: JsonText = {
    text: textOf(call),
    grammar: jsonGrammar(call.settings),
    isBatch: code.source !== undefined,
  };
  const faultOf = jsonFault(type, json, call);
  if (type.kind === "struct") {
    const { struct, check } = emitRow(writer, code, type, recordsOf(type, json, call), call, faultOf);
    return check(struct);
  }
  const row = new StructType([StructField("value", type)]);
  const { struct, check } = emitRow(writer, code, row, new JsonRootColumns(type, json), call, faultOf);
  const value = (struct as Extract<Code, { layout: "struct" }>).fields[0]!;
  return check({ ...value, isNull: anyNull(struct.isNull, value.isNull) } as Code);
}

/** What is wrong with a text. */
type FaultOf = (data: Uint8Array, start: number, length: number) => RecordFault;

function jsonFault(type: DataType, json: JsonText, call: FromJsonCall): FaultOf {
  const causeOf = causeIn(type, json, call);
  return (data, start, length) => {
    if (type.kind !== "struct") return unreadable(causeOf(data, start, length));
    let first = start;
    while (first < start + length && isBlank(data, first, 1)) first++;
    return data[first] === OPEN_BRACKET ? ARRAY_FOR_RECORD : unreadable(causeOf(data, start, length));
  };
}

function causeIn(type: DataType, json: JsonText, { settings, malformed }: FromJsonCall): CauseOf {
  if (type.kind !== "struct") return jsonCause(type, json);
  const fields = type.fields.filter((_, k) => k !== malformed.corruptIndex);
  const variant = singleVariant(fields, settings);
  return jsonCause(variant === undefined ? new StructType(fields) : fields[variant]!.type, json);
}

function recordsOf(type: StructType, json: JsonText, { settings, malformed }: FromJsonCall): RecordColumns {
  const fields = type.fields.filter((_, k) => k !== malformed.corruptIndex);
  const variant = singleVariant(fields, settings);
  return variant === undefined
    ? new JsonColumns(fields, json)
    : new JsonRootColumns(fields[variant]!.type, json, variant);
}

/** The field that takes the whole text, if there is such. */
function singleVariant(fields: readonly StructField[], settings: FunctionSettings): number | undefined {
  const variant = fields.findIndex((field) => field.type.kind === "variant");
  return settings["singlevariantcolumn"] === undefined || variant < 0 ? undefined : variant;
}

/** A row, and what is done about malformed records, to be put around the value that it is. */
interface RowCode {
  readonly struct: Code;
  readonly check: (value: Code) => Code;
}

/** Reads rows. A text that is none gives a row of nulls. */
function emitRow(
  writer: CodeWriter,
  code: BytesCode,
  type: StructType,
  records: RecordColumns,
  { malformed, origin, checked = false }: FromJsonCall,
  faultOf: FaultOf,
): RowCode {
  const tells = malformed.failFast || checked;
  const { struct, bad } = emitRecords(writer, code, type, records, { ...malformed, failFast: tells }, true);
  if (!tells) return { struct, check: (value) => value };
  const isBad = struct.isNull === "false" ? bad : `!${struct.isNull} && ${bad}`;
  const text = `${code.data}, ${code.start}, ${code.length}`;
  if (checked) {
    const fault = `${writer.constant(faultOf)}(${text})`;
    return { struct, check: (value) => checkedCode(writer, value, isBad, fault) };
  }
  const errorOf = (row: readonly Value[], data: Uint8Array, start: number, length: number): Error => {
    const fault = faultOf(data, start, length);
    const badRecord = fault === ARRAY_FOR_RECORD ? decodeUtf8(data, start, length) : rowText(row, type);
    return malformedRecord(fault, badRecord, origin);
  };
  writer.when(isBad, () => {
    const row = writer.box({ ...struct, isNull: "false" });
    writer.write(`throw ${writer.constant(errorOf)}(${row}, ${text});`);
  });
  return { struct, check: (value) => value };
}

const SWITCHES = [
  "allowComments",
  "allowUnquotedFieldNames",
  "allowSingleQuotes",
  "allowNumericLeadingZeros",
  "allowNonNumericNumbers",
  "allowBackslashEscapingAnyCharacter",
  "allowUnquotedControlChars",
] as const satisfies readonly (keyof JsonOptions)[];

function jsonGrammar(settings: FunctionSettings): JsonOptions {
  const options = new Options(settings);
  return Object.fromEntries(
    SWITCHES.filter((name) => options.has(name)).map((name) => [name, options.boolean(name, false)]),
  );
}

/** Numbers that digits cannot write; they may stand in quotes too. */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Infinity],
  ["+Infinity", Infinity],
  ["INF", Infinity],
  ["+INF", Infinity],
  ["-Infinity", -Infinity],
  ["-INF", -Infinity],
]);

function textOf({ settings, timeZone, origin }: FromJsonCall): ValueText {
  const zone = settings["timezone"] ? zoneOfText(settings["timezone"], origin) : sessionZone({ timeZone });
  const parser = (pattern: string, locale: string): ReturnType<typeof parserFor> =>
    parserFor(pattern, origin, locale);
  return valueText(settings, zone, parser, { numbers: NUMBERS, dateFormat: undefined });
}
