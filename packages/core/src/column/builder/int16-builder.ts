import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import { INITIAL_ROWS } from "./column-builder.js";
import { NumberBuilder } from "./number-builder.js";

/** Builds columns of 16-bit whole numbers. */
export class Int16Builder extends NumberBuilder<Int16Array> {
  constructor(type: DataType) {
    super(type, new Int16Array(INITIAL_ROWS));
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Int16Column(this.type, length, validity, this.part(length, copy));
  }
}
