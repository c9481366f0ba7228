import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import type { Value } from "../value.js";
import { INITIAL_ROWS } from "./column-builder.js";
import { FixedBuilder } from "./fixed-builder.js";

/** Builds columns of 64-bit whole numbers: BIGINT, times and short decimals. */
export class Int64Builder extends FixedBuilder<BigInt64Array> {
  constructor(type: DataType) {
    super(type, new BigInt64Array(INITIAL_ROWS));
  }
  append(value: Value): void {
    const i = this.next(value !== null);
    if (value !== null) this.values[i] = value as bigint;
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Int64Column(this.type, length, validity, this.part(length, copy));
  }
}
