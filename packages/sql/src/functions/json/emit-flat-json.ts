import type { DataType, StructType } from "@ss/core";
import {
  type FieldColumn,
  FieldTable,
  JsonTokenizer,
  KernelArrays,
  KIND_FALSE,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_STRING,
  KIND_TRUE,
  parseDate,
  parseDoubleInto,
  parseInt32,
  parseInt64Into,
  parseTimestampInto,
  RECORD_OK,
  timeZone,
  UTC,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { scratch, scratchCode } from "../emit/int64.js";
import { type BytesCode, bytesCode, valueCode } from "../emit/parts.js";
import type { StageBytes } from "../emit/stage-bytes.js";
import { parseJsonPrefix, writeJson } from "./json-value.js";

const FLAT: ReadonlySet<string> = new Set([
  "string",
  "integer",
  "long",
  "double",
  "boolean",
  "date",
  "timestamp",
]);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

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
 * Tokenises the text into a table of one row and reads each field where it stands, when it is asked for. A text that is no object
 * gives a struct of nulls, and an empty one null.
 */
export function emitFlatJson(writer: CodeWriter, code: BytesCode, type: StructType, zoneId: string): Code {
  const tokenizer = new JsonTokenizer(type.fields.map((field) => encoder.encode(field.name)));
  // in the kernels' memory, so that a kernel fills it
  const table = new FieldTable(type.fields.length, 1, new KernelArrays());
  const tokenize = writer.constant((data: Uint8Array, start: number, length: number): boolean => {
    if (isBlank(data, start, length)) return false;
    if (tokenizer.tokenizeObject(data, start, start + length, table, 0) !== RECORD_OK) table.clearRow(0);
    return true;
  });
  const found = writer.variable("false");
  const read = `${found} = ${tokenize}(${code.data}, ${code.start}, ${code.length});`;
  writer.write(code.isNull === "false" ? read : `if (!${code.isNull}) ${read}`);
  const fields = type.fields.map((field, k) =>
    emitField(writer, code, found, field.type, table.columns[k]!, zoneId),
  );
  return { type, isNull: `!${found}`, layout: "struct", fields };
}

function isBlank(data: Uint8Array, start: number, length: number): boolean {
  for (let k = start; k < start + length; k++) if (data[k]! > 32) return false;
  return true;
}

function emitField(
  writer: CodeWriter,
  code: BytesCode,
  found: string,
  type: DataType,
  column: FieldColumn,
  zoneId: string,
): Code {
  const data = code.data;
  switch (type.kind) {
    case "string":
      return emitText(writer, code, found, type, column);
    case "boolean": {
      const kind = writer.variable(`${found} ? ${writer.constant(column.kinds)}[0] : 0`);
      return valueCode(
        type,
        `(${kind} !== ${KIND_TRUE} && ${kind} !== ${KIND_FALSE})`,
        `(${kind} === ${KIND_TRUE})`,
      );
    }
    case "integer":
    case "date": {
      const wanted = type.kind === "integer" ? KIND_INTEGER : KIND_STRING;
      const parse = type.kind === "integer" ? parseInt32 : parseDate;
      const fn = writer.constant((bytes: Uint8Array) =>
        column.kinds[0] === wanted
          ? parse(bytes, column.starts[0]!, column.starts[0]! + column.lengths[0]!)
          : Number.NaN,
      );
      const value = writer.variable(`${found} ? ${fn}(${data}) : NaN`);
      return valueCode(type, `(${value} !== ${value})`, value);
    }
    case "double": {
      const out = new Float64Array(1);
      const fn = writer.constant((bytes: Uint8Array) => readDouble(bytes, column, out));
      const ok = writer.variable(`${found} && ${fn}(${data})`);
      return valueCode(type, `!${ok}`, writer.variable(`${writer.constant(out)}[0]`));
    }
    default: {
      const memory = scratch();
      const parse =
        type.kind === "long" ? readLong(column, memory.words) : readTimestamp(column, memory, zoneId);
      const ok = writer.variable(`${found} && ${writer.constant(parse)}(${data})`);
      return scratchCode(writer, type, `!${ok}`, memory);
    }
  }
}

const SPECIAL = /^(?:[+-]?INF|[+-]?Infinity|NaN)$/;

function readDouble(bytes: Uint8Array, column: FieldColumn, out: Float64Array): boolean {
  const kind = column.kinds[0]!;
  const start = column.starts[0]!;
  const end = start + column.lengths[0]!;
  if (kind === KIND_INTEGER || kind === KIND_FLOAT) return parseDoubleInto(bytes, start, end, out, 0);
  if (kind === KIND_TRUE || kind === KIND_FALSE || column.lengths[0]! <= 0) return false;
  return (
    SPECIAL.test(decoder.decode(bytes.subarray(start, end))) && parseDoubleInto(bytes, start, end, out, 0)
  );
}

function readLong(column: FieldColumn, words: Int32Array): (bytes: Uint8Array) => boolean {
  return (bytes) =>
    column.kinds[0] === KIND_INTEGER &&
    parseInt64Into(bytes, column.starts[0]!, column.starts[0]! + column.lengths[0]!, words, 0);
}

function readTimestamp(
  column: FieldColumn,
  memory: { readonly words: Int32Array; readonly values: BigInt64Array },
  zoneId: string,
): (bytes: Uint8Array) => boolean {
  const zone = timeZone(zoneId) ?? UTC;
  return (bytes) => {
    const start = column.starts[0]!;
    const end = start + column.lengths[0]!;
    if (column.kinds[0] === KIND_STRING) return parseTimestampInto(bytes, start, end, zone, memory.words, 0);
    if (column.kinds[0] !== KIND_INTEGER || !parseInt64Into(bytes, start, end, memory.words, 0)) return false;
    memory.values[0] = BigInt.asIntN(64, memory.values[0]! * 1_000_000n);
    return true;
  };
}

/** Plain texts are views of the JSON text; those with escapes, and values of other kinds, are written anew. */
function emitText(
  writer: CodeWriter,
  code: BytesCode,
  found: string,
  type: DataType,
  column: FieldColumn,
): Code {
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
