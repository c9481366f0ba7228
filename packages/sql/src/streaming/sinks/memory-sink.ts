import {
  type Batch,
  type BatchWrite,
  copyColumn,
  type OutputMode,
  type PartitionWriter,
  type Sink,
  type SinkBatch,
  type SinkResult,
} from "@ss/core";
import type { Rows } from "../../logical/rows.js";

/** Keeps the rows of a query in memory, for looking at them by SQL under the query's name. */
export class MemorySink implements Sink {
  readonly description = "MemorySink";
  readonly delivery = "exactlyOnce";
  readonly outputModes: readonly OutputMode[] = ["append", "update", "complete"];
  private readonly batches = new Map<number, readonly Rows[]>();
  private complete = false;

  /** The rows so far: of all batches, or of the last one in complete mode. */
  rows(): readonly Rows[] {
    const all = [...this.batches.values()];
    return this.complete ? (all[all.length - 1] ?? []) : all.flat();
  }

  async begin(batch: SinkBatch): Promise<BatchWrite> {
    const parts: Rows[] = [];
    this.complete = batch.mode === "complete";
    return {
      alreadyCommitted: this.batches.has(batch.batchId),
      writer: async () => new MemoryWriter(parts),
      commit: async (): Promise<SinkResult> => {
        if (this.complete) this.batches.clear();
        this.batches.set(batch.batchId, parts);
        return { numOutputRows: parts.reduce((sum, part) => sum + part.rowCount, 0) };
      },
      abort: async () => {},
    };
  }

  async close(): Promise<void> {}
}

/** Copies batches into a list. */
export class MemoryWriter implements PartitionWriter {
  private readonly parts: Rows[];
  constructor(parts: Rows[]) {
    this.parts = parts;
  }
  async write(batch: Batch): Promise<void> {
    const columns = batch.columns.map((column) => copyColumn(column, 0, batch.rowCount));
    this.parts.push({ columns, rowCount: batch.rowCount });
  }
  async finish(): Promise<null> {
    return null;
  }
  async abort(): Promise<void> {}
}
