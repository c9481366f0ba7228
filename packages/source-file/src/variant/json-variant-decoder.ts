import { type Column, type DataType, VariantType } from "@ss/core";
import { type FieldColumn, type JsonOptions, KIND_NULL, VariantJsonParser } from "@ss/kernels";
import type { FieldDecoder } from "../decode/field-decoder.js";
import type { BadRows } from "../reading/bad-rows.js";
import { VariantRows } from "./variant-rows.js";

/** VARIANT from JSON values of every kind; JSON null is a variant, and only what is missing is null. */
export class JsonVariantDecoder implements FieldDecoder {
  readonly type: DataType = VariantType;
  private readonly column: string;
  private readonly parser: VariantJsonParser;
  private readonly rows = new VariantRows();

  constructor(column: string, grammar: JsonOptions) {
    this.column = column;
    this.parser = new VariantJsonParser(grammar);
  }

  decode(bytes: Uint8Array, field: FieldColumn, rowCount: number, bad: BadRows): Column {
    const { rows, parser } = this;
    const { starts, lengths, kinds } = field;
    rows.reset();
    let row = 0;
    const write = (): boolean =>
      parser.appendField(bytes, starts[row]!, lengths[row]!, kinds[row]!, rows.builder);
    for (; row < rowCount; row++) {
      if (lengths[row]! < 0 && kinds[row] !== KIND_NULL) rows.appendNull();
      else if (!rows.append(write)) bad.mark(row, this.column);
    }
    return rows.column();
  }
}

/** VARIANT from whole records, whose spans are those of the field. */
export class JsonRecordDecoder implements FieldDecoder {
  readonly type: DataType = VariantType;
  private readonly parser: VariantJsonParser;
  private readonly rows = new VariantRows();

  constructor(grammar: JsonOptions) {
    this.parser = new VariantJsonParser(grammar);
  }

  decode(bytes: Uint8Array, field: FieldColumn, rowCount: number, bad: BadRows): Column {
    const { rows, parser } = this;
    const { starts, lengths } = field;
    rows.reset();
    let row = 0;
    const write = (): boolean =>
      parser.appendDocument(bytes, starts[row]!, starts[row]! + lengths[row]!, rows.builder);
    for (; row < rowCount; row++) if (!rows.append(write)) bad.mark(row, "");
    return rows.column();
  }
}
