import {
  type Column,
  type ColumnBuilder,
  columnBuilder,
  Int64Column,
  StructColumn,
  takeColumn,
} from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { AggregatePlan } from "../../physical/plan.js";
import { nodeText } from "../../physical/text.js";
import type { GroupInput } from "../aggregate/group-input.js";
import type { GroupTable } from "../aggregate/group-table.js";
import { flattenKeys } from "../aggregate/key-columns.js";
import type { Operator, Run } from "../operator.js";
import { slices } from "../slices.js";
import { KeyNumbers } from "./key-numbers.js";
import { mergeSessions } from "./merge-sessions.js";
import { SessionKeys } from "./session-keys.js";

/**
 * Fills groups with rows that have the bounds of their whole sessions: for aggregates of distinct values, which have no partial results that
 * sessions could be joined by. Holds all rows.
 */
export class SessionRowsInput implements GroupInput {
  private readonly plan: AggregatePlan;
  private readonly child: Operator;
  private readonly keys: SessionKeys;

  constructor(plan: AggregatePlan, child: Operator) {
    this.plan = plan;
    this.child = child;
    this.keys = new SessionKeys(plan.keys);
  }

  async fill(groups: GroupTable, run: Run): Promise<void> {
    const held = this.child.output.map(({ type }) => columnBuilder(type));
    const holding = run.memory.hold(
      () => nodeText(this.plan),
      () => held.reduce((sum, column) => sum + column.byteSize(), groups.byteSize()),
    );
    for await (const batch of this.child.rows(run)) {
      append(held, batch);
      holding.added(batch.rowCount);
    }
    for (const rows of this.inSessions(held)) {
      groups.add(rows);
      holding.added(rows.rowCount);
      const pause = run.breathe();
      if (pause) await pause;
    }
    holding.look();
  }

  // biome-ignore lint/correctness/useYield: streams, which ask for partial results, have no aggregates of distinct values
  async *partials(): AsyncGenerator<Rows> {
    throw new Error("an aggregate of distinct values has no partial results");
  }

  /** The rows by key and time, each with the session that it is part of. */
  private *inSessions(held: readonly ColumnBuilder[]): Generator<Rows> {
    const columns = held.map((builder) => builder.finish());
    const rowCount = columns[0]!.length;
    const keyCount = this.plan.keys.length;
    const { others, start, end } = this.keys.split(flattenKeys(this.plan.keys, columns.slice(0, keyCount)));
    const numbers = new KeyNumbers(this.keys.others.map((part) => part.type));
    const sessions = mergeSessions({
      keyOf: numbers.of(others, rowCount),
      keyCount: numbers.count,
      starts: start.values.subarray(0, rowCount),
      ends: end.values.subarray(0, rowCount),
    });
    const starts = new BigInt64Array(rowCount);
    const ends = new BigInt64Array(rowCount);
    for (let k = 0; k < sessions.count; k++) {
      const from = sessions.firsts[k]!;
      const to = sessions.firsts[k + 1]!;
      starts.fill(start.values[sessions.order[from]!]!, from, to);
      ends.fill(sessions.ends[k]!, from, to);
    }
    const bounds: readonly Column[] = [
      new Int64Column(start.type, rowCount, null, starts),
      new Int64Column(end.type, rowCount, null, ends),
    ];
    const ordered = columns.map((column, k) => {
      const key = this.plan.keys[k];
      return key?.isSession && key.type.kind === "struct"
        ? new StructColumn(key.type, rowCount, null, bounds)
        : takeColumn(column, sessions.order, rowCount);
    });
    yield* slices(ordered, rowCount);
  }
}

function append(builders: readonly ColumnBuilder[], batch: Rows): void {
  builders.forEach((builder, k) => {
    builder.appendRange(batch.columns[k]!, 0, batch.rowCount);
  });
}
