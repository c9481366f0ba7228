import { type ColumnBuilder, columnBuilder, type StructType, type Value } from "@ss/core";
import { toInternal } from "../../expression/internal-value.js";
import type { Rows } from "../../logical/rows.js";

/** Turns the objects that a program gives out into columns. */
export class ObjectWriter {
  /** Rows since the last `take`. */
  rowCount = 0;
  private readonly schema: StructType;
  private readonly what: string;
  private readonly builders: readonly ColumnBuilder[];

  /** `what` names the rows in errors. */
  constructor(schema: StructType, what: string) {
    this.schema = schema;
    this.what = what;
    this.builders = schema.fields.map((field) => columnBuilder(field.type));
  }

  /** Adds a row: an object, or an array in the order of the columns. */
  add(row: unknown): void {
    // an absent row is refused as a value of another type is
    const values = toInternal(row ?? "null", this.schema, this.what) as readonly Value[];
    const { builders } = this;
    for (let k = 0; k < builders.length; k++) builders[k]!.append(values[k]!);
    this.rowCount++;
  }

  /** The rows so far. */
  take(): Rows {
    const { rowCount } = this;
    this.rowCount = 0;
    return { columns: this.builders.map((builder) => builder.finish()), rowCount };
  }
}
