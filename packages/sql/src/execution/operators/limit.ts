import {
  type FamilySpec,
  Int64Column,
  LongType,
  NullType,
  StructField,
  StructType,
  sliceColumn,
  takeColumn,
} from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { LimitPlan } from "../../physical/plan.js";
import type { Operator, Run } from "../operator.js";

/** Spark's name of the stateful limit in progress reports. */
const NAME = "globalLimit";

/** Skips `offset` rows and lets `count` pass. */
export class LimitOperator implements Operator {
  readonly output: LimitPlan["output"];
  private readonly plan: LimitPlan;
  private readonly child: Operator;

  constructor(plan: LimitPlan, child: Operator) {
    this.output = plan.output;
    this.plan = plan;
    this.child = child;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    let skip = this.plan.offset;
    let left = this.plan.count;
    if (left === 0) return;
    for await (const batch of this.child.rows(run)) {
      const from = Math.min(skip, batch.rowCount);
      skip -= from;
      const rowCount = Math.min(batch.rowCount - from, left);
      left -= rowCount;
      if (rowCount > 0) yield part(batch, from, rowCount);
      if (left === 0) return;
    }
  }
}

function part(batch: Rows, from: number, rowCount: number): Rows {
  if (from === 0)
    return { columns: batch.columns.map((column) => sliceColumn(column, 0, rowCount)), rowCount };
  const positions = Int32Array.from({ length: rowCount }, (_, i) => from + i);
  return { columns: batch.columns.map((column) => takeColumn(column, positions, rowCount)), rowCount };
}

/** A limit over all batches of a stream: the state holds how many rows have passed. */
export class StatefulLimitOperator implements Operator {
  readonly output: LimitPlan["output"];
  readonly family: FamilySpec;
  private readonly plan: LimitPlan;
  private readonly operatorId: number;
  private readonly child: Operator;

  constructor(plan: LimitPlan, operatorId: number, child: Operator) {
    this.output = plan.output;
    this.plan = plan;
    this.operatorId = operatorId;
    this.child = child;
    this.family = {
      operatorId,
      operatorName: NAME,
      name: "default",
      keySchema: new StructType(),
      valueSchema: new StructType([StructField("count", LongType, false)]),
      views: [
        {
          store: "default",
          key: [{ name: "key", type: NullType, from: { kind: "null" } }],
          value: [{ name: "value", type: LongType, from: { kind: "column", column: 0 } }],
        },
      ],
    };
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const stream = run.stream!;
    const counts = stream.counts(this.operatorId, NAME);
    const family = stream.family(this.operatorId);
    const { positions, values } = family.get([], 1);
    const passed = positions[0]! < 0 ? 0 : Number((values[0] as Int64Column).values[positions[0]!]!);
    // a limit that was lowered since lets nothing pass and forgets nothing
    const left = Math.max(0, this.plan.count - passed);
    let given = 0;
    // the batch is read to its end all the same, so that event times and observed metrics are complete
    for await (const batch of this.child.rows(run)) {
      const rowCount = Math.min(batch.rowCount, left - given);
      given += rowCount;
      if (rowCount > 0) yield part(batch, 0, rowCount);
    }
    const now = new Int64Column(LongType, 1, null, BigInt64Array.of(BigInt(passed + given)));
    family.put([], [now], 1);
    // as Spark counts: only where the number has changed
    if (given > 0 || positions[0]! < 0) counts.updated += 1;
  }
}
