import type { DataType } from "@ss/core";
import {
  ByteArena,
  type CsvTokenizer,
  KIND_PLAIN,
  KIND_QUOTED,
  KIND_QUOTED_ESCAPED,
  KIND_QUOTED_TAIL,
} from "@ss/kernels";
import type { FieldDecoder, FieldRewriter } from "../decode/field-decoder.js";
import { ComputedBytesDecoder, StringDecoder } from "../decode/string-decoder.js";
import { type ValueText, valueDecoder } from "../decode/value-decoders.js";
import { unsupportedType } from "../errors.js";

const ESCAPED = new Uint8Array(16);
ESCAPED[KIND_QUOTED_ESCAPED] = 1;
ESCAPED[KIND_QUOTED_TAIL] = 1;

const DIRECT = new Uint8Array(16);
DIRECT[KIND_PLAIN] = 1;
DIRECT[KIND_QUOTED] = 1;

class CsvRewriter implements FieldRewriter {
  readonly direct: Uint8Array = DIRECT;
  private readonly tokenizer: CsvTokenizer;
  private readonly arena = new ByteArena(256);
  readonly start = 0;
  end = 0;

  constructor(tokenizer: CsvTokenizer) {
    this.tokenizer = tokenizer;
  }

  get bytes(): Uint8Array {
    return this.arena.bytes;
  }

  rewrite(bytes: Uint8Array, start: number, length: number, kind: number): number {
    this.arena.clear();
    this.end = this.tokenizer.unescape(bytes, start, length, kind, this.arena);
    return 1;
  }
}

/** The decoder of a type as CSV writes it. */
export function csvDecoder(
  type: DataType,
  column: string,
  text: ValueText,
  tokenizer: CsvTokenizer,
  emptyValue: string,
): FieldDecoder {
  if (["string", "char", "varchar", "binary"].includes(type.kind)) {
    return emptyValue === ""
      ? stringViews(type, tokenizer)
      : stringCopies(type, column, tokenizer, emptyValue);
  }
  const found = valueDecoder(type, column, text, new CsvRewriter(tokenizer));
  if (found === undefined) throw unsupportedType(column, type, "CSV");
  return found;
}

function stringViews(type: DataType, tokenizer: CsvTokenizer): FieldDecoder {
  return new StringDecoder(
    type,
    ESCAPED,
    (bytes, start, length, kind, arena) => tokenizer.unescape(bytes, start, length, kind, arena),
    false,
  );
}

/** Empty values in quotes have a text of their own, which stands nowhere in the file. */
function stringCopies(
  type: DataType,
  column: string,
  tokenizer: CsvTokenizer,
  emptyValue: string,
): FieldDecoder {
  const empty = new TextEncoder().encode(emptyValue);
  const arena = new ByteArena(256);
  return new ComputedBytesDecoder(type, column, (bytes, start, length, kind) => {
    if (length === 0) return empty;
    if (ESCAPED[kind] === 0) return bytes.subarray(start, start + length);
    arena.clear();
    const size = tokenizer.unescape(bytes, start, length, kind, arena);
    return arena.bytes.subarray(0, size);
  });
}

/** Refuses the types that CSV cannot hold. */
export function checkCsvType(column: string, type: DataType): void {
  switch (type.kind) {
    case "array":
    case "map":
    case "struct":
    case "void":
      throw unsupportedType(column, type, "CSV");
    default:
  }
}
