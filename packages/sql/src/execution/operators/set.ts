import { type KeyTable, takeColumn } from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { SetPlan, UnionPlan } from "../../physical/plan.js";
import { nodeText } from "../../physical/text.js";
import { kernelKeyTable } from "../keys/kernel-key-table.js";
import type { Operator, Run } from "../operator.js";

/** The rows of all children, one child after the other. */
export class UnionOperator implements Operator {
  readonly output: UnionPlan["output"];
  private readonly children: readonly Operator[];

  constructor(plan: UnionPlan, children: readonly Operator[]) {
    this.output = plan.output;
    this.children = children;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    for (const child of this.children) yield* child.rows(run);
  }
}

/** INTERSECT and EXCEPT by counting the rows of the right side. */
export class SetOperator implements Operator {
  readonly output: SetPlan["output"];
  private readonly plan: SetPlan;
  private readonly left: Operator;
  private readonly right: Operator;

  constructor(plan: SetPlan, left: Operator, right: Operator) {
    this.output = plan.output;
    this.plan = plan;
    this.left = left;
    this.right = right;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const table = kernelKeyTable(this.output.map((attribute) => attribute.type));
    const counts: number[] = [];
    const holding = run.memory.hold(
      () => nodeText(this.plan),
      () => table.byteSize() + counts.length * 8,
    );
    for await (const batch of this.right.rows(run)) {
      const slots = new Int32Array(batch.rowCount);
      table.findOrAdd(batch.columns, batch.rowCount, slots);
      for (const slot of slots) counts[slot] = (counts[slot] ?? 0) + 1;
      holding.added(batch.rowCount);
    }
    const given = { flags: new Uint8Array(0) };
    for await (const batch of this.left.rows(run)) {
      const kept = this.keep(batch, table, counts, given);
      holding.added(batch.rowCount);
      if (kept.length > 0) {
        const columns = batch.columns.map((column) => takeColumn(column, kept, kept.length));
        yield { columns, rowCount: kept.length };
      }
    }
  }

  private keep(batch: Rows, table: KeyTable, counts: number[], given: { flags: Uint8Array }): Int32Array {
    const slots = new Int32Array(batch.rowCount);
    table.findOrAdd(batch.columns, batch.rowCount, slots);
    if (given.flags.length < table.slotCount) {
      const larger = new Uint8Array(table.slotCount * 2);
      larger.set(given.flags);
      given.flags = larger;
    }
    const kept: number[] = [];
    slots.forEach((slot, i) => {
      const right = counts[slot] ?? 0;
      if (this.plan.all) {
        // each row of the right side answers for one row of the left
        if (right > 0) counts[slot] = right - 1;
        if (right > 0 === (this.plan.type === "intersect")) kept.push(i);
        return;
      }
      if (right > 0 !== (this.plan.type === "intersect") || given.flags[slot] === 1) return;
      given.flags[slot] = 1;
      kept.push(i);
    });
    return Int32Array.from(kept);
  }
}
