import type { DataType } from "@ss/core";
import { KIND_ARRAY, KIND_FALSE, KIND_MISSING, KIND_OBJECT, type SpanCopies } from "@ss/kernels";
import type { FieldValues } from "../text-record/field-values.js";
import { RecordColumns } from "../text-record/record-columns.js";
import { JsonListValues, JsonRootListValues } from "./json-list-values.js";
import { JsonMapValues } from "./json-map-values.js";
import { isBlank, JSON_SEPARATOR, type JsonText, roomOf } from "./json-text.js";
import type { JsonRecord } from "./json-values.js";
import { JsonRootVariantValues } from "./json-variant-values.js";

const BLANK = 32;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;

/** Texts that are arrays, maps or variants, as one column. */
export class JsonRootColumns extends RecordColumns {
  private readonly field: number;

  /** `field` is the one of the schema that takes the whole text. */
  constructor(type: DataType, json: JsonText, field = 0) {
    let copies: SpanCopies;
    super([rootValues(type, { ...json, copies: () => copies })], JSON_SEPARATOR, roomOf(json), 0, false);
    copies = this.copies;
    this.field = field;
  }

  override placeOf(field: number): number {
    return field === this.field ? 0 : -1;
  }

  /** The beginning of a text says what it may be; whether it is that is seen when it is read. */
  protected override tokenize(from: number, to: number): void {
    const { copies, table, found, bad } = this;
    const { bytes, starts, lengths } = copies;
    const column = table.columns[0]!;
    bad.fill(0, from, to);
    for (let row = from; row < to; row++) {
      const start = starts[row]!;
      const length = lengths[row]!;
      const isFound = !isBlank(bytes, start, length);
      found[row] = isFound ? 1 : 0;
      column.starts[row] = start;
      column.lengths[row] = isFound ? length : -1;
      column.kinds[row] = isFound ? kindOf(bytes, start) : KIND_MISSING;
    }
  }
}

function kindOf(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at]! <= BLANK) at++;
  if (bytes[at] === OPEN_BRACKET) return KIND_ARRAY;
  return bytes[at] === OPEN_BRACE ? KIND_OBJECT : KIND_FALSE;
}

function rootValues(type: DataType, record: JsonRecord): FieldValues {
  switch (type.kind) {
    case "array":
      return new (type.elementType.kind === "struct" ? JsonRootListValues : JsonListValues)(type, record);
    case "map":
      return new JsonMapValues(type, record);
    default:
      return new JsonRootVariantValues(record.grammar);
  }
}
