import type { SparkSession } from "@ss/sql";
import { compareError, textOfError } from "./compare-error.js";
import { compareRows } from "./compare-rows.js";
import { expectedAnswer } from "./expected-answer.js";
import type { GoldenStatement } from "./golden-file.js";
import { goldenSession } from "./golden-session.js";
import type { Settings } from "./input-settings.js";
import { MissingTables } from "./missing-tables.js";
import { rowLines } from "./row-lines.js";
import { isOrdered } from "./sql-words.js";

/** How a statement or a scenario came out. */
export type Status = "passed" | "failed" | "skipped";

/** How one statement came out. */
export interface StatementResult {
  readonly index: number;
  readonly status: Status;
  /** Why it failed or was skipped. */
  readonly reason?: string;
}

/** A golden file, ready to run. */
export interface GoldenJob {
  /** Path below `results/` without its ending. */
  readonly file: string;
  readonly statements: readonly GoldenStatement[];
  /** One run of the file for each; a statement passes if it passes in all of them. */
  readonly runs: readonly Settings[];
  /** Statements that ended an earlier run of this file, with what happened: they are not run again. */
  readonly stuck: Readonly<Record<number, string>>;
}

/** Runs a golden file; `begin` is called before each statement, so that the caller can watch over its time. */
export async function runGoldenFile(
  job: GoldenJob,
  begin: (index: number) => void,
): Promise<StatementResult[]> {
  const results: StatementResult[] = [];
  for (const settings of job.runs) {
    const session = await goldenSession(job.file, settings);
    try {
      for (const result of await runOnce(job, session, begin)) merge(results, result);
    } finally {
      await session.stop();
    }
  }
  return results;
}

/** A statement that failed in one run has failed. */
function merge(results: StatementResult[], result: StatementResult): void {
  const earlier = results[result.index];
  if (earlier === undefined || earlier.status === "passed") results[result.index] = result;
}

async function runOnce(
  job: GoldenJob,
  session: SparkSession,
  begin: (index: number) => void,
): Promise<StatementResult[]> {
  const tables = new MissingTables();
  const results: StatementResult[] = [];
  for (const statement of job.statements) {
    const { index, sql } = statement;
    const table = tables.next(sql);
    const stuck = job.stuck[index];
    if (table !== undefined)
      results.push({ index, status: "skipped", reason: `needs the test table ${table}` });
    else if (stuck !== undefined) results.push({ index, status: "failed", reason: stuck });
    else {
      begin(index);
      const reason = await runStatement(session, statement);
      results.push(reason === undefined ? { index, status: "passed" } : { index, status: "failed", reason });
    }
  }
  return results;
}

/** Runs a statement; returns why it failed. */
async function runStatement(session: SparkSession, statement: GoldenStatement): Promise<string | undefined> {
  const { sql, schema, output } = statement;
  const expected = expectedAnswer(schema, output);
  let lines: string[];
  try {
    lines = await rowLines(session, session.sql(sql));
  } catch (error) {
    return expected.kind === "error" ? compareError(expected, error) : textOfError(error);
  }
  if (expected.kind === "error")
    return `expected the error ${expected.condition ?? expected.message}, got ${lines.length} rows`;
  return compareRows(expected.kind === "rows" ? expected.text : "", lines, isOrdered(sql));
}
