import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import { INITIAL_ROWS } from "./column-builder.js";
import { NumberBuilder } from "./number-builder.js";

/** Builds columns of 64-bit floating-point numbers. */
export class Float64Builder extends NumberBuilder<Float64Array> {
  constructor(type: DataType) {
    super(type, new Float64Array(INITIAL_ROWS));
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Float64Column(this.type, length, validity, this.part(length, copy));
  }
}
