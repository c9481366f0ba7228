import { BATCH_ROWS, Int64Column } from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { RangePlan, RowsPlan } from "../../physical/plan.js";
import type { Operator, Run } from "../operator.js";

/** Rows that are there already. */
export class RowsOperator implements Operator {
  readonly output: RowsPlan["output"];
  private readonly source: RowsPlan["rows"];

  constructor(plan: RowsPlan) {
    this.output = plan.output;
    this.source = plan.rows;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    for (const batch of this.source()) {
      run.signal.throwIfAborted();
      if (batch.rowCount > 0) yield batch;
      const pause = run.breathe();
      if (pause) await pause;
    }
  }
}

/** Whole numbers from `start` to below `end`. */
export class RangeOperator implements Operator {
  readonly output: RangePlan["output"];
  private readonly plan: RangePlan;

  constructor(plan: RangePlan) {
    this.output = plan.output;
    this.plan = plan;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const { start, end, step } = this.plan;
    const values = new BigInt64Array(BATCH_ROWS);
    let next = start;
    while (step > 0n ? next < end : next > end) {
      let count = 0;
      for (; count < BATCH_ROWS && (step > 0n ? next < end : next > end); count++) {
        values[count] = next;
        next += step;
      }
      run.signal.throwIfAborted();
      yield { columns: [new Int64Column(this.output[0]!.type, count, null, values)], rowCount: count };
      const pause = run.breathe();
      if (pause) await pause;
    }
  }
}
