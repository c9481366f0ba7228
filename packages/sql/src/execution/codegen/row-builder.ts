import { type ColumnBuilder, columnBuilder, type DataType, type Value } from "@ss/core";
import type { Rows } from "../../logical/rows.js";

/** Rows of boxed values, as columns. */
export class RowBuilder {
  private readonly builders: readonly ColumnBuilder[];
  private rowCount = 0;

  constructor(types: readonly DataType[]) {
    this.builders = types.map((type) => columnBuilder(type));
  }

  append(row: readonly Value[]): void {
    for (const [k, builder] of this.builders.entries()) builder.append(row[k]!);
    this.rowCount++;
  }

  finish(): Rows {
    return { columns: this.builders.map((builder) => builder.finish()), rowCount: this.rowCount };
  }
}
