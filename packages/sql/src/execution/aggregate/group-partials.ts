import { type Column, type DataType, sliceColumn } from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { AggregatePlan } from "../../physical/plan.js";
import { nodeText } from "../../physical/text.js";
import type { MemoryScope } from "../memory-budget.js";
import { GroupTable, shapesOf } from "./group-table.js";
import { keyParts } from "./key-columns.js";

/** Groups handed on at once: a message to another thread, or a merge, is not larger. */
const PARTIAL_ROWS = 1 << 15;
/** So many groups, of little more rows, are handed on before the input ends: their table still fits into the processor's cache. */
const EARLY_GROUPS = 1 << 14;
/** With no more than one row of so many that its group had before, the next rows are not grouped at all. */
const APART_SHARE = 16;

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

  /**
   * Valid until the next are asked for. As long as `gains` says that it does not gain much to find all rows of a group first, groups that are hardly
   * fewer than their rows are given as they come, and may come again; where they are as many as their rows, each of the rows to come is a
   * group of its own.
   */
  async *of(batches: AsyncIterable<Rows>, memory: MemoryScope, gains?: () => boolean): AsyncGenerator<Rows> {
    const { groups } = this;
    let rowCount = 0;
    let isApart = false;
    groups.reset();
    const holding = memory.hold(
      () => nodeText(this.plan),
      () => groups.byteSize(),
    );
    try {
      for await (const batch of batches) {
        if (isApart && gains?.() === false && this.canBeApart(batch)) {
          yield groups.apart(batch);
          continue;
        }
        if (isApart) groups.reset();
        isApart = false;
        groups.add(batch);
        holding.added(batch.rowCount);
        rowCount += batch.rowCount;
        const { groupCount } = groups;
        if (gains === undefined || groupCount < EARLY_GROUPS || 4 * groupCount < 3 * rowCount || gains())
          continue;
        holding.look();
        yield* this.pieces();
        groups.reset();
        isApart = APART_SHARE * (rowCount - groupCount) <= rowCount;
        rowCount = 0;
      }
      holding.look();
      yield* this.pieces();
    } finally {
      holding.release();
    }
  }

  /** The state takes keys as they are but for numbers behind a dictionary. */
  private canBeApart({ columns }: Rows): boolean {
    const keys = columns.slice(0, this.plan.keys.length);
    return keys.every((key) => key.layout !== "dictionary" || key.dictionary.layout === "bytes");
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
