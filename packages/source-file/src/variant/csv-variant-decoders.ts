import { type Column, type DataType, VariantType } from "@ss/core";
import { ByteArena, type CsvTokenizer, type FieldColumn, KIND_PLAIN, KIND_QUOTED } from "@ss/kernels";
import type { FieldDecoder } from "../decode/field-decoder.js";
import type { BadRows } from "../reading/bad-rows.js";
import type { CsvVariantRecords } from "./csv-variant-records.js";
import type { CsvVariantValues } from "./csv-variant-value.js";
import { VariantRows } from "./variant-rows.js";

/** Puts the text of CSV fields, without quotes and escapes, into variants. */
export class CsvVariantFields {
  private readonly values: CsvVariantValues;
  private readonly tokenizer: CsvTokenizer;
  /** What an empty value in quotes stands for. */
  private readonly emptyText: Uint8Array;
  private readonly arena = new ByteArena(256);

  constructor(values: CsvVariantValues, tokenizer: CsvTokenizer, emptyValue: string) {
    this.values = values;
    this.tokenizer = tokenizer;
    this.emptyText = new TextEncoder().encode(emptyValue);
  }

  /** Begins a file. */
  reset(): void {
    this.values.reset();
  }

  append(column: number, bytes: Uint8Array, field: FieldColumn, row: number, rows: VariantRows): void {
    const { builder } = rows;
    const start = field.starts[row]!;
    const length = field.lengths[row]!;
    const kind = field.kinds[row]!;
    const { values, emptyText, arena } = this;
    if (length < 0) builder.appendNull();
    else if (length === 0) values.append(column, emptyText, 0, emptyText.length, builder);
    else if (kind === KIND_PLAIN || kind === KIND_QUOTED)
      values.append(column, bytes, start, start + length, builder);
    else {
      arena.clear();
      const size = this.tokenizer.unescape(bytes, start, length, kind, arena);
      values.append(column, arena.bytes, 0, size, builder);
    }
  }
}

/** VARIANT from the values of one CSV column; a null is a variant, unless the record ends before the column. */
export class CsvVariantDecoder implements FieldDecoder {
  readonly type: DataType = VariantType;
  private readonly fields: CsvVariantFields;
  private readonly missingKind: number;
  private readonly rows = new VariantRows();

  constructor(fields: CsvVariantFields, missingKind: number) {
    this.fields = fields;
    this.missingKind = missingKind;
  }

  decode(bytes: Uint8Array, field: FieldColumn, rowCount: number, _bad: BadRows): Column {
    const { rows, fields } = this;
    rows.reset();
    let row = 0;
    const write = (): boolean => {
      fields.append(0, bytes, field, row, rows);
      return true;
    };
    for (; row < rowCount; row++) {
      if (field.kinds[row] === this.missingKind) rows.appendNull();
      else rows.append(write);
    }
    return rows.column();
  }
}

/** VARIANT from whole CSV records: objects with the names of the header, or `_c0` and so on. */
export class CsvRecordDecoder implements FieldDecoder {
  readonly type: DataType = VariantType;
  private readonly records: CsvVariantRecords;
  private readonly rows = new VariantRows();

  constructor(records: CsvVariantRecords) {
    this.records = records;
  }

  decode(bytes: Uint8Array, _field: FieldColumn, rowCount: number, bad: BadRows): Column {
    const { rows, records } = this;
    rows.reset();
    let row = 0;
    const write = (): boolean => {
      records.appendObject(bytes, row, rows);
      return true;
    };
    for (; row < rowCount; row++) if (!rows.append(write)) bad.mark(row, "");
    return rows.column();
  }
}
