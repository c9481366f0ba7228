import type { SparkSession } from "@ss/sql";

/** What a work gives: enough to see that it is right. */
export interface Answer {
  readonly groups: number;
  /** Rows counted, or amounts summed. */
  readonly total: number;
}

/** A piece of work, the same for every engine. */
export interface Work {
  readonly name: string;
  /** What the figure counts: rows, or words. */
  readonly unit: "rows" | "words";
  readonly defaultRows: number;
  /** Makes the input and returns its folder. */
  prepare(root: string, rows: number): Promise<string>;
  /** How many units the input has. */
  units(rows: number, answer: Answer): number;
  /** Runs it as a stream with a checkpoint to its end; what it returns finds the answer in what the sink got. */
  stream(
    spark: SparkSession,
    input: string,
    root: string,
    checkpoint: string,
  ): Promise<() => Promise<Answer>>;
  /** The answer by a program of a few lines that no engine has a part in. */
  expected(input: string, root: string): Promise<Answer>;
  /** The query of DuckDB that gives `groups` and `total`; absent where there is none to compare with. */
  duckdb?(input: string, root: string): string;
  /** Relative tolerance of the total, for sums of floating-point numbers in another order. */
  readonly tolerance: number;
}
