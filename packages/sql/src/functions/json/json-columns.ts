import { type DataType, layoutOf } from "@ss/core";
import {
  type FieldColumn,
  type JsonOptions,
  JsonTokenizer,
  KIND_ARRAY,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_OBJECT,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  RECORD_OK,
  type SpanCopies,
  unescapeJsonInPlace,
} from "@ss/kernels";
import { type FieldValues, FixedValues, TextValues } from "../text-record/field-values.js";
import { RecordColumns } from "../text-record/record-columns.js";
import type { ValueText } from "../text-record/value-parsers.js";
import { jsonFieldReader } from "./json-field-reader.js";
import { parseJsonPrefix, writeJson } from "./json-value.js";

const LF = 10;
const BLANK = 32;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A field of a record of JSON. */
export interface JsonField {
  readonly name: string;
  readonly type: DataType;
}

/** Objects of plain values as columns. */
export class JsonColumns extends RecordColumns {
  private readonly tokenizer: JsonTokenizer;

  constructor(fields: readonly JsonField[], grammar: JsonOptions, text: ValueText) {
    const values = fields.map(({ type }) => valuesOf(type, text, () => this.copies));
    // quotes and names may take another byte or two as they are written anew, and control characters five
    super(values, LF, grammar.allowUnquotedControlChars === true ? 6 : 2);
    this.tokenizer = new JsonTokenizer(
      fields.map(({ name }) => encoder.encode(name)),
      grammar,
    );
  }

  protected override tokenize(from: number, to: number): void {
    const { copies, table, found, bad } = this;
    const { bytes, starts, lengths } = copies;
    for (let row = from; row < to; row++) {
      const isBlankRow = isBlank(bytes, starts[row]!, lengths[row]!);
      found[row] = isBlankRow ? 0 : 1;
      if (isBlankRow) lengths[row] = -1;
    }
    this.tokenizer.tokenizeSpans(bytes, starts, lengths, from, to, table);
    for (let row = from; row < to; row++) {
      const isGood = table.statuses[row] === RECORD_OK;
      bad[row] = isGood ? 0 : 1;
      if (!isGood) table.clearRow(row);
    }
  }
}

function isBlank(bytes: Uint8Array, start: number, length: number): boolean {
  for (let k = start; k < start + length; k++) if (bytes[k]! > BLANK) return false;
  return true;
}

function valuesOf(type: DataType, text: ValueText, copies: () => SpanCopies): FieldValues {
  if (layoutOf(type) === "bytes") {
    return new TextValues(type, (bytes, column, from, to) => rewriteTexts(bytes, column, from, to, copies));
  }
  const form = { kinds: plainKinds(type), hasLocale: false };
  return new FixedValues(type, text, form, (memory) => {
    const { direct, parse, other } = jsonFieldReader(type, text, memory);
    const isDirect = new Uint8Array(16);
    for (const kind of direct) isDirect[kind] = 1;
    return (bytes, start, length, kind) =>
      isDirect[kind] === 1 ? parse(bytes, start, start + length) : other(bytes, start, start + length, kind);
  });
}

/** The kinds of fields that kernels read. */
function plainKinds(type: DataType): readonly number[] {
  switch (type.kind) {
    case "integer":
    case "long":
      return [KIND_INTEGER];
    case "double":
    case "decimal":
      return [KIND_INTEGER, KIND_FLOAT];
    default:
      return [KIND_STRING];
  }
}

/** Resolves the escapes of texts where they stand, and writes objects and arrays anew, without white space. */
function rewriteTexts(
  bytes: Uint8Array,
  { starts, lengths, kinds }: FieldColumn,
  from: number,
  to: number,
  copies: () => SpanCopies,
): void {
  for (let row = from; row < to; row++) {
    const kind = kinds[row]!;
    if (kind === KIND_STRING || lengths[row]! < 0) continue;
    const start = starts[row]!;
    const length = lengths[row]!;
    if (kind === KIND_STRING_ESCAPED) {
      lengths[row] = unescapeJsonInPlace(bytes, start, length);
    } else if (kind === KIND_OBJECT || kind === KIND_ARRAY) {
      const node = parseJsonPrefix(decoder.decode(bytes.subarray(start, start + length)));
      if (node === undefined) continue;
      const text = encoder.encode(writeJson(node));
      starts[row] = text.length <= length ? start : copies().take(text.length);
      lengths[row] = text.length;
      bytes.set(text, starts[row]!);
    }
  }
}
