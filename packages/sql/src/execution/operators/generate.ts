import {
  assert,
  type Column,
  type ColumnBuilder,
  columnBuilder,
  takeColumn,
  type Value,
  valueAt,
} from "@ss/core";
import { typeOf } from "../../expression/type-of.js";
import type { Rows } from "../../logical/rows.js";
import type { GeneratePlan } from "../../physical/plan.js";
import { Stage } from "../codegen/stage.js";
import type { StageSettings } from "../codegen/stage-writer.js";
import type { Operator, Run } from "../operator.js";

/** Generators that make rows of boxed values (`inline`, `stack`, `json_tuple`). */
export class GenerateOperator implements Operator {
  readonly output: GeneratePlan["output"];
  private readonly plan: GeneratePlan;
  private readonly child: Operator;
  private readonly args: Stage;
  private readonly settings: StageSettings;

  constructor(plan: GeneratePlan, child: Operator, settings: StageSettings) {
    this.output = plan.output;
    this.plan = plan;
    this.child = child;
    this.settings = settings;
    this.args = new Stage({ input: child.output, conditions: [], outputs: plan.generator.args }, settings);
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const { generator } = this.plan;
    assert(generator.fn.generate, `the generator ${generator.name} makes no rows`);
    const generate = generator.fn.generate({
      ...this.settings,
      argTypes: generator.args.map(typeOf),
      type: typeOf(generator),
      state: generator.state,
      nowMs: run.nowMs,
      partition: run.partition,
    });
    const width = generator.outputs.length;
    for await (const batch of this.child.rows(run)) {
      const args = this.args.run(batch.columns, batch.rowCount, run).columns;
      const rows: number[] = [];
      const builders = generator.outputs.map((field) => columnBuilder(field.type));
      for (let i = 0; i < batch.rowCount; i++)
        this.one(generate(...cells(args, i)), i, rows, builders, width);
      if (rows.length === 0) continue;
      const positions = Int32Array.from(rows);
      const before = batch.columns.map((column) => takeColumn(column, positions, rows.length));
      yield { columns: [...before, ...builders.map((builder) => builder.finish())], rowCount: rows.length };
    }
  }

  private one(
    made: readonly (readonly Value[])[],
    i: number,
    rows: number[],
    builders: readonly ColumnBuilder[],
    width: number,
  ): void {
    const lines = made.length === 0 && this.plan.outer ? [new Array<Value>(width).fill(null)] : made;
    for (const line of lines) {
      rows.push(i);
      for (const [k, builder] of builders.entries()) builder.append(line[k] ?? null);
    }
  }
}

function cells(columns: readonly Column[], i: number): Value[] {
  return columns.map((column) => valueAt(column, i));
}
