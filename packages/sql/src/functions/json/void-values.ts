import { type Column, type ColumnBuilder, columnBuilder, type DataType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { alwaysNull } from "../emit/parts.js";
import type { FieldValues } from "../text-record/field-values.js";

/** Fields that are null whatever the records hold. */
export class VoidValues implements FieldValues {
  isUsed = false;
  private readonly type: DataType;

  constructor(type: DataType) {
    this.type = type;
  }

  useAll(): void {
    // there is nothing to read
  }

  start(): void {
    // there is nothing to make room for
  }

  clear(): void {
    // there is nothing to forget
  }

  read(): void {
    // there is nothing to read
  }

  builder(): ColumnBuilder {
    return columnBuilder(this.type);
  }

  column(rowCount: number): Column {
    const builder = columnBuilder(this.type);
    for (let row = 0; row < rowCount; row++) builder.appendNull();
    return builder.view();
  }

  code(writer: CodeWriter): Code {
    return alwaysNull(writer, this.type);
  }
}
