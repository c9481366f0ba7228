import type { DataType } from "@ss/core";
import {
  ByteArena,
  KIND_FALSE,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_NON_NUMERIC,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  KIND_TRUE,
  parseInt16,
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

/** Reads the bytes of a field of one kind into memory; false where they are no value of the type. */
export type ParseKind = (bytes: Uint8Array, start: number, end: number, kind: number) => boolean;

/** How the fields of a type of fixed size are read. */
export interface JsonFieldReader {
  /** Kinds of fields whose bytes are a value as they stand. */
  readonly direct: readonly number[];
  /** Reads those; */
  readonly parse: ParseValue;
  /** and this the others. */
  readonly other: ParseKind;
}

const WHOLE: readonly number[] = [KIND_INTEGER];
const TEXT: readonly number[] = [KIND_STRING];

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

/** The reader of a type, into memory. */
export function jsonFieldReader(type: DataType, text: ValueText, memory: ValueMemory): JsonFieldReader {
  const parse = type.kind === "byte" ? byteParser(memory) : valueParser(type, text, memory)!;
  return { direct: directKinds(type), parse, other: otherKinds(type, text, memory, parse) };
}

/** TINYINT: numbers that have eight bits, with a sign or without. */
function byteParser({ ints }: ValueMemory): ParseValue {
  return (bytes, start, end) => {
    const value = parseInt16(bytes, start, end);
    if (!(value >= -128 && value <= 255)) return false;
    ints[0] = (value << 24) >> 24;
    return true;
  };
}

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
