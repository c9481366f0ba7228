import { type DataType, NullColumn, type StructType } from "@ss/core";
import {
  ByteArena,
  type JsonOptions,
  KIND_FALSE,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_NON_NUMERIC,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  KIND_TRUE,
  unescapeJson,
} from "@ss/kernels";
import type { FieldDecoder, FieldRewriter } from "../decode/field-decoder.js";
import { ComputedBytesDecoder, NullDecoder, StringDecoder } from "../decode/string-decoder.js";
import { type ValueText, valueDecoder } from "../decode/value-decoders.js";
import { unsupportedType } from "../errors.js";
import { JsonVariantDecoder } from "../variant/json-variant-decoder.js";
import { JsonListDecoder, JsonMapDecoder, JsonStructDecoder } from "./json-nested-decoders.js";

const KINDS = 16;

function kindSet(...kinds: readonly number[]): Uint8Array {
  const set = new Uint8Array(KINDS);
  for (const kind of kinds) set[kind] = 1;
  return set;
}

const ESCAPED = kindSet(KIND_STRING_ESCAPED);

/** Types whose JSON form is a string: escapes are resolved before the text is read. */
class StringRewriter implements FieldRewriter {
  readonly direct: Uint8Array = kindSet(KIND_STRING);
  private readonly arena = new ByteArena(256);
  readonly start = 0;
  end = 0;

  get bytes(): Uint8Array {
    return this.arena.bytes;
  }

  rewrite(bytes: Uint8Array, start: number, length: number, kind: number): number {
    if (kind !== KIND_STRING_ESCAPED) return 0;
    this.arena.clear();
    this.end = unescapeJson(bytes, start, length, this.arena);
    return 1;
  }
}

/** Types whose JSON form is a number or a word; some take a string that holds one. */
class NumberRewriter implements FieldRewriter {
  readonly direct: Uint8Array;
  private readonly acceptsString: (bytes: Uint8Array, start: number, length: number) => boolean;
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;

  constructor(
    direct: Uint8Array,
    acceptsString: (bytes: Uint8Array, start: number, length: number) => boolean = () => false,
  ) {
    this.direct = direct;
    this.acceptsString = acceptsString;
  }

  rewrite(bytes: Uint8Array, start: number, length: number, kind: number): number {
    if (kind !== KIND_STRING || !this.acceptsString(bytes, start, length)) return 0;
    this.bytes = bytes;
    this.start = start;
    this.end = start + length;
    return 1;
  }
}

/** Strings stand for floating-point numbers only where digits cannot: `"NaN"`, `"-Infinity"`. */
function isSpecialText(bytes: Uint8Array, start: number, length: number): boolean {
  const first = bytes[start]!;
  const letter = first === 43 || first === 45 ? bytes[start + 1]! : first;
  return length >= 3 && letter >= 65;
}

function rewriterFor(type: DataType, nonNumeric: boolean): FieldRewriter {
  switch (type.kind) {
    case "boolean":
      return new NumberRewriter(kindSet(KIND_TRUE, KIND_FALSE));
    case "byte":
    case "short":
    case "integer":
    case "long":
      return new NumberRewriter(kindSet(KIND_INTEGER));
    case "float":
    case "double":
      return new NumberRewriter(
        kindSet(KIND_INTEGER, KIND_FLOAT, KIND_NON_NUMERIC),
        nonNumeric ? isSpecialText : undefined,
      );
    case "decimal":
      return new NumberRewriter(kindSet(KIND_INTEGER, KIND_FLOAT), (_bytes, _start, length) => length > 0);
    default:
      return new StringRewriter();
  }
}

/** What decoders of JSON values share. */
export interface JsonValues {
  readonly text: ValueText;
  readonly options: JsonOptions;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function base64Bytes(bytes: Uint8Array, start: number, length: number, kind: number): Uint8Array | undefined {
  if (kind !== KIND_STRING) return undefined;
  const text = decoder.decode(bytes.subarray(start, start + length));
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, "base64") : undefined;
}

/** The decoder of a type as JSON writes it. */
export function jsonDecoder(type: DataType, column: string, values: JsonValues): FieldDecoder {
  switch (type.kind) {
    case "string":
    case "char":
    case "varchar":
      // of every other value the text itself is the string, as Spark has it
      return new StringDecoder(
        type,
        ESCAPED,
        (bytes, start, length, _kind, arena) => unescapeJson(bytes, start, length, arena),
        true,
        KIND_STRING,
      );
    case "binary":
      return new ComputedBytesDecoder(type, column, base64Bytes);
    case "void":
      return new NullDecoder(type, (rowCount) => new NullColumn(type, rowCount));
    case "variant":
      return new JsonVariantDecoder(column, values.options);
    case "struct":
      return new JsonStructDecoder(type, column, values);
    case "array":
      return new JsonListDecoder(type, column, values);
    case "map":
      return new JsonMapDecoder(type, column, values);
    default: {
      const nonNumeric = values.options.allowNonNumericNumbers ?? true;
      const found = valueDecoder(type, column, values.text, rewriterFor(type, nonNumeric));
      if (found === undefined) throw unsupportedType(column, type, "JSON");
      return found;
    }
  }
}

/** Refuses the types that JSON cannot hold. */
export function checkJsonType(column: string, type: DataType): void {
  switch (type.kind) {
    case "struct":
      for (const field of (type as StructType).fields) checkJsonType(column, field.type);
      return;
    case "array":
      return checkJsonType(column, type.elementType);
    case "map":
      if (type.keyType.kind !== "string") throw unsupportedType(column, type, "JSON");
      return checkJsonType(column, type.valueType);
    default:
  }
}
