import { Int64Column, takeColumn } from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { AggregatePlan } from "../../physical/plan.js";
import { nodeText } from "../../physical/text.js";
import type { GroupInput } from "../aggregate/group-input.js";
import { Accumulators, GroupTable, shapesOf } from "../aggregate/group-table.js";
import { assembleKeys } from "../aggregate/key-columns.js";
import type { Operator, Run } from "../operator.js";
import { KeyNumbers } from "../session/key-numbers.js";
import { mergeSessions } from "../session/merge-sessions.js";
import { SessionKeys } from "../session/session-keys.js";
import { slices } from "../slices.js";

/** Groups the rows of a run as if each were a session of its own, joins those that touch, and gives one row per session. */
export class SessionAggregateOperator implements Operator {
  readonly output: AggregatePlan["output"];
  private readonly plan: AggregatePlan;
  private readonly input: GroupInput;
  private readonly ansi: boolean;
  private readonly keys: SessionKeys;

  constructor(plan: AggregatePlan, input: GroupInput, ansi: boolean) {
    this.output = plan.output;
    this.plan = plan;
    this.input = input;
    this.ansi = ansi;
    this.keys = new SessionKeys(plan.keys);
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const { keys, parts } = this.plan;
    const groups = new GroupTable(keys, parts, this.ansi);
    await this.input.fill(groups, run);
    const { groupCount, table } = groups;
    const { others, start, end } = this.keys.split(table.keys.map((key) => key.view()));
    const numbers = new KeyNumbers(this.keys.others.map((part) => part.type));
    const { count, order, firsts, ends } = mergeSessions({
      keyOf: numbers.of(others, groupCount),
      keyCount: numbers.count,
      starts: start.values.subarray(0, groupCount),
      ends: end.values.subarray(0, groupCount),
    });
    const merged = new Accumulators(parts, shapesOf(parts, this.ansi));
    const holding = run.memory.hold(
      () => nodeText(this.plan),
      () => merged.byteSize(),
    );
    merged.resize(count);
    const inOrder = groups.accumulators
      .buffers(groupCount)
      .map((column) => takeColumn(column, order, groupCount));
    merged.merge(slotsOf(firsts), inOrder, groupCount);
    holding.look();
    const first = new Int32Array(count);
    for (let session = 0; session < count; session++) first[session] = order[firsts[session]!]!;
    const partColumns = this.keys.join({
      others: others.map((column) => takeColumn(column, first, count)),
      start: takeColumn(start, first, count) as typeof start,
      end: new Int64Column(end.type, count, null, ends),
    });
    yield* slices([...assembleKeys(keys, partColumns, count), ...merged.results(count)], count);
  }
}

/** The session at each place. */
function slotsOf(firsts: Int32Array): Int32Array {
  const slots = new Int32Array(firsts.at(-1)!);
  for (let session = 0; session + 1 < firsts.length; session++) {
    slots.fill(session, firsts[session]!, firsts[session + 1]!);
  }
  return slots;
}
