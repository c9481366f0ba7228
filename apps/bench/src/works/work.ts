import type { SparkSession } from "@ss/sql";
import type { ByHand } from "./by-hand.js";

/** What a work gives: enough to see that it is right. */
export interface Answer {
  /** Groups of an aggregation, or rows written. */
  readonly groups: number;
  /** Rows counted, amounts summed, or a checksum over what was written. */
  readonly total: number;
}

/** Where one run finds its input and leaves its files. */
export interface Places {
  /** The folder of the input. */
  readonly input: string;
  /** The folder of all benchmark data. */
  readonly root: string;
  /** An empty folder of this run alone: checkpoint, output. */
  readonly scratch: string;
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
  stream(spark: SparkSession, places: Places): Promise<() => Promise<Answer>>;
  /** The answer by a program written by hand, which no engine has a part in. */
  expected(input: string, root: string): Answer;
  /** The same program as an engine to compare with; absent where it does not do the whole work. */
  readonly byHand?: ByHand;
  /** Statements of DuckDB: what the first does is measured, the last gives `groups` and `total`; it may be the same one. */
  duckdb(places: Places): readonly string[];
  /** Answers on which other engines have agreed, by rows of input: they tell that generator and check have stayed the same. */
  readonly agreed: ReadonlyMap<number, Answer>;
  /** Relative tolerance of the total, for sums of floating-point numbers in another order. */
  readonly tolerance: number;
}

/** Whether an answer is the expected one. */
export function isRight(work: Work, answer: Answer, expected: Answer): boolean {
  const difference = Math.abs(answer.total - expected.total);
  return answer.groups === expected.groups && difference <= Math.abs(expected.total) * work.tolerance;
}
