import { assert } from "../../errors/stream-error.js";
import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import type { IntervalValue, Value } from "../value.js";
import { ColumnBuilder } from "./column-builder.js";
import { Int32Builder } from "./int32-builder.js";
import { Int64Builder } from "./int64-builder.js";

/** Builds columns of calendar intervals. */
export class IntervalBuilder extends ColumnBuilder {
  readonly months: Int32Builder;
  readonly days: Int32Builder;
  readonly micros: Int64Builder;
  constructor(type: DataType) {
    super(type);
    this.months = new Int32Builder({ kind: "integer" });
    this.days = new Int32Builder({ kind: "integer" });
    this.micros = new Int64Builder({ kind: "long" });
  }
  append(value: Value): void {
    this.next(value !== null);
    const { months, days, micros } = (value ?? { months: 0, days: 0, micros: 0n }) as IntervalValue;
    this.months.append(months);
    this.days.append(days);
    this.micros.append(micros);
  }
  override appendNull(): void {
    this.append(null);
  }
  appendFrom(column: c.Column, i: number): void {
    this.append(intervalAt(column, i));
  }
  setFrom(slot: number, column: c.Column, i: number): void {
    const value = intervalAt(column, i);
    this.mark(slot, value !== null);
    if (value === null) return;
    this.months.values[slot] = value.months;
    this.days.values[slot] = value.days;
    this.micros.values[slot] = value.micros;
  }
  protected grow(): void {}
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    const part = <T extends Int32Array | BigInt64Array>(values: T): T =>
      (copy ? values.slice(0, length) : values.subarray(0, length)) as T;
    const { months, days, micros } = this;
    return new c.IntervalColumn(
      this.type,
      length,
      validity,
      part(months.values),
      part(days.values),
      part(micros.values),
    );
  }
  protected resetValues(): void {
    this.months.reset();
    this.days.reset();
    this.micros.reset();
  }
  byteSize(): number {
    return this.months.byteSize() + this.days.byteSize() + this.micros.byteSize();
  }
}

function intervalAt(column: c.Column, i: number): IntervalValue | null {
  if (column.isNull(i)) return null;
  if (column.layout === "dictionary") return intervalAt(column.dictionary, column.codes[i]!);
  assert(column.layout === "interval", `an interval column was expected, not ${column.layout}`);
  return { months: column.months[i]!, days: column.days[i]!, micros: column.micros[i]! };
}
