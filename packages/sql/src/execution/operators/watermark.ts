import type { Column } from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { WatermarkPlan } from "../../physical/plan.js";
import { eventTimes } from "../event-times.js";
import type { Operator, Run } from "../operator.js";
import type { EventTimes } from "../stream-run.js";

const TWO_32 = 4294967296;

/** Lets rows pass and notes their event times, in milliseconds as Spark does. */
export class WatermarkOperator implements Operator {
  readonly output: WatermarkPlan["output"];
  private readonly child: Operator;
  private readonly column: number;
  private readonly index: number;

  constructor(plan: WatermarkPlan, child: Operator) {
    this.output = plan.output;
    this.child = child;
    this.column = child.output.findIndex((attribute) => attribute.id === plan.attribute.id);
    this.index = plan.index;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const times = run.stream?.eventTimes(this.index);
    for await (const batch of this.child.rows(run)) {
      if (times) note(times, batch.columns[this.column]!, batch.rowCount);
      yield batch;
    }
  }
}

function note(times: EventTimes, column: Column, rowCount: number): void {
  const own: Column = eventTimes(column, rowCount);
  // a column of nulls
  if (own.layout !== "int64") return;
  const { words } = own;
  const nullable = own.validity !== null;
  for (let i = 0; i < rowCount; i++) {
    if (nullable && own.isNull(i)) continue;
    const ms = Math.floor((words[2 * i + 1]! * TWO_32 + (words[2 * i]! >>> 0)) / 1000);
    if (times.count === 0 || ms < times.minMs) times.minMs = ms;
    if (times.count === 0 || ms > times.maxMs) times.maxMs = ms;
    times.sumMs += ms;
    times.count++;
  }
}
