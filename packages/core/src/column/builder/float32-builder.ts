import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import { INITIAL_ROWS } from "./column-builder.js";
import { NumberBuilder } from "./number-builder.js";

/** Builds columns of 32-bit floating-point numbers. */
export class Float32Builder extends NumberBuilder<Float32Array> {
  constructor(type: DataType) {
    super(type, new Float32Array(INITIAL_ROWS));
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.Float32Column(this.type, length, validity, this.part(length, copy));
  }
}
