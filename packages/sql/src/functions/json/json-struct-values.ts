import {
  type Column,
  type ColumnBuilder,
  type DataType,
  StructBuilder,
  StructColumn,
  type StructType,
} from "@ss/core";
import {
  type FieldColumn,
  FieldTable,
  JsonTokenizer,
  KernelArrays,
  KIND_OBJECT,
  RECORD_OK,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { BAD, type FieldPlace, type FieldValues, PARTLY_BAD } from "../text-record/field-values.js";
import { onDemand } from "../text-record/on-demand.js";
import { validityOf } from "../text-record/validity.js";
import { type JsonRecord, jsonValues } from "./json-values.js";
import { VoidValues } from "./void-values.js";

const encoder = new TextEncoder();

/** The keys of a struct's fields, and where each field is found: of fields of one name the last one has the values. */
export interface JsonKeys {
  readonly keys: readonly Uint8Array[];
  readonly fields: readonly FieldValues[];
  /** For each field of the type: its place among `fields`, -1 for one that is always null. */
  readonly places: readonly number[];
}

/** The fields of a struct. */
export function jsonKeys(
  fields: readonly { readonly name: string; readonly type: DataType }[],
  record: JsonRecord,
): JsonKeys {
  const isLast = fields.map(({ name }, k) => fields.findLastIndex((other) => other.name === name) === k);
  const found = fields.filter((_, k) => isLast[k]);
  return {
    keys: found.map(({ name }) => encoder.encode(name)),
    fields: found.map(({ type }) => jsonValues(type, record)),
    places: fields.map((field, k) => (isLast[k] ? found.indexOf(field) : -1)),
  };
}

/** STRUCT from objects; one stays where fields of it cannot be read, and those are null. */
export class JsonStructValues implements FieldValues {
  isUsed = false;
  /** 1 for rows that have a value. */
  present: Uint8Array = new Uint8Array(0);
  readonly children: readonly FieldValues[];
  readonly table: FieldTable;
  private readonly type: StructType;
  private readonly places: readonly number[];
  private readonly tokenizer: JsonTokenizer;
  private badFields: Uint8Array = new Uint8Array(0);

  constructor(type: StructType, record: JsonRecord) {
    const { keys, fields, places } = jsonKeys(type.fields, record);
    this.type = type;
    this.children = fields;
    this.places = places;
    this.tokenizer = new JsonTokenizer(keys, record.grammar);
    this.table = new FieldTable(keys.length, 1, new KernelArrays());
  }

  useAll(): void {
    this.isUsed = true;
    for (const child of this.children) child.useAll();
  }

  start(rowCount: number): void {
    this.table.ensureCapacity(rowCount);
    for (const child of this.children) child.start(rowCount);
    if (this.present.length >= rowCount) return;
    const capacity = Math.max(rowCount, 2 * this.present.length);
    this.present = new Uint8Array(capacity);
    this.badFields = new Uint8Array(capacity);
  }

  clear(): void {
    for (const child of this.children) child.clear();
  }

  read(bytes: Uint8Array, column: FieldColumn, from: number, to: number, bad: Uint8Array): void {
    const { present, table, badFields, children } = this;
    const { lengths, kinds } = column;
    this.tokenizer.tokenizeColumn(bytes, column, to, table, from);
    badFields.fill(0, from, to);
    for (let k = 0; k < children.length; k++) {
      const child = children[k]!;
      if (child.isUsed) child.read(bytes, table.columns[k]!, from, to, badFields);
    }
    for (let row = from; row < to; row++) {
      const isObject = kinds[row] === KIND_OBJECT && table.statuses[row] === RECORD_OK;
      present[row] = isObject ? 1 : 0;
      if (isObject) bad[row]! |= badFields[row] === 0 ? 0 : PARTLY_BAD;
      else if (lengths[row]! >= 0) bad[row]! |= BAD;
    }
  }

  builder(isBatch: boolean): ColumnBuilder {
    return new StructBuilder(
      this.type,
      this.places.map((place, k) => this.child(place, k).builder(isBatch)),
    );
  }

  column(rowCount: number): Column {
    const validity = validityOf(this.present, rowCount);
    const children = this.places.map((place, k) => this.child(place, k).column(rowCount));
    return new StructColumn(this.type, rowCount, validity, children);
  }

  private child(place: number, k: number): FieldValues {
    return this.children[place] ?? new VoidValues(this.type.fields[k]!.type);
  }

  code(writer: CodeWriter, { path, bytes, row }: FieldPlace): Code {
    this.isUsed = true;
    const isNull = `(${writer.local(`${path}.present`)}[${row}] === 0)`;
    const fields = this.places.map((place, k) => {
      const column = `${path}.table.columns[${place}]`;
      return () =>
        this.child(place, k).code(writer, { path: `${path}.children[${place}]`, column, bytes, row });
    });
    return { type: this.type, isNull, layout: "struct", fields: onDemand(fields) };
  }
}
