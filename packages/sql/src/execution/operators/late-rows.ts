import {
  assert,
  type Column,
  columnBuilder,
  Int64Column,
  StringType,
  StructField,
  StructType,
  TimestampType,
  takeColumn,
} from "@ss/core";
import type { Attribute } from "../../expression/expression.js";
import type { Rows } from "../../logical/rows.js";
import type { LateRowsPlan } from "../../physical/plan.js";
import { Stage } from "../codegen/stage.js";
import type { StageSettings } from "../codegen/stage-writer.js";
import { eventTimes, lateOnes } from "../event-times.js";
import type { Operator, Run } from "../operator.js";

/** What is reported of a late row: who dropped it, by which watermark, its event time, and the row itself as JSON. */
export const LATE_ROWS_SCHEMA: StructType = new StructType([
  StructField("operator", StringType, false),
  StructField("watermark", TimestampType, false),
  StructField("eventTime", TimestampType, false),
  StructField("row", StringType, false),
]);

/**
 * Lets all rows pass on their way into a stateful operator, and reports those that it is going to drop for being late. (It drops them itself,
 * so that its results and counts do not depend on whether somebody asks for late rows.)
 */
export class LateRowsOperator implements Operator {
  readonly output: LateRowsPlan["output"];
  private readonly plan: LateRowsPlan;
  private readonly child: Operator;
  private readonly time: number;
  private readonly passed: readonly number[];
  private readonly row: Stage;

  constructor(plan: LateRowsPlan, child: Operator, settings: StageSettings) {
    this.output = plan.output;
    this.plan = plan;
    this.child = child;
    const place = ({ id }: Attribute): number => child.output.findIndex((column) => column.id === id);
    this.time = place(plan.time);
    this.passed = plan.output.map(place);
    this.row = new Stage({ input: child.output, conditions: [], outputs: [plan.row] }, settings);
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const stream = run.stream!;
    const { operator } = this.plan;
    assert(operator !== undefined, "late rows have no operator that drops them");
    const { lateWatermarkMs } = stream.watermarksOf(operator.operatorId);
    for await (const batch of this.child.rows(run)) {
      const late = lateOnes(batch.columns[this.time]!, batch.rowCount, lateWatermarkMs);
      if (late.length > 0) {
        await stream.reportLate(this.report(batch, late, operator.operatorName, lateWatermarkMs, run));
      }
      yield { columns: this.passed.map((k) => batch.columns[k]!), rowCount: batch.rowCount };
    }
  }

  private report(batch: Rows, late: Int32Array, name: string, watermarkMs: number, run: Run): Rows {
    const rowCount = late.length;
    const columns = batch.columns.map((column) => takeColumn(column, late, rowCount));
    const names = columnBuilder(StringType);
    for (let i = 0; i < rowCount; i++) names.append(name);
    const watermark = new BigInt64Array(rowCount).fill(BigInt(watermarkMs) * 1000n);
    const times = eventTimes(columns[this.time]!, rowCount).values;
    const reported: readonly Column[] = [
      names.finish(),
      new Int64Column(TimestampType, rowCount, null, watermark),
      new Int64Column(TimestampType, rowCount, null, times),
      ...this.row.run(columns, rowCount, run).columns,
    ];
    return { columns: reported, rowCount };
  }
}
