import { type Column, type ColumnBuilder, MapBuilder, MapColumn, type MapType } from "@ss/core";
import { type FieldColumn, KIND_OBJECT, SpanList } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { FieldPlace, FieldValues } from "../text-record/field-values.js";
import { validityOf } from "../text-record/validity.js";
import { appendValues, JsonItems } from "./json-items.js";
import { type JsonRecord, jsonValues } from "./json-values.js";

/** MAP from objects, in which a key may come more than once. */
export class JsonMapValues implements FieldValues {
  isUsed = false;
  readonly entries: JsonItems;
  readonly keyItems: ColumnBuilder;
  private readonly type: MapType;
  private readonly key: FieldValues;
  private readonly value: FieldValues;
  private readonly keySpans: SpanList;

  constructor(type: MapType, record: JsonRecord) {
    this.type = type;
    this.key = jsonValues(type.keyType, record);
    this.key.useAll();
    this.keyItems = this.key.builder(record.isBatch);
    this.value = jsonValues(type.valueType, record);
    this.entries = new JsonItems(this.value, record);
    this.keySpans = new SpanList(64, this.entries.arrays);
  }

  useAll(): void {
    this.isUsed = true;
  }

  start(rowCount: number): void {
    this.entries.start(rowCount);
  }

  clear(): void {
    this.entries.clear();
    this.keyItems.reset();
  }

  read(bytes: Uint8Array, column: FieldColumn, from: number, to: number, bad: Uint8Array): void {
    const { entries, keySpans } = this;
    const { nested, offsets, spans } = entries;
    spans.clear();
    keySpans.clear();
    nested.appendColumnEntries(bytes, column, to, offsets, keySpans, spans, from);
    // keys are texts, which are never bad
    appendValues(this.key, bytes, keySpans, this.keyItems, NO_FLAGS);
    entries.read(bytes, column, KIND_OBJECT, from, to, bad);
  }

  builder(isBatch: boolean): ColumnBuilder {
    return new MapBuilder(this.type, this.key.builder(isBatch), this.value.builder(isBatch));
  }

  column(rowCount: number): Column {
    const { present, starts, lengths, items } = this.entries;
    const validity = validityOf(present, rowCount);
    return new MapColumn(this.type, rowCount, validity, starts, lengths, this.keyItems.view(), items.view());
  }

  code(writer: CodeWriter, { path, row }: FieldPlace): Code {
    this.isUsed = true;
    const array = (name: string): string => `${writer.local(`${path}.entries.${name}`)}[${row}]`;
    return {
      type: this.type,
      isNull: `(${array("present")} === 0)`,
      layout: "map",
      keys: writer.builder(this.keyItems),
      mapValues: writer.builder(this.entries.items),
      start: array("starts"),
      length: array("lengths"),
    };
  }
}

const NO_FLAGS = new Uint8Array(0);
