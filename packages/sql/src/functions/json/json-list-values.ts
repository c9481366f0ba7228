import { type ArrayType, type Column, type ColumnBuilder, ListBuilder, ListColumn } from "@ss/core";
import { type FieldColumn, KIND_ARRAY, KIND_OBJECT } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { FieldPlace, FieldValues } from "../text-record/field-values.js";
import { validityOf } from "../text-record/validity.js";
import { JsonItems } from "./json-items.js";
import { type JsonRecord, jsonValues } from "./json-values.js";

/** ARRAY from arrays. */
export class JsonListValues implements FieldValues {
  isUsed = false;
  readonly list: JsonItems;
  private readonly type: ArrayType;
  private readonly element: FieldValues;

  constructor(type: ArrayType, record: JsonRecord) {
    this.type = type;
    this.element = jsonValues(type.elementType, record);
    this.list = new JsonItems(this.element, record);
  }

  useAll(): void {
    this.isUsed = true;
  }

  start(rowCount: number): void {
    this.list.start(rowCount);
  }

  clear(): void {
    this.list.clear();
  }

  read(bytes: Uint8Array, column: FieldColumn, from: number, to: number, bad: Uint8Array): void {
    const { list } = this;
    list.spans.clear();
    this.takeApart(bytes, column, from, to);
    list.read(bytes, column, KIND_ARRAY, from, to, bad);
  }

  /** Lists the elements of the arrays. */
  protected takeApart(bytes: Uint8Array, column: FieldColumn, from: number, to: number): void {
    const { nested, offsets, spans } = this.list;
    nested.appendColumnElements(bytes, column, to, offsets, spans, from);
  }

  builder(isBatch: boolean): ColumnBuilder {
    return new ListBuilder(this.type, this.element.builder(isBatch));
  }

  column(rowCount: number): Column {
    const { present, starts, lengths, items } = this.list;
    return new ListColumn(this.type, rowCount, validityOf(present, rowCount), starts, lengths, items.view());
  }

  code(writer: CodeWriter, { path, row }: FieldPlace): Code {
    this.isUsed = true;
    const array = (name: string): string => `${writer.local(`${path}.list.${name}`)}[${row}]`;
    return {
      type: this.type,
      isNull: `(${array("present")} === 0)`,
      layout: "list",
      column: writer.builder(this.list.items),
      start: array("starts"),
      length: array("lengths"),
    };
  }
}

/** An array that is the whole text. Where structs are wanted, an object stands for an array of one. */
export class JsonRootListValues extends JsonListValues {
  protected override takeApart(bytes: Uint8Array, column: FieldColumn, from: number, to: number): void {
    const { starts, lengths, kinds } = column;
    const { offsets, spans } = this.list;
    let next = from;
    for (let row = from; row < to; row++) {
      if (kinds[row] !== KIND_OBJECT) continue;
      super.takeApart(bytes, column, next, row);
      offsets[row] = spans.count;
      spans.push(starts[row]!, lengths[row]!, KIND_OBJECT);
      kinds[row] = KIND_ARRAY;
      offsets[row + 1] = spans.count;
      next = row + 1;
    }
    super.takeApart(bytes, column, next, to);
  }
}
