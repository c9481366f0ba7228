import { BytesBuilder, BytesColumn, type Column, type ColumnBuilder, type DataType } from "@ss/core";
import type { FieldColumn } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { bytesCode } from "../emit/parts.js";
import type { FieldPlace, FieldValues } from "./field-values.js";
import { SpanViews } from "./span-views.js";
import { validityOf } from "./validity.js";

/** Puts texts in the place of fields that are none, and changes their spans. */
export type RewriteTexts = (
  bytes: Uint8Array,
  column: FieldColumn,
  from: number,
  to: number,
  bad: Uint8Array,
) => void;

/** Fields that are texts: spans of the records' bytes, once those that are written otherwise are rewritten. */
export class TextValues implements FieldValues {
  isUsed = false;
  private readonly type: DataType;
  private readonly rewrite: RewriteTexts;
  private bytes: Uint8Array = new Uint8Array(0);
  private spans: FieldColumn | undefined;

  constructor(type: DataType, rewrite: RewriteTexts) {
    this.type = type;
    this.rewrite = rewrite;
  }

  useAll(): void {
    this.isUsed = true;
  }

  start(): void {
    // the spans are those of the table
  }

  clear(): void {
    // every row has its place
  }

  read(bytes: Uint8Array, column: FieldColumn, from: number, to: number, bad: Uint8Array): void {
    this.bytes = bytes;
    this.spans = column;
    this.rewrite(bytes, column, from, to, bad);
  }

  builder(isBatch: boolean): ColumnBuilder {
    return isBatch ? new SpanViews(this.type) : new BytesBuilder(this.type);
  }

  column(rowCount: number): Column {
    const { starts, lengths } = this.spans!;
    const present = Uint8Array.from({ length: rowCount }, (_, row) => (lengths[row]! < 0 ? 0 : 1));
    const validity = validityOf(present, rowCount);
    return new BytesColumn(this.type, rowCount, validity, this.bytes, starts, lengths);
  }

  code(writer: CodeWriter, { column, bytes, row }: FieldPlace): Code {
    this.isUsed = true;
    const length = `${writer.local(`${column}.lengths`)}[${row}]`;
    const start = `${writer.local(`${column}.starts`)}[${row}]`;
    return bytesCode(this.type, `(${length} < 0)`, bytes, start, length);
  }
}
