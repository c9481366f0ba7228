import type { Column } from "@ss/core";

/** Rows without a schema beside them: columns in the order of a plan's output. Valid as long as the columns are. */
export interface Rows {
  readonly columns: readonly Column[];
  readonly rowCount: number;
}
