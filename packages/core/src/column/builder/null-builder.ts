import * as c from "../column.js";
import type { Value } from "../value.js";
import { ColumnBuilder } from "./column-builder.js";

/** Builds columns that are null in every row. */
export class NullBuilder extends ColumnBuilder {
  append(_value: Value): void {
    this.next(false);
  }
  appendFrom(): void {
    this.next(false);
  }
  setFrom(): void {}
  protected grow(): void {}
  protected build(length: number): c.Column {
    return new c.NullColumn(this.type, length);
  }
  protected resetValues(): void {}
  byteSize(): number {
    return this.validity.byteLength;
  }
}
