import {
  type BatchWrite,
  type CommitMessage,
  type OutputMode,
  type PartitionWriter,
  type Plugin,
  rowsOf,
  type Sink,
  type SinkBatch,
  type StructType,
  type Value,
} from "@ss/core";

/** A batch as a {@link CollectingSink} keeps it. */
export interface CollectedBatch {
  readonly queryId: string;
  readonly outputId: number;
  readonly batchId: number;
  readonly mode: OutputMode;
  readonly schema: StructType;
  /** In the engine's units, see `Value` of core. */
  readonly rows: readonly (readonly Value[])[];
}

/** Where a {@link CollectingSink} can be made to fail: at a call, or (`committed`) after a commit has done its work. */
export type SinkFaultPoint = "begin" | "write" | "finish" | "commit" | "committed";

interface SinkFault {
  readonly point: SinkFaultPoint;
  readonly batchId: number | undefined;
  readonly strike: () => void;
}

/**
 * Keeps the rows of each batch, once however often it is committed, and fails where a test says. It outlives the queries
 * that write to it, as a table would.
 *
 * @example
 * ```ts
 * const sink = collectingSink();
 * sink.failAt("commit", { batchId: 1 }); // the query ends there; its next run has to repeat batch 1
 * ```
 */
export class CollectingSink implements Sink {
  readonly description: string;
  readonly delivery = "exactlyOnce";
  readonly outputModes: readonly OutputMode[] = ["append", "update", "complete"];
  /** What was committed, in that order. */
  readonly batches: CollectedBatch[] = [];
  /** How many batches were begun, committed and aborted, repetitions too. */
  readonly calls = { begin: 0, commit: 0, abort: 0, close: 0 };
  private faults: SinkFault[] = [];

  constructor(name = "collecting") {
    this.description = `CollectingSink[${name}]`;
  }

  /**
   * Throws `error` at the next call of this kind (for one batch, if given). `before` runs first: to let a disk lose its
   * power between two outputs, for instance.
   */
  failAt(
    point: SinkFaultPoint,
    options: { readonly batchId?: number; readonly error?: Error; readonly before?: () => void } = {},
  ): void {
    const strike = (): void => {
      options.before?.();
      throw options.error ?? new Error(`the sink failed at ${point}, as the test asked`);
    };
    this.faults.push({ point, batchId: options.batchId, strike });
  }

  /** All rows in the order of their batches, or those of one batch. */
  rows(batchId?: number): (readonly Value[])[] {
    return this.batches
      .filter((batch) => batchId === undefined || batch.batchId === batchId)
      .flatMap(({ rows }) => rows);
  }

  /** The rows that a reader of a table sees: in mode complete those of the newest batch, otherwise all. */
  table(): (readonly Value[])[] {
    const last = this.batches.at(-1);
    return last?.mode === "complete" ? [...last.rows] : this.rows();
  }

  /** Brings this sink to a session as a format. */
  plugin(format = "collecting"): Plugin {
    const provider = { names: [format], outputModes: this.outputModes, stream: async () => this };
    return { name: "@ss/testkit", sinks: [provider] };
  }

  async begin(batch: SinkBatch): Promise<BatchWrite> {
    this.calls.begin++;
    this.strike("begin", batch.batchId);
    const parts = new Map<number, Value[][]>();
    return {
      alreadyCommitted: this.has(batch),
      writer: async (partitionId) => {
        const rows: Value[][] = [];
        parts.set(partitionId, rows);
        return this.writer(batch.batchId, partitionId, rows);
      },
      commit: async (messages) => {
        this.calls.commit++;
        this.strike("commit", batch.batchId);
        const rows = messages.flatMap((partitionId) => parts.get(partitionId as number) ?? []);
        if (!this.has(batch)) this.batches.push(collected(batch, rows));
        this.strike("committed", batch.batchId);
        return { numOutputRows: rows.length };
      },
      abort: async () => {
        this.calls.abort++;
        parts.clear();
      },
    };
  }

  async close(): Promise<void> {
    this.calls.close++;
  }

  private writer(batchId: number, partitionId: number, rows: Value[][]): PartitionWriter {
    return {
      write: async (part) => {
        this.strike("write", batchId);
        rows.push(...rowsOf(part));
      },
      finish: async (): Promise<CommitMessage> => {
        this.strike("finish", batchId);
        return partitionId;
      },
      abort: async () => {
        rows.length = 0;
      },
    };
  }

  private has(batch: SinkBatch): boolean {
    return this.batches.some(
      ({ queryId, outputId, batchId }) =>
        queryId === batch.queryId && outputId === batch.outputId && batchId === batch.batchId,
    );
  }

  private strike(point: SinkFaultPoint, batchId: number): void {
    const fault = this.faults.find(
      (candidate) => candidate.point === point && (candidate.batchId ?? batchId) === batchId,
    );
    if (!fault) return;
    this.faults = this.faults.filter((other) => other !== fault);
    fault.strike();
  }
}

function collected(batch: SinkBatch, rows: readonly Value[][]): CollectedBatch {
  const { queryId, outputId, batchId, mode, schema } = batch;
  return { queryId, outputId, batchId, mode, schema, rows };
}

/** A sink that keeps rows in memory, for tests. */
export function collectingSink(name?: string): CollectingSink {
  return new CollectingSink(name);
}
