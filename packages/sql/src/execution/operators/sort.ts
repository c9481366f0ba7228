import { type Column, type ColumnBuilder, columnBuilder, takeColumn } from "@ss/core";
import { compareCells } from "../../expression/cell-order.js";
import type { SortOrder } from "../../expression/expression.js";
import { typeOf } from "../../expression/type-of.js";
import type { Rows } from "../../logical/rows.js";
import type { SortPlan } from "../../physical/plan.js";
import { nodeText } from "../../physical/text.js";
import type { Operator, Run } from "../operator.js";
import { plainOrder, type RowOrder } from "../plain-order.js";
import { slices } from "../slices.js";

/** Rows held beyond the wanted ones before the rest is thrown away. */
const TOP_SLACK = 65536;

/** Orders all rows of a run; with a limit it holds little more than the first rows. */
export class SortOperator implements Operator {
  readonly output: SortPlan["output"];
  private readonly plan: SortPlan;
  private readonly child: Operator;

  constructor(plan: SortPlan, child: Operator) {
    this.output = plan.output;
    this.plan = plan;
    this.child = child;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const { limit } = this.plan;
    let held = this.output.map((attribute) => columnBuilder(attribute.type));
    const holding = run.memory.hold(
      () => nodeText(this.plan),
      () => held.reduce((sum, column) => sum + column.byteSize(), 0),
    );
    for await (const batch of this.child.rows(run)) {
      append(held, batch);
      holding.added(batch.rowCount);
      if (limit !== undefined && held.length > 0 && held[0]!.length > limit + TOP_SLACK) {
        const best = this.sorted(held, limit);
        held = this.output.map((attribute) => columnBuilder(attribute.type));
        append(held, best);
      }
    }
    const { columns, rowCount } = this.sorted(held, limit ?? Number.POSITIVE_INFINITY);
    yield* slices(columns, rowCount);
  }

  private sorted(held: readonly ColumnBuilder[], limit: number): Rows {
    const columns = held.map((builder) => builder.finish());
    const total = columns[0]?.length ?? 0;
    const order = sortRows(this.plan.order, this.output, columns, total);
    const rowCount = Math.min(total, limit);
    return { columns: columns.map((column) => takeColumn(column, order, rowCount)), rowCount };
  }
}

function append(builders: readonly ColumnBuilder[], batch: Rows): void {
  builders.forEach((builder, k) => {
    builder.appendRange(batch.columns[k]!, 0, batch.rowCount);
  });
}

/** Row positions in the given order; rows that are equal keep theirs. */
export function sortRows(
  order: readonly SortOrder[],
  output: SortPlan["output"],
  columns: readonly Column[],
  rowCount: number,
): Int32Array {
  const comparisons = order.map((one) => {
    const child = one.child;
    const index = output.findIndex((attribute) => child.kind === "attribute" && attribute.id === child.id);
    return rowOrder(columns[index]!, one);
  });
  const positions = Int32Array.from({ length: rowCount }, (_, i) => i);
  // typed arrays sort stably too
  return positions.sort((a, b) => {
    for (const compare of comparisons) {
      const result = compare(a, b);
      if (result !== 0) return result;
    }
    return a - b;
  });
}

/** The order of the rows of one column, nulls included. */
export function rowOrder(column: Column, order: SortOrder): RowOrder {
  const plain = plainOrder(column, order.ascending);
  if (plain) return plain;
  const compare = compareCells(typeOf(order.child));
  const sign = order.ascending ? 1 : -1;
  const nulls = order.nullsFirst ? -1 : 1;
  return (a, b) => {
    const aNull = column.isNull(a);
    const bNull = column.isNull(b);
    if (aNull || bNull) return aNull === bNull ? 0 : aNull ? nulls : -nulls;
    return sign * compare(column, a, column, b);
  };
}
