import {
  type Batch,
  type BatchWrite,
  type CommitMessage,
  parseDdl,
  rowsOf,
  type Sink,
  type SinkBatch,
  type StructType,
} from "../../src/index.js";

/** Rows by batch, as a sink holds them that remembers batch ids; shared by the sinks of successive runs. */
export class SinkTable {
  readonly batches: Map<number, number[][]> = new Map();
  readonly calls: string[] = [];
  /** Called before each step; may throw. */
  before: (step: "begin" | "commit" | "committed" | "abort", batchId: number) => void = () => {};

  /** All rows, in order of their batches. */
  get rows(): number[][] {
    return [...this.batches].sort(([a], [b]) => a - b).flatMap(([, rows]) => rows);
  }
}

export class TableSink implements Sink {
  readonly description = "TableSink";
  readonly delivery = "exactlyOnce";
  readonly outputModes = ["append", "update", "complete"] as const;
  private readonly table: SinkTable;

  constructor(table: SinkTable) {
    this.table = table;
  }

  async begin({ batchId }: SinkBatch): Promise<BatchWrite> {
    const { table } = this;
    table.before("begin", batchId);
    const alreadyCommitted = table.batches.has(batchId);
    table.calls.push(`begin ${batchId}${alreadyCommitted ? " (committed)" : ""}`);
    return {
      alreadyCommitted,
      writer: async () => {
        const rows: number[][] = [];
        return {
          write: async (batch: Batch) => void rows.push(...rowsOf(batch).map((row) => row.map(Number))),
          finish: async () => rows,
          abort: async () => {},
        };
      },
      commit: async (messages: readonly CommitMessage[]) => {
        table.before("commit", batchId);
        const rows = messages.flat() as unknown as number[][];
        table.batches.set(batchId, rows);
        table.calls.push(`commit ${batchId}`);
        table.before("committed", batchId);
        return { numOutputRows: rows.length };
      },
      abort: async () => {
        table.before("abort", batchId);
        table.calls.push(`abort ${batchId}`);
      },
    };
  }

  async close(): Promise<void> {
    this.table.calls.push("close");
  }
}

export const COUNT_SCHEMA: StructType = parseDdl("value BIGINT, count BIGINT");
