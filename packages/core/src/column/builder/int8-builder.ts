import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import { INITIAL_ROWS } from "./column-builder.js";
import { NumberBuilder } from "./number-builder.js";

/** Builds columns of 8-bit whole numbers. */
export class Int8Builder extends NumberBuilder<Int8Array> {
  constructor(type: DataType) {
    super(type, new Int8Array(INITIAL_ROWS));
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Int8Column(this.type, length, validity, this.part(length, copy));
  }
}
