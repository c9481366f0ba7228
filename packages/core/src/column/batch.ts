import type { StructType } from "../schema/struct-type.js";
import type { Column } from "./column.js";

/** A few thousand rows as columns, in the order of the schema's fields. Valid as long as its columns are (see `Column`). */
export class Batch {
  readonly schema: StructType;
  readonly columns: readonly Column[];
  readonly rowCount: number;

  constructor(schema: StructType, columns: readonly Column[], rowCount: number) {
    this.schema = schema;
    this.columns = columns;
    this.rowCount = rowCount;
  }
}

/** Rows that a batch aims at: large enough to amortise a call, small enough to stay in the processor's cache. */
export const BATCH_ROWS = 4096;
