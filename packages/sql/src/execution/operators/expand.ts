import { type Column, type ColumnBuilder, columnBuilder, takeColumn } from "@ss/core";
import { typeOf } from "../../expression/type-of.js";
import type { Rows } from "../../logical/rows.js";
import type { ExpandPlan } from "../../physical/plan.js";
import { Stage } from "../codegen/stage.js";
import type { StageSettings } from "../codegen/stage-writer.js";
import type { Operator, Run } from "../operator.js";
import { slices } from "../slices.js";

/**
 * Each row once per projection: all projections of a row, then those of the next. The order must not depend on where batches end, since sums of
 * floating-point numbers depend on it.
 */
export class ExpandOperator implements Operator {
  readonly output: ExpandPlan["output"];
  private readonly child: Operator;
  private readonly stages: readonly Stage[];
  private readonly builders: readonly ColumnBuilder[];
  private order: Int32Array = new Int32Array(0);
  private orderedRows = 0;

  constructor(plan: ExpandPlan, child: Operator, settings: StageSettings) {
    this.output = plan.output;
    this.child = child;
    this.stages = plan.projections.map(
      (outputs) => new Stage({ input: child.output, conditions: [], outputs }, settings),
    );
    this.builders = plan.output.map((attribute) => columnBuilder(typeOf(attribute)));
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    for await (const { columns, rowCount } of this.child.rows(run)) {
      if (this.stages.length === 1) yield this.stages[0]!.run(columns, rowCount, run);
      else yield* slices(this.interleaved(columns, rowCount, run), rowCount * this.stages.length);
    }
  }

  /** The projections one after the other, then taken row by row. */
  private interleaved(columns: readonly Column[], rowCount: number, run: Run): readonly Column[] {
    for (const builder of this.builders) builder.reset();
    for (const stage of this.stages) {
      const made = stage.run(columns, rowCount, run);
      this.builders.forEach((builder, k) => {
        builder.appendRange(made.columns[k]!, 0, rowCount);
      });
    }
    const order = this.rowByRow(rowCount);
    return this.builders.map((builder) => takeColumn(builder.view(), order, order.length));
  }

  private rowByRow(rowCount: number): Int32Array {
    const count = this.stages.length;
    if (this.orderedRows === rowCount) return this.order;
    this.order = new Int32Array(rowCount * count);
    for (let i = 0, at = 0; i < rowCount; i++)
      for (let k = 0; k < count; k++) this.order[at++] = k * rowCount + i;
    this.orderedRows = rowCount;
    return this.order;
  }
}
