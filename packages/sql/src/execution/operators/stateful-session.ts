import type { Rows } from "../../logical/rows.js";
import type { AggregatePlan } from "../../physical/plan.js";
import type { GroupInput } from "../aggregate/group-input.js";
import { GroupTable } from "../aggregate/group-table.js";
import type { Operator, Run } from "../operator.js";
import type { SessionState } from "../session/session-state.js";

/**
 * An aggregation by session windows over a stream. Per batch the rows are grouped as if each were a session of its own; those go into the
 * state (see {@link SessionState}), which gives out the sessions that the watermark has completed, or all of them.
 */
export class StatefulSessionOperator implements Operator {
  readonly output: AggregatePlan["output"];
  private readonly input: GroupInput;
  private readonly state: SessionState;
  private readonly groups: GroupTable;

  constructor(plan: AggregatePlan, input: GroupInput, state: SessionState, ansi: boolean) {
    this.output = plan.output;
    this.input = input;
    this.state = state;
    this.groups = new GroupTable(plan.keys, plan.parts, ansi);
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const stream = run.stream!;
    const { operatorId, operatorName } = this.state.spec;
    const counts = stream.counts(operatorId, operatorName!);
    const batch = { mode: stream.mode, ...stream.watermarksOf(operatorId) };
    const family = stream.family(operatorId);
    this.groups.reset();
    await this.input.fill(this.groups, run);
    let start = stream.monotonicMs();
    for (const _piece of this.state.save(this.groups, batch, family, counts)) {
      counts.updatesMs += stream.monotonicMs() - start;
      stream.checkState();
      const pause = run.breathe();
      if (pause) await pause;
      start = stream.monotonicMs();
    }
    yield* this.state.give(batch, family, counts);
    counts.removalsMs += stream.monotonicMs() - start;
  }
}
