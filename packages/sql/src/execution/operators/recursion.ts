import { type ColumnBuilder, columnBuilder, type StreamError } from "@ss/core";
import { runtimeError } from "../../functions/runtime-error.js";
import type { Rows } from "../../logical/rows.js";
import type { RecursionPlan, RecursionRowsPlan } from "../../physical/plan.js";
import { nodeText } from "../../physical/text.js";
import { heldBytes } from "../held-bytes.js";
import type { Operator, Run } from "../operator.js";

/** The rows of the last step, which the next one reads. */
export class HeldRows {
  batches: readonly Rows[] = [];
}

/** WITH RECURSIVE: runs its step on the rows of the step before, until one gives none. */
export class RecursionOperator implements Operator {
  readonly output: RecursionPlan["output"];
  private readonly plan: RecursionPlan;
  private readonly anchor: Operator;
  private readonly step: Operator;
  private readonly held: HeldRows;

  constructor(plan: RecursionPlan, anchor: Operator, step: Operator, held: HeldRows) {
    this.output = plan.output;
    this.plan = plan;
    this.anchor = anchor;
    this.step = step;
    this.held = held;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const { levelLimit, rowLimit } = this.plan;
    let total = 0;
    // what the step reads and what it has made
    let bytes = 0;
    const holding = run.memory.hold(
      () => nodeText(this.plan),
      () => bytes,
    );
    for (let level = 0; ; level++) {
      if (level > levelLimit) throw levelLimitExceeded(levelLimit);
      const made: Rows[] = [];
      for await (const batch of (level === 0 ? this.anchor : this.step).rows(run)) {
        run.signal.throwIfAborted();
        if (batch.rowCount === 0) continue;
        total += batch.rowCount;
        if (total > rowLimit) throw rowLimitExceeded(rowLimit);
        const copy = this.copy(batch);
        made.push(copy);
        bytes += heldBytes(copy);
        holding.added(copy.rowCount);
        yield copy;
      }
      if (made.length === 0) return;
      bytes = made.reduce((sum, rows) => sum + heldBytes(rows), 0);
      this.held.batches = made;
      const pause = run.breathe();
      if (pause) await pause;
    }
  }

  /** What a step yields is gone with its next batch, and the next step reads it as often as it likes. */
  private copy({ columns, rowCount }: Rows): Rows {
    const copies = columns.map((column, k) => {
      const builder: ColumnBuilder = columnBuilder(this.output[k]!.type);
      for (let i = 0; i < rowCount; i++) builder.appendFrom(column, i);
      return builder.finish();
    });
    return { columns: copies, rowCount };
  }
}

/** The rows of the step before. */
export class RecursionRowsOperator implements Operator {
  readonly output: RecursionRowsPlan["output"];
  private readonly held: HeldRows;

  constructor(plan: RecursionRowsPlan, held: HeldRows) {
    this.output = plan.output;
    this.held = held;
  }

  async *rows(): AsyncIterable<Rows> {
    yield* this.held.batches;
  }
}

function levelLimitExceeded(limit: number): StreamError {
  return runtimeError(
    "RECURSION_LEVEL_LIMIT_EXCEEDED",
    "42836",
    { levelLimit: String(limit) },
    `A recursive query goes on after ${limit} steps: set spark.sql.cteRecursionLevelLimit, or write MAX RECURSION LEVEL.`,
  );
}

function rowLimitExceeded(limit: number): StreamError {
  return runtimeError(
    "RECURSION_ROW_LIMIT_EXCEEDED",
    "42836",
    { rowLimit: String(limit) },
    `A recursive query gives more than ${limit} rows: set spark.sql.cteRecursionRowLimit, or write LIMIT.`,
  );
}
