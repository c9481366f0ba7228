import type { Rows } from "../../logical/rows.js";
import type { AggregatePlan } from "../../physical/plan.js";
import type { GroupInput } from "../aggregate/group-input.js";
import { GroupTable } from "../aggregate/group-table.js";
import { assembleKeys } from "../aggregate/key-columns.js";
import type { Operator, Run } from "../operator.js";
import { slices } from "../slices.js";

/** Groups all rows of a run and gives one row per group. */
export class AggregateOperator implements Operator {
  readonly output: AggregatePlan["output"];
  private readonly plan: AggregatePlan;
  private readonly input: GroupInput;
  private readonly ansi: boolean;

  constructor(plan: AggregatePlan, input: GroupInput, ansi: boolean) {
    this.output = plan.output;
    this.plan = plan;
    this.input = input;
    this.ansi = ansi;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const { keys, parts } = this.plan;
    const groups = new GroupTable(keys, parts, this.ansi);
    await this.input.fill(groups, run);
    if (keys.length === 0) groups.addGlobalGroup();
    const count = groups.groupCount;
    const keyColumns = assembleKeys(
      keys,
      groups.table.keys.map((key) => key.view()),
      count,
    );
    yield* slices([...keyColumns, ...groups.accumulators.results(count)], count);
  }
}
