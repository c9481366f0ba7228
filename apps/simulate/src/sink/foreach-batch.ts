import type { AnyRow } from "@ss/sql";
import { type OutputRow, outputRow } from "../query/row.js";
import { compareRows, type ObservedSink } from "./observed-sink.js";

/** A function that is handed every batch, perhaps more than once, and keeps the newest of each id. */
export function foreachBatch(): ObservedSink {
  const batches = new Map<number, readonly OutputRow[]>();
  return {
    name: "foreachBatch",
    plugins: [],
    takes: () => true,
    start: (writer) =>
      writer
        .foreachBatch(async (batch, batchId) => {
          const columns = await batch.columns();
          const rows: AnyRow[] = await batch.collect();
          batches.set(
            batchId,
            rows.map((row) => outputRow(columns.map((column) => row[column]))),
          );
        })
        .start(),
    check: async (expected) => {
      for (const [batchId, rows] of expected)
        compareRows(`batch ${batchId} of foreachBatch`, batches.get(batchId) ?? [], rows);
    },
  };
}
