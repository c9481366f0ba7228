import type { Rows } from "../../logical/rows.js";
import type { AggregatePlan } from "../../physical/plan.js";
import type { GroupInput } from "../aggregate/group-input.js";
import type { GroupState } from "../aggregate/group-state.js";
import type { Operator, Run } from "../operator.js";
import type { DividedState } from "../state-partitions/divided-state.js";

/** One group of so many may have been merged before, where they are merged as they come. */
const REPEATED_SHARE = 4;

/**
 * An aggregation over a stream. Per batch the rows are grouped, partition by partition where the input can be divided, and the groups go into
 * the state (see {@link GroupState}): on the driver, or on the workers that own it.
 */
export class StatefulAggregateOperator implements Operator {
  readonly output: AggregatePlan["output"];
  private readonly input: GroupInput;
  private readonly state: GroupState;
  /** Present where the session has workers. */
  private readonly divided: DividedState | undefined;

  constructor(
    output: AggregatePlan["output"],
    input: GroupInput,
    state: GroupState,
    divided: DividedState | undefined,
  ) {
    this.output = output;
    this.input = input;
    this.state = state;
    this.divided = divided;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const stream = run.stream!;
    const { operatorId, operatorName, keySchema } = this.state.spec;
    const counts = stream.counts(operatorId, operatorName!);
    const inParts = stream.batchMemory !== undefined;
    const batch = { mode: stream.mode, inParts, ...stream.watermarksOf(operatorId) };
    if (this.divided?.owned !== undefined) {
      yield* this.divided.rows(run, batch, this.output, counts);
      return;
    }
    const { state } = this;
    const family = stream.family(operatorId);
    state.begin(batch, () => stream.monotonicMs());
    let groups = 0;
    const before = counts.updated;
    // of groups that come again and again the rows had better be found first
    const gains = (): boolean => REPEATED_SHARE * (groups - (counts.updated - before)) > groups;
    for await (const partial of this.input.partials(run, gains)) {
      groups += partial.rowCount;
      state.take(partial, family, counts);
      stream.checkState();
      const pause = run.breathe();
      if (pause) await pause;
    }
    if (keySchema.length === 0 && groups === 0) state.saveGlobalGroup(family, counts);
    yield* state.give(family, counts);
  }
}
