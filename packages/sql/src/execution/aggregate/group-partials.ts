import { type Column, type DataType, sliceColumn } from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { AggregatePlan } from "../../physical/plan.js";
import { nodeText } from "../../physical/text.js";
import type { MemoryScope } from "../memory-budget.js";
import { GroupTable, shapesOf } from "./group-table.js";
import { keyParts } from "./key-columns.js";

/** Groups handed on at once: a message to another thread, or a merge, is not larger. */
const PARTIAL_ROWS = 1 << 15;

/** Groups the rows of a part of the input, and gives the groups' keys and the accumulators' buffers. */
export class GroupPartials {
  /** Of the key parts, then of the buffers. */
  readonly types: readonly DataType[];
  private readonly plan: AggregatePlan;
  private readonly groups: GroupTable;

  constructor(plan: AggregatePlan, ansi: boolean) {
    const { keys, parts } = plan;
    this.plan = plan;
    this.groups = new GroupTable(keys, parts, ansi);
    const shapes = shapesOf(parts, ansi);
    const buffers = parts.flatMap(({ call }, k) => call.fn.buffer(shapes[k]!).map(({ type }) => type));
    this.types = [...keyParts(keys).map(({ type }) => type), ...buffers];
  }

  /** Valid until the next are asked for. */
  async *of(batches: AsyncIterable<Rows>, memory: MemoryScope): AsyncGenerator<Rows> {
    const { groups } = this;
    groups.reset();
    const holding = memory.hold(
      () => nodeText(this.plan),
      () => groups.byteSize(),
    );
    try {
      for await (const batch of batches) {
        groups.add(batch);
        holding.added(batch.rowCount);
      }
      holding.look();
      yield* this.pieces();
    } finally {
      holding.release();
    }
  }

  private *pieces(): Generator<Rows> {
    const { table, accumulators, groupCount: count } = this.groups;
    const keys = table.keys.map((key) => key.view());
    const columns: readonly Column[] = [...keys, ...accumulators.buffers(count)];
    for (let from = 0; from < count; from += PARTIAL_ROWS) {
      const rowCount = Math.min(PARTIAL_ROWS, count - from);
      yield { columns: columns.map((column) => sliceColumn(column, from, from + rowCount)), rowCount };
    }
  }
}
