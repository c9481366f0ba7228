import { type DataType, layoutOf } from "@ss/core";
import {
  ByteArena,
  decodeBase64InPlace,
  type FieldColumn,
  JsonCompactor,
  type JsonOptions,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  type SpanCopies,
  unescapeJsonInPlace,
} from "@ss/kernels";
import { BAD, type FieldValues } from "../text-record/field-values.js";
import { FixedValues } from "../text-record/fixed-values.js";
import { type RewriteTexts, TextValues } from "../text-record/text-values.js";
import type { ValueText } from "../text-record/value-parsers.js";
import { jsonFieldReader } from "./json-field-reader.js";
import { JsonListValues } from "./json-list-values.js";
import { JsonMapValues } from "./json-map-values.js";
import { JsonStructValues } from "./json-struct-values.js";
import { JsonVariantValues } from "./json-variant-values.js";
import { VoidValues } from "./void-values.js";

/** What the fields of a record of JSON share. */
export interface JsonRecord {
  readonly text: ValueText;
  readonly grammar: JsonOptions;
  /** Whether the records' bytes hold for a whole batch. */
  readonly isBatch: boolean;
  /** Where the records' bytes are, and more room for texts that take more than they did. */
  readonly copies: () => SpanCopies;
}

/** Fields of a type as JSON writes it. */
export function jsonValues(type: DataType, record: JsonRecord): FieldValues {
  switch (type.kind) {
    case "struct":
      return new JsonStructValues(type, record);
    case "array":
      return new JsonListValues(type, record);
    case "map":
      return new JsonMapValues(type, record);
    case "variant":
      return new JsonVariantValues(record.grammar);
    case "void":
      return new VoidValues(type);
    case "binary":
      return new TextValues(type, readBase64);
    default:
      return layoutOf(type) === "bytes"
        ? new TextValues(type, textRewriter(record))
        : fixedValues(type, record);
  }
}

function fixedValues(type: DataType, { text }: JsonRecord): FieldValues {
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

/** Resolves the escapes of texts where they stand, and writes values that are no texts anew. */
function textRewriter({ grammar, copies }: JsonRecord): RewriteTexts {
  const compactor = new JsonCompactor(grammar);
  const arena = new ByteArena(256);
  return (bytes, { starts, lengths, kinds }, from, to) => {
    for (let row = from; row < to; row++) {
      const kind = kinds[row]!;
      const length = lengths[row]!;
      if (kind === KIND_STRING || length < 0) continue;
      const start = starts[row]!;
      if (kind === KIND_STRING_ESCAPED) {
        lengths[row] = unescapeJsonInPlace(bytes, start, length);
      } else if (!compactor.isCompact(bytes, start, length, kind)) {
        arena.clear();
        compactor.appendField(bytes, start, length, kind, arena);
        starts[row] = arena.length <= length ? start : copies().take(arena.length);
        lengths[row] = arena.length;
        bytes.set(arena.bytes.subarray(0, arena.length), starts[row]!);
      }
    }
  };
}

/** BINARY: texts in Base64. */
function readBase64(
  bytes: Uint8Array,
  { starts, lengths, kinds }: FieldColumn,
  from: number,
  to: number,
  bad: Uint8Array,
): void {
  for (let row = from; row < to; row++) {
    let length = lengths[row]!;
    if (length < 0) continue;
    const start = starts[row]!;
    const kind = kinds[row]!;
    if (kind === KIND_STRING_ESCAPED) length = unescapeJsonInPlace(bytes, start, length);
    const isText = kind === KIND_STRING || kind === KIND_STRING_ESCAPED;
    const size = isText ? decodeBase64InPlace(bytes, start, length) : -1;
    lengths[row] = size;
    if (size < 0) bad[row]! |= BAD;
  }
}
