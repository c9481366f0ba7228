import { StructField, StructType } from "@ss/core";
import type { ExternalOptions } from "../../expression/external-value.js";
import { ObjectReader } from "../../expression/object-reader.js";
import type { StatelessProgram } from "../../logical/keyed.js";
import type { Rows } from "../../logical/rows.js";
import type { KeyedPlan } from "../../physical/plan.js";
import { type GroupedRows, GroupObjects } from "../keyed/grouped-rows.js";
import { KeyObjects } from "../keyed/key-objects.js";
import { KeyedInput } from "../keyed/keyed-input.js";
import { ObjectWriter, writtenRows } from "../keyed/object-writer.js";
import type { Operator, Run } from "../operator.js";
import { userCode } from "../user-code.js";

/** The rows that an input has under each key. */
type RowsOfKey = (group: number) => Iterable<object>;

/** `mapGroups`, `flatMapGroups` and `cogroup`: calls the function for each group of the rows that a run has, and keeps nothing. */
export class GroupsOperator implements Operator {
  readonly output: KeyedPlan["output"];
  private readonly plan: KeyedPlan;
  private readonly program: StatelessProgram;
  private readonly inputs: readonly KeyedInput[];
  private readonly readers: readonly ObjectReader[];
  private readonly keys: KeyObjects;

  constructor(plan: KeyedPlan, children: readonly Operator[], options: ExternalOptions) {
    this.output = plan.output;
    this.plan = plan;
    this.program = plan.program as StatelessProgram;
    this.inputs = children.map((child, k) => new KeyedInput(child, plan.keys[k]!, plan.inputs[k]!));
    this.readers = plan.inputs.map(
      (columns, k) =>
        new ObjectReader(
          columns.map((column) => column.name),
          options,
          plan.alone[k],
        ),
    );
    this.keys = new KeyObjects(plan.keys[0]!, options);
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const { method, run: call } = this.program;
    const holder = `the rows of ${method} by ${this.plan.keys[0]!.map((key) => key.name).join(", ")}`;
    const groups = await this.inputs[0]!.grouped(run, holder);
    const others = await this.inputs[1]?.grouped(run, holder);
    // keys of the second table alone become groups without rows of the first
    const rowsOfOther = others === undefined ? () => [] : this.rowsOfOther(groups, others);
    const rowsOfKey = rowsByGroup(groups, this.readers[0]!);
    const key = this.keys.over(groups.keys());
    const schema = new StructType(this.output.map(({ name, type }) => StructField(name, type)));
    const writer = new ObjectWriter(schema, `what the function of ${method} gives out`);
    const guard = <T>(code: () => T): T => userCode(method, code);
    for (let g = 0; g < groups.groupCount; g++) {
      const give = (): Iterable<object> => call(key(g), rowsOfKey(g), rowsOfOther(g));
      yield* writtenRows(give, "the function", guard, writer);
      const pause = run.breathe();
      if (pause) await pause;
    }
    if (writer.rowCount > 0) yield writer.take();
  }

  private rowsOfOther(groups: GroupedRows, others: GroupedRows): RowsOfKey {
    const own = groups.groupsOf(others.keys(), others.groupCount);
    const otherOf = new Int32Array(groups.groupCount).fill(-1);
    for (let g = 0; g < own.length; g++) otherOf[own[g]!] = g;
    const rows = rowsByGroup(others, this.readers[1]!);
    return (group) => (otherOf[group]! < 0 ? [] : rows(otherOf[group]!));
  }
}

function rowsByGroup(groups: GroupedRows, reader: ObjectReader): RowsOfKey {
  const { rows, starts } = groups.order();
  const read = reader.over(groups.columns());
  return (group) => new GroupObjects(rows, starts[group]!, starts[group + 1]!, read);
}
