import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import { INITIAL_ROWS } from "./column-builder.js";
import { NumberBuilder } from "./number-builder.js";

/** Builds columns of 32-bit whole numbers: INT, DATE and year-month intervals. */
export class Int32Builder extends NumberBuilder<Int32Array> {
  constructor(type: DataType) {
    super(type, new Int32Array(INITIAL_ROWS));
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Int32Column(this.type, length, validity, this.part(length, copy));
  }
}
