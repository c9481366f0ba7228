import { type Column, takeColumn } from "@ss/core";
import type { Attribute } from "../../expression/expression.js";
import { eventTimeColumn } from "../../logical/event-time-column.js";
import type { Rows } from "../../logical/rows.js";
import { onTime } from "../event-times.js";
import type { Operator, Run } from "../operator.js";
import type { OperatorCounts } from "../stream-run.js";
import { GroupedRows } from "./grouped-rows.js";

/** What decides which rows come too late. */
export interface Lateness {
  readonly lateWatermarkMs: number;
  readonly counts: OperatorCounts;
}

/** An input of a program: takes the rows of a batch and groups them. */
export class KeyedInput {
  /** The column by which rows are late; -1 without a watermark. */
  readonly time: number;
  private readonly child: Operator;
  private readonly keys: readonly Attribute[];
  private readonly inputs: readonly Attribute[];
  private readonly keyPositions: readonly number[];
  private readonly positions: readonly number[];

  constructor(child: Operator, keys: readonly Attribute[], inputs: readonly Attribute[]) {
    this.child = child;
    this.keys = keys;
    this.inputs = inputs;
    this.keyPositions = positionsOf(keys, child);
    this.positions = positionsOf(inputs, child);
    this.time = eventTimeColumn(child.output);
  }

  /** All rows of the run, without those that are late where that is asked for. */
  async grouped(run: Run, holder: string, lateness?: Lateness): Promise<GroupedRows> {
    const groups = new GroupedRows(this.keys, this.inputs);
    const holding = run.memory.hold(
      () => holder,
      () => groups.byteSize(),
    );
    for await (const batch of this.child.rows(run)) {
      const rows = lateness === undefined ? batch : this.withoutLate(batch, lateness);
      groups.add(columnsAt(rows, this.keyPositions), {
        columns: columnsAt(rows, this.positions),
        rowCount: rows.rowCount,
      });
      holding.added(rows.rowCount);
      const pause = run.breathe();
      if (pause) await pause;
    }
    return groups;
  }

  private withoutLate(batch: Rows, { lateWatermarkMs, counts }: Lateness): Rows {
    if (this.time < 0) return batch;
    const kept = onTime(batch.columns[this.time]!, batch.rowCount, lateWatermarkMs);
    if (kept === undefined) return batch;
    counts.droppedByWatermark += batch.rowCount - kept.length;
    const columns = batch.columns.map((column) => takeColumn(column, kept, kept.length));
    return { columns, rowCount: kept.length };
  }
}

function positionsOf(columns: readonly Attribute[], child: Operator): readonly number[] {
  return columns.map((column) => child.output.findIndex(({ id }) => id === column.id));
}

function columnsAt({ columns }: Rows, positions: readonly number[]): readonly Column[] {
  return positions.map((k) => columns[k]!);
}
