import {
  type BatchWrite,
  type OutputMode,
  orAborted,
  type Sink,
  type SinkBatch,
  StreamError,
} from "@ss/core";
import { heldBytes } from "../../execution/held-bytes.js";
import type { MemoryBudget } from "../../execution/memory-budget.js";
import { thrownText } from "../../expression/value-text.js";
import type { Rows } from "../../logical/rows.js";
import { MemoryWriter } from "./memory-sink.js";

/** Hands every batch to a user's function, once all its rows are there. */
export class ForeachBatchSink implements Sink {
  readonly description = "ForeachBatchSink";
  readonly delivery = "atLeastOnce";
  readonly outputModes: readonly OutputMode[] = ["append", "update", "complete"];
  private readonly run: (rows: readonly Rows[], batchId: number) => Promise<void>;

  private readonly memory: MemoryBudget;

  constructor(run: (rows: readonly Rows[], batchId: number) => Promise<void>, memory: MemoryBudget) {
    this.run = run;
    this.memory = memory;
  }

  async begin({ batchId, signal }: SinkBatch): Promise<BatchWrite> {
    const parts: Rows[] = [];
    const memory = this.memory.scope();
    let bytes = 0;
    const holding = memory.hold(
      () => `the batch ${batchId} of foreachBatch`,
      () => bytes,
    );
    return {
      alreadyCommitted: false,
      writer: async () =>
        new MemoryWriter(parts, (rows) => {
          bytes += heldBytes(rows);
          holding.look();
        }),
      commit: async () => {
        try {
          await this.call(parts, batchId, signal);
        } finally {
          memory.close();
        }
        return { numOutputRows: -1 };
      },
      abort: async () => memory.close(),
    };
  }

  /** The function may stop its own query: the batch is then given up, so that `stop()` has not to wait for the function that calls it. */
  private async call(parts: readonly Rows[], batchId: number, signal: AbortSignal): Promise<void> {
    try {
      await orAborted(this.run(parts, batchId), signal);
    } catch (error) {
      signal.throwIfAborted();
      const reason = thrownText(error);
      throw new StreamError({
        condition: "FOREACH_BATCH_USER_FUNCTION_ERROR",
        sqlState: "39000",
        parameters: { reason },
        message: `The function given to foreachBatch() failed in batch ${batchId}: ${reason}`,
        cause: error,
      });
    }
  }

  async close(): Promise<void> {}
}
