import { type DataType, Options, StructField, StructType, type Value } from "@ss/core";
import type { JsonOptions } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Origin } from "../../expression/expression.js";
import { parserFor } from "../datetime/patterns.js";
import { sessionZone, zoneOfText } from "../datetime/zones.js";
import { anyNull, type BytesCode } from "../emit/parts.js";
import { checkedCode } from "../malformed/checked-call.js";
import { emitRecords } from "../text-record/emit-records.js";
import type { FunctionSettings } from "../text-record/function-settings.js";
import {
  arrayForRecord,
  type MalformedRecords,
  malformedRecord,
  type RecordFault,
  rowText,
  unreadable,
} from "../text-record/malformed-record.js";
import type { RecordColumns } from "../text-record/record-columns.js";
import { type ValueText, valueText } from "../text-record/value-parsers.js";
import { JsonColumns } from "./json-columns.js";
import { JsonRootColumns } from "./json-root-columns.js";
import type { JsonText } from "./json-text.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

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
  if (type.kind === "struct") {
    const { struct, check } = emitRow(writer, code, type, recordsOf(type, json, call), call, true);
    return check(struct);
  }
  const row = new StructType([StructField("value", type)]);
  const { struct, check } = emitRow(writer, code, row, new JsonRootColumns(type, json), call, false);
  const value = (struct as Extract<Code, { layout: "struct" }>).fields[0]!;
  return check({ ...value, isNull: anyNull(struct.isNull, value.isNull) } as Code);
}

function recordsOf(type: StructType, json: JsonText, { settings, malformed }: FromJsonCall): RecordColumns {
  const fields = type.fields.filter((_, k) => k !== malformed.corruptIndex);
  const variant = fields.findIndex((field) => field.type.kind === "variant");
  return settings["singlevariantcolumn"] === undefined || variant < 0
    ? new JsonColumns(fields, json)
    : new JsonRootColumns(fields[variant]!.type, json, variant);
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
  refusesArrays: boolean,
): RowCode {
  const tells = malformed.failFast || checked;
  const { struct, bad } = emitRecords(writer, code, type, records, { ...malformed, failFast: tells }, true);
  if (!tells) return { struct, check: (value) => value };
  const faultOf = (row: readonly Value[], data: Uint8Array, start: number, length: number): RecordFault => {
    const text = decoder.decode(data.subarray(start, start + length));
    if (refusesArrays && text.trimStart().startsWith("[")) return arrayForRecord(text);
    return unreadable(rowText(row, type));
  };
  const isBad = struct.isNull === "false" ? bad : `!${struct.isNull} && ${bad}`;
  const fault = (): string => {
    const row = writer.box({ ...struct, isNull: "false" });
    return `${writer.constant(faultOf)}(${row}, ${code.data}, ${code.start}, ${code.length})`;
  };
  if (checked) return { struct, check: (value) => checkedCode(writer, value, isBad, fault) };
  const errorOf = writer.constant((of: RecordFault) => malformedRecord(of, origin));
  writer.when(isBad, () => writer.write(`throw ${errorOf}(${fault()});`));
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
