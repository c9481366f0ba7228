import { type DataType, layoutOf, Options, StringType, type StructType, type Value } from "@ss/core";
import {
  FieldTable,
  type JsonOptions,
  JsonTokenizer,
  KernelArrays,
  KIND_STRING,
  RECORD_OK,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Origin } from "../../expression/expression.js";
import { parserFor } from "../datetime/patterns.js";
import { sessionZone, zoneOfText } from "../datetime/zones.js";
import { type BytesCode, bytesCode } from "../emit/parts.js";
import type { StageBytes } from "../emit/stage-bytes.js";
import type { FunctionSettings } from "../text-record/function-settings.js";
import {
  arrayForRecord,
  type MalformedRecords,
  malformedRecord,
  rowText,
} from "../text-record/malformed-record.js";
import { memoryCode } from "../text-record/memory-code.js";
import { type ValueText, valueMemory, valueText } from "../text-record/value-parsers.js";
import { jsonFieldReader } from "./json-field-reader.js";
import { parseJsonPrefix, writeJson } from "./json-value.js";

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
const encoder = new TextEncoder();
const decoder = new TextDecoder();

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

/** What the fields of one text share in the generated code. */
interface Reading {
  readonly writer: CodeWriter;
  readonly code: BytesCode;
  readonly table: FieldTable;
  readonly text: ValueText;
  /** The variable that says that there is a text that is not blank. */
  readonly found: string;
  /** The variable that says that the text is malformed. */
  readonly bad: string;
}

/**
 * Tokenises the text into a table of one row and reads each field where it stands. A text that is no object gives a struct of
 * nulls, and an empty one null.
 */
export function emitFlatJson(
  writer: CodeWriter,
  code: BytesCode,
  type: StructType,
  call: FlatJsonCall,
): Code {
  const { corruptIndex, failFast } = call.malformed;
  const names = type.fields.filter((_, k) => k !== corruptIndex).map((field) => encoder.encode(field.name));
  const tokenizer = new JsonTokenizer(names, jsonGrammar(call.settings));
  // in the kernels' memory, so that a kernel fills it
  const table = new FieldTable(names.length, 1, new KernelArrays());
  const tokenize = writer.constant((data: Uint8Array, start: number, length: number): boolean => {
    const isGood = tokenizer.tokenizeObject(data, start, start + length, table, 0) === RECORD_OK;
    if (!isGood) table.clearRow(0);
    return isGood;
  });
  const blank = `${writer.constant(isBlank)}(${code.data}, ${code.start}, ${code.length})`;
  const found = writer.variable(code.isNull === "false" ? `!${blank}` : `!${code.isNull} && !${blank}`);
  const bad = writer.variable(`${found} && !${tokenize}(${code.data}, ${code.start}, ${code.length})`);
  const reading: Reading = { writer, code, table, text: textOf(call), found, bad };
  let column = 0;
  const fields = type.fields.map((field, k) =>
    k === corruptIndex ? undefined : emitField(reading, field.type, column++),
  );
  const corrupt = bytesCode(StringType, `!${bad}`, code.data, code.start, code.length);
  const result: Code = {
    type,
    isNull: `!${found}`,
    layout: "struct",
    fields: fields.map((field) => field ?? corrupt),
  };
  if (failFast) emitFailure(reading, result, call.origin);
  return result;
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

function textOf({ settings, timeZone, origin }: FlatJsonCall): ValueText {
  const zone = settings["timezone"] ? zoneOfText(settings["timezone"], origin) : sessionZone({ timeZone });
  const parser = (pattern: string, locale: string): ReturnType<typeof parserFor> =>
    parserFor(pattern, origin, locale);
  return valueText(settings, zone, parser, { numbers: NUMBERS, dateFormat: undefined });
}

function isBlank(data: Uint8Array, start: number, length: number): boolean {
  for (let k = start; k < start + length; k++) if (data[k]! > 32) return false;
  return true;
}

function emitFailure({ writer, code, bad }: Reading, result: Code, origin: Origin | undefined): void {
  const fail = writer.constant((row: readonly Value[], data: Uint8Array, start: number, length: number) => {
    const text = decoder.decode(data.subarray(start, start + length));
    if (text.trimStart().startsWith("[")) throw arrayForRecord(text, origin);
    throw malformedRecord(rowText(row, result.type as StructType), origin);
  });
  const row = (): string => writer.box({ ...result, isNull: "false" });
  writer.when(bad, () => writer.write(`${fail}(${row()}, ${code.data}, ${code.start}, ${code.length});`));
}

function emitField(reading: Reading, type: DataType, index: number): Code {
  if (layoutOf(type) === "bytes") return emitText(reading, type, index);
  const { writer, code, table, text, found, bad } = reading;
  const memory = valueMemory();
  const { direct, parse, other } = jsonFieldReader(type, text, memory);
  const { starts, lengths, kinds } = table.columns[index]!;
  const kind = writer.variable(`${writer.constant(kinds)}[0]`);
  const start = writer.variable(`${writer.constant(starts)}[0]`);
  const length = writer.variable(`${found} ? ${writer.constant(lengths)}[0] : -1`);
  const ok = writer.variable("false");
  const span = `${code.data}, ${start}, ${start} + ${length}`;
  writer.when(`${length} >= 0`, () => {
    const isDirect = direct.map((one) => `${kind} === ${one}`).join(" || ");
    const otherwise = `${writer.constant(other)}(${span}, ${kind})`;
    writer.write(`${ok} = ${isDirect} ? ${writer.constant(parse)}(${span}) : ${otherwise};`);
    writer.write(`if (!${ok}) ${bad} = true;`);
  });
  return memoryCode(writer, type, `!${ok}`, memory);
}

/** Plain texts are views of the JSON text; those with escapes, and values of other kinds, are written anew. */
function emitText({ writer, code, table, found }: Reading, type: DataType, index: number): Code {
  const column = table.columns[index]!;
  const rt = writer.runtime;
  const kinds = writer.constant(column.kinds);
  const lengths = writer.constant(column.lengths);
  const data = writer.variable(code.data);
  const start = writer.variable("0");
  const length = writer.variable("-1");
  const rewrite = writer.constant((stage: StageBytes, bytes: Uint8Array) => {
    const from = column.kinds[0] === KIND_STRING + 1 ? column.starts[0]! - 1 : column.starts[0]!;
    const to =
      column.kinds[0] === KIND_STRING + 1
        ? column.starts[0]! + column.lengths[0]! + 1
        : from + column.lengths[0]!;
    const node = parseJsonPrefix(decoder.decode(bytes.subarray(from, to)));
    stage.put(node === undefined ? "" : node.kind === "string" ? node.value : writeJson(node));
  });
  writer.when(`${found} && ${lengths}[0] >= 0`, () => {
    writer.when(
      `${kinds}[0] === ${KIND_STRING}`,
      () => writer.write(`${start} = ${writer.constant(column.starts)}[0]; ${length} = ${lengths}[0];`),
      () => {
        writer.write(`${rewrite}(${rt}, ${code.data});`);
        writer.write(`${data} = ${rt}.bytes; ${start} = ${rt}.start; ${length} = ${rt}.length;`);
      },
    );
  });
  return bytesCode(type, `(${length} < 0)`, data, start, length);
}
