import { BATCH_ROWS, type Column, sliceColumn } from "@ss/core";
import type { Rows } from "../logical/rows.js";

/** Long columns in batches, without a copy. */
export function* slices(columns: readonly Column[], rowCount: number): Generator<Rows> {
  if (rowCount <= BATCH_ROWS) {
    if (rowCount > 0) yield { columns, rowCount };
    return;
  }
  for (let from = 0; from < rowCount; from += BATCH_ROWS) {
    const to = Math.min(rowCount, from + BATCH_ROWS);
    yield { columns: columns.map((column) => sliceColumn(column, from, to)), rowCount: to - from };
  }
}
