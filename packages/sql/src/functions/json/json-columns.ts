import type { DataType } from "@ss/core";
import { JsonTokenizer, RECORD_OK, type SpanCopies } from "@ss/kernels";
import { BAD } from "../text-record/field-values.js";
import { RecordColumns } from "../text-record/record-columns.js";
import { type JsonKeys, jsonKeys } from "./json-struct-values.js";
import { isBlank, JSON_SEPARATOR, type JsonText, roomOf } from "./json-text.js";

/** A field of a record of JSON. */
export interface JsonField {
  readonly name: string;
  readonly type: DataType;
}

/** Objects as columns of their fields. */
export class JsonColumns extends RecordColumns {
  private readonly tokenizer: JsonTokenizer;
  private readonly places: JsonKeys["places"];

  constructor(fields: readonly JsonField[], json: JsonText) {
    let copies: SpanCopies;
    const found = jsonKeys(fields, { ...json, copies: () => copies });
    super(
      found.fields,
      JSON_SEPARATOR,
      roomOf(json),
      0,
      fields.every(({ type }) => !isBuilt(type)),
    );
    copies = this.copies;
    this.places = found.places;
    this.tokenizer = new JsonTokenizer(found.keys, json.grammar);
  }

  override placeOf(field: number): number {
    return this.places[field]!;
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
      bad[row] = isGood ? 0 : BAD;
      if (!isGood) table.clearRow(row);
    }
  }
}

/** Whether values of a type are put together in builders, batch by batch. */
function isBuilt(type: DataType): boolean {
  if (type.kind === "struct") return type.fields.some((field) => isBuilt(field.type));
  return type.kind === "array" || type.kind === "map" || type.kind === "variant";
}
