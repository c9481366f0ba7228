import { BytesBuilder, StringType } from "@ss/core";
import {
  ByteArena,
  JsonCompactor,
  JsonLookup,
  JsonNested,
  type JsonOptions,
  type JsonStep,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  SpanList,
  unescapeJson,
} from "@ss/kernels";
import type { TextArena } from "../emit/arena-text.js";

/** What functions of JSON texts accept beyond strict JSON. */
const GRAMMAR: JsonOptions = { allowNonNumericNumbers: false, allowUnquotedControlChars: true };

/** Puts what a path finds in a text into the arena; false where there is nothing. */
export type FindJson = (arena: TextArena, data: Uint8Array, start: number, length: number) => boolean;

/** Finds the value at the end of a path: a text bare of quotes, anything else as JSON. */
export function jsonFinder(steps: readonly JsonStep[]): FindJson {
  const lookup = new JsonLookup(steps, GRAMMAR);
  const compactor = new JsonCompactor(GRAMMAR);
  const scratch = new ByteArena(256);
  return (arena, data, start, length) => {
    if (!lookup.find(data, start, start + length)) return false;
    const { kind } = lookup;
    if (kind === KIND_STRING || compactor.isCompact(data, lookup.start, lookup.length, kind)) {
      arena.copy(data, lookup.start, lookup.length);
      return true;
    }
    scratch.clear();
    if (kind === KIND_STRING_ESCAPED) unescapeJson(data, lookup.start, lookup.length, scratch);
    else compactor.appendField(data, lookup.start, lookup.length, kind, scratch);
    arena.copy(scratch.bytes, 0, scratch.length);
    return true;
  };
}

/** Counts the elements of the array that a text is; -1 where it is none. */
export function jsonArrayLength(): (data: Uint8Array, start: number, length: number) => number {
  const nested = new JsonNested(GRAMMAR);
  const elements = new SpanList();
  return (data, start, length) => {
    elements.clear();
    return nested.appendElements(data, start, length, elements) === 0 ? elements.count : -1;
  };
}

/** Appends the keys of the object that a text is to `keys`; false where it is none. */
export class JsonObjectKeys {
  readonly keys: BytesBuilder = new BytesBuilder(StringType);
  private readonly nested = new JsonNested(GRAMMAR);
  private readonly names = new SpanList();
  private readonly values = new SpanList();
  private readonly scratch = new ByteArena(64);

  append(data: Uint8Array, start: number, length: number): boolean {
    const { names, values, keys, scratch } = this;
    names.clear();
    values.clear();
    if (this.nested.appendEntries(data, start, length, names, values) !== 0) return false;
    for (let k = 0; k < names.count; k++) {
      if (names.kinds[k] === KIND_STRING_ESCAPED) {
        scratch.clear();
        const size = unescapeJson(data, names.starts[k]!, names.lengths[k]!, scratch);
        keys.appendBytes(scratch.bytes, 0, size);
      } else keys.appendBytes(data, names.starts[k]!, names.lengths[k]!);
    }
    return true;
  }
}
