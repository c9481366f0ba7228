import type { DataFrame, SparkSession } from "@ss/sql";
import type { Row } from "./row.js";

/** An operator that keeps the columns of a stream: what it does to a DataFrame, and the same done plainly to rows. */
export interface Step {
  /** Its name in the counts. */
  readonly operator: string;
  readonly text: string;
  frame(stream: DataFrame, spark: SparkSession): DataFrame;
  model(rows: readonly Row[]): readonly Row[];
}
