import { StructField, StructType } from "@ss/core";
import type { ExternalOptions } from "../../expression/external-value.js";
import { ObjectReader } from "../../expression/object-reader.js";
import type { Rows } from "../../logical/rows.js";
import type { MapRowsPlan } from "../../physical/plan.js";
import { GroupObjects } from "../keyed/grouped-rows.js";
import { ObjectWriter, writtenRows } from "../keyed/object-writer.js";
import type { Operator, Run } from "../operator.js";
import { userCode } from "../user-code.js";

/** `map`, `flatMap` and `mapPartitions`: hands rows to the function as objects, some thousand at a time, and takes others back. */
export class MapRowsOperator implements Operator {
  readonly output: MapRowsPlan["output"];
  private readonly plan: MapRowsPlan;
  private readonly child: Operator;
  private readonly positions: readonly number[];
  private readonly reader: ObjectReader;

  constructor(plan: MapRowsPlan, child: Operator, options: ExternalOptions) {
    this.output = plan.output;
    this.plan = plan;
    this.child = child;
    this.positions = plan.input.map(({ id }) => child.output.findIndex((column) => column.id === id));
    const names = plan.input.map((column) => column.name);
    this.reader = new ObjectReader(names, options);
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const { method, run: call } = this.plan;
    const schema = new StructType(this.output.map(({ name, type }) => StructField(name, type)));
    const writer = new ObjectWriter(schema, `what the function of ${method} gives out`);
    const guard = <T>(code: () => T): T => userCode(method, code);
    for await (const { columns, rowCount } of this.child.rows(run)) {
      const read = this.reader.over(this.positions.map((k) => columns[k]!));
      const all = Int32Array.from({ length: rowCount }, (_, i) => i);
      const give = (): Iterable<object> => call(new GroupObjects(all, 0, rowCount, read));
      yield* writtenRows(give, "the function", guard, writer);
      if (writer.rowCount > 0) yield writer.take();
      const pause = run.breathe();
      if (pause) await pause;
    }
  }
}
