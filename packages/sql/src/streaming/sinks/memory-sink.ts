import {
  type Batch,
  type BatchWrite,
  copyColumn,
  type OutputMode,
  type PartitionWriter,
  type RunMode,
  type Sink,
  type SinkBatch,
  type SinkResult,
} from "@ss/core";
import { heldBytes } from "../../execution/held-bytes.js";
import type { Holding, MemoryBudget, MemoryScope } from "../../execution/memory-budget.js";
import type { Rows } from "../../logical/rows.js";

/**
 * Keeps the rows of a query in memory, for looking at them by SQL under the query's name. They count against the session's budget for as
 * long as the query runs; then they are the program's, like those of a `collect()`.
 */
export class MemorySink implements Sink {
  readonly description = "MemorySink";
  readonly delivery = "exactlyOnce";
  readonly outputModes: readonly OutputMode[] = ["append", "update", "complete"];
  readonly runModes: readonly RunMode[] = ["asyncProgress", "continuous", "realTime"];
  private readonly batches = new Map<number, readonly Rows[]>();
  private complete = false;
  /** Of the open batch that is under way. */
  private shown: readonly Rows[] = [];
  private readonly scope: MemoryScope;
  private readonly holding: Holding;
  private bytes = 0;

  constructor(memory: MemoryBudget, table: string) {
    this.scope = memory.scope();
    this.holding = this.scope.hold(
      () => `the memory sink of the table ${table}`,
      () => this.bytes,
    );
  }

  /** The rows so far: of all batches, with what an open one has shown, or of the last one in complete mode. */
  rows(): readonly Rows[] {
    const all = [...this.batches.values()];
    return this.complete ? (all[all.length - 1] ?? []) : [...all.flat(), ...this.shown];
  }

  async begin(batch: SinkBatch): Promise<BatchWrite> {
    const parts: Rows[] = [];
    this.complete = batch.mode === "complete";
    return {
      alreadyCommitted: this.batches.has(batch.batchId),
      writer: async () =>
        new MemoryWriter(
          parts,
          (rows) => this.add(heldBytes(rows)),
          () => {
            this.shown = parts.slice();
          },
        ),
      commit: async (): Promise<SinkResult> => {
        this.shown = [];
        if (this.complete) this.clear();
        this.batches.set(batch.batchId, parts);
        return { numOutputRows: parts.reduce((sum, part) => sum + part.rowCount, 0) };
      },
      abort: async () => {
        // what was shown stays: its readers have seen it
        this.bytes -= bytesOf(parts) - bytesOf(this.shown);
      },
    };
  }

  /** Forgets the batches before. */
  private clear(): void {
    for (const parts of this.batches.values()) this.bytes -= bytesOf(parts);
    this.batches.clear();
  }

  private add(bytes: number): void {
    this.bytes += bytes;
    this.holding.look();
  }

  async close(): Promise<void> {
    this.scope.close();
  }
}

function bytesOf(parts: readonly Rows[]): number {
  return parts.reduce((sum, rows) => sum + heldBytes(rows), 0);
}

/** Copies batches into a list. */
export class MemoryWriter implements PartitionWriter {
  private readonly parts: Rows[];
  private readonly held: (rows: Rows) => void;
  private readonly show: () => void;

  /** `held` is told of each copy that is kept, and may refuse it; `show` is called when the rows so far are to be seen. */
  constructor(parts: Rows[], held: (rows: Rows) => void, show: () => void = () => {}) {
    this.parts = parts;
    this.held = held;
    this.show = show;
  }

  async write(batch: Batch): Promise<void> {
    const columns = batch.columns.map((column) => copyColumn(column, 0, batch.rowCount));
    const rows = { columns, rowCount: batch.rowCount };
    this.parts.push(rows);
    this.held(rows);
  }

  async flush(): Promise<void> {
    this.show();
  }

  async finish(): Promise<null> {
    return null;
  }
  async abort(): Promise<void> {}
}
