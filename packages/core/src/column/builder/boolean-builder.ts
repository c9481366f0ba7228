import type { DataType } from "../../schema/data-type.js";
import * as c from "../column.js";
import type { Value } from "../value.js";
import { INITIAL_ROWS } from "./column-builder.js";
import { FixedBuilder } from "./fixed-builder.js";

/** Builds columns of booleans. */
export class BooleanBuilder extends FixedBuilder<Uint8Array> {
  constructor(type: DataType) {
    super(type, new Uint8Array(INITIAL_ROWS));
  }
  append(value: Value): void {
    const i = this.next(value !== null);
    this.values[i] = value ? 1 : 0;
  }
  protected build(length: number, validity: c.Validity, copy: boolean): c.Column {
    return new c.BooleanColumn(this.type, length, validity, this.part(length, copy));
  }
}
