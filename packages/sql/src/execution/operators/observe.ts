import { type ExternalOptions, externalValue } from "../../expression/external-value.js";
import type { Rows } from "../../logical/rows.js";
import type { ObservePlan } from "../../physical/plan.js";
import { argumentColumns } from "../../physical/plan-aggregate.js";
import { GroupTable } from "../aggregate/group-table.js";
import { Stage } from "../codegen/stage.js";
import type { StageSettings } from "../codegen/stage-writer.js";
import type { Operator, Run } from "../operator.js";

/** Lets rows pass and aggregates some of their columns on the side. */
export class ObserveOperator implements Operator {
  readonly output: ObservePlan["output"];
  private readonly plan: ObservePlan;
  private readonly child: Operator;
  private readonly settings: StageSettings;
  private readonly external: ExternalOptions;
  private readonly results: Stage;
  private held: { readonly runId: number; readonly groups: GroupTable } | undefined;

  constructor(plan: ObservePlan, child: Operator, settings: StageSettings, external: ExternalOptions) {
    this.output = plan.output;
    this.plan = plan;
    this.child = child;
    this.settings = settings;
    this.external = external;
    const input = plan.parts.map((part) => part.attribute);
    this.results = new Stage({ input, conditions: [], outputs: plan.results }, settings);
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const groups = this.groups(run);
    const first = this.output.length - argumentColumns(this.plan.parts).length;
    for await (const batch of this.child.rows(run)) {
      groups.add({ columns: batch.columns.slice(first), rowCount: batch.rowCount });
      yield batch;
    }
    const { columns } = this.results.run(groups.accumulators.results(1), 1, run);
    const metrics = Object.fromEntries(
      this.plan.results.map((alias, k) => [alias.names[0]!, externalValue(columns[k]!, 0, this.external)]),
    );
    run.observe(this.plan.name, metrics as never);
  }

  /** The one group of a run; the parts of an open batch are aggregated together. */
  private groups(run: Run): GroupTable {
    if (this.held?.runId === run.runId) return this.held.groups;
    const groups = new GroupTable([], this.plan.parts, this.settings.ansi);
    groups.addGlobalGroup();
    if (run.stream?.batchMemory !== undefined) this.held = { runId: run.runId, groups };
    return groups;
  }
}
