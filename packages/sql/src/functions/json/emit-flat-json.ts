import { type DataType, Options, type StructType, type Value } from "@ss/core";
import type { JsonOptions } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Origin } from "../../expression/expression.js";
import { parserFor } from "../datetime/patterns.js";
import { sessionZone, zoneOfText } from "../datetime/zones.js";
import type { BytesCode } from "../emit/parts.js";
import { emitRecords } from "../text-record/emit-records.js";
import type { FunctionSettings } from "../text-record/function-settings.js";
import {
  arrayForRecord,
  type MalformedRecords,
  malformedRecord,
  rowText,
} from "../text-record/malformed-record.js";
import { type ValueText, valueText } from "../text-record/value-parsers.js";
import { JsonColumns } from "./json-columns.js";

const FLAT: ReadonlySet<string> = new Set([
  "string",
  "boolean",
  "byte",
  "short",
  "integer",
  "long",
  "float",
  "double",
  "decimal",
  "date",
  "timestamp",
  "timestamp_ntz",
  "time",
]);
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What a call of `from_json` says besides the schema. */
export interface FlatJsonCall {
  readonly settings: FunctionSettings;
  readonly malformed: MalformedRecords;
  readonly timeZone: string;
  readonly origin?: Origin | undefined;
}

/** Whether a type is a struct of fields that are read straight from the bytes of a JSON text. */
export function isFlat(type: DataType): boolean {
  return (
    type.kind === "struct" &&
    type.fields.length > 0 &&
    type.fields.every((field) => FLAT.has(field.type.kind)) &&
    new Set(type.fields.map((field) => field.name)).size === type.fields.length
  );
}

/**
 * Reads the fields of the object that the text is. A text that is no object gives a struct of nulls, and an empty one null.
 */
export function emitFlatJson(
  writer: CodeWriter,
  code: BytesCode,
  type: StructType,
  call: FlatJsonCall,
): Code {
  const { malformed } = call;
  const fields = type.fields.filter((_, k) => k !== malformed.corruptIndex);
  const records = new JsonColumns(fields, jsonGrammar(call.settings), textOf(call));
  const { struct, bad } = emitRecords(writer, code, type, records, malformed, true);
  if (malformed.failFast) emitFailure(writer, code, struct, bad, call.origin);
  return struct;
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

export function jsonGrammar(settings: FunctionSettings): JsonOptions {
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

function textOf({ settings, timeZone, origin }: FlatJsonCall): ValueText {
  const zone = settings["timezone"] ? zoneOfText(settings["timezone"], origin) : sessionZone({ timeZone });
  const parser = (pattern: string, locale: string): ReturnType<typeof parserFor> =>
    parserFor(pattern, origin, locale);
  return valueText(settings, zone, parser, { numbers: NUMBERS, dateFormat: undefined });
}

function emitFailure(
  writer: CodeWriter,
  code: BytesCode,
  struct: Code,
  bad: string,
  origin: Origin | undefined,
): void {
  const fail = writer.constant((row: readonly Value[], data: Uint8Array, start: number, length: number) => {
    const text = decoder.decode(data.subarray(start, start + length));
    if (text.trimStart().startsWith("[")) throw arrayForRecord(text, origin);
    throw malformedRecord(rowText(row, struct.type as StructType), origin);
  });
  const row = (): string => writer.box({ ...struct, isNull: "false" });
  writer.when(struct.isNull === "false" ? bad : `!${struct.isNull} && ${bad}`, () =>
    writer.write(`${fail}(${row()}, ${code.data}, ${code.start}, ${code.length});`),
  );
}
