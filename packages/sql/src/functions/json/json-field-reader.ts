import type { DataType } from "@ss/core";
import {
  ByteArena,
  type FieldColumn,
  KIND_FALSE,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_NON_NUMERIC,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  KIND_TRUE,
  parseInt64Into,
  unescapeJson,
} from "@ss/kernels";
import {
  decimalParser,
  type ParseValue,
  type ValueMemory,
  type ValueText,
  valueParser,
} from "../text-record/value-parsers.js";

/** The field is absent or null. */
export const FIELD_NULL = 0;
/** The field's value is in memory. */
export const FIELD_VALUE = 1;
/** The field holds no value of its type. */
export const FIELD_BAD = 2;

/** Reads the field that row 0 of a column holds into memory, and says what came of it. */
export type ReadField = (bytes: Uint8Array) => number;

const WHOLE: readonly number[] = [KIND_INTEGER];
const TEXT: readonly number[] = [KIND_STRING];

/** Kinds of fields whose bytes are a value of the type. */
function directKinds(type: DataType): readonly number[] {
  switch (type.kind) {
    case "boolean":
      return [KIND_TRUE, KIND_FALSE];
    case "byte":
    case "short":
    case "integer":
    case "long":
      return WHOLE;
    case "float":
    case "double":
      return [KIND_INTEGER, KIND_FLOAT, KIND_NON_NUMERIC];
    default:
      return TEXT;
  }
}

/** The reader of a type of fixed size. */
export function jsonFieldReader(
  type: DataType,
  text: ValueText,
  memory: ValueMemory,
  column: FieldColumn,
): ReadField {
  const direct = new Uint8Array(16);
  for (const kind of directKinds(type)) direct[kind] = 1;
  const parse = valueParser(type, text, memory)!;
  const other = otherKinds(type, text, memory, parse);
  return (bytes) => {
    const length = column.lengths[0]!;
    if (length < 0) return FIELD_NULL;
    const start = column.starts[0]!;
    const kind = column.kinds[0]!;
    if (direct[kind] === 1) return parse(bytes, start, start + length) ? FIELD_VALUE : FIELD_BAD;
    return other(bytes, start, start + length, kind) ? FIELD_VALUE : FIELD_BAD;
  };
}

type ParseKind = (bytes: Uint8Array, start: number, end: number, kind: number) => boolean;

/** What reads the kinds of fields that are not bytes of the type as they stand. */
function otherKinds(type: DataType, text: ValueText, memory: ValueMemory, parse: ParseValue): ParseKind {
  switch (type.kind) {
    case "float":
    case "double": {
      // in quotes stand the words for what digits cannot write, and no numbers
      const out = type.kind === "float" ? memory.floats : memory.doubles;
      return ofText((bytes, start, end) => {
        const value = text.numbers.get(Buffer.from(bytes.subarray(start, end)).toString());
        if (value === undefined) return false;
        out[0] = value;
        return true;
      });
    }
    case "decimal": {
      const plain = decimalParser(type, memory);
      const ofEscaped = escaped(parse);
      return (bytes, start, end, kind) =>
        kind === KIND_INTEGER || kind === KIND_FLOAT
          ? plain(bytes, start, end)
          : ofEscaped(bytes, start, end, kind);
    }
    case "timestamp": {
      const { longs, words } = memory;
      const ofEscaped = escaped(parse);
      return (bytes, start, end, kind) => {
        if (kind !== KIND_INTEGER) return ofEscaped(bytes, start, end, kind);
        if (!parseInt64Into(bytes, start, end, words, 0)) return false;
        longs[0] = BigInt.asIntN(64, longs[0]! * 1_000_000n);
        return true;
      };
    }
    case "date":
    case "timestamp_ntz":
    case "time":
      return escaped(parse);
    default:
      return () => false;
  }
}

/** Texts, with escapes or without. */
function ofText(parse: ParseValue): ParseKind {
  const ofEscaped = escaped(parse);
  return (bytes, start, end, kind) =>
    kind === KIND_STRING ? parse(bytes, start, end) : ofEscaped(bytes, start, end, kind);
}

/** Texts with escapes. */
function escaped(parse: ParseValue): ParseKind {
  const arena = new ByteArena(64);
  return (bytes, start, end, kind) => {
    if (kind !== KIND_STRING_ESCAPED) return false;
    arena.clear();
    const size = unescapeJson(bytes, start, end - start, arena);
    return parse(arena.bytes, 0, size);
  };
}
