import type { Value } from "@ss/core";
import {
  type Batch,
  type BatchWrite,
  type OutputMode,
  type RunMode,
  type Sink,
  type SinkBatch,
  StreamError,
  valueAt,
} from "@ss/core";
import type { ForeachWriter } from "../../dataframe/executor.js";
import { thrownText } from "../../expression/value-text.js";

/** Hands every row to a user's writer. */
export class ForeachSink implements Sink {
  readonly description = "ForeachSink";
  readonly delivery = "atLeastOnce";
  readonly outputModes: readonly OutputMode[] = ["append", "update", "complete"];
  readonly runModes: readonly RunMode[] = ["asyncProgress", "continuous", "realTime"];
  private readonly writer: ForeachWriter;
  private readonly makeRow: (values: readonly Value[]) => object;

  constructor(writer: ForeachWriter, makeRow: (values: readonly Value[]) => object) {
    this.writer = writer;
    this.makeRow = makeRow;
  }

  async begin({ batchId }: SinkBatch): Promise<BatchWrite> {
    const { writer } = this;
    let rowCount = 0;
    return {
      alreadyCommitted: false,
      writer: async (partitionId) => {
        const wanted = await userCall(async () => (await writer.open?.(partitionId, batchId)) ?? true);
        // what ended the partition early: the writer's own error as it threw it, or that of another part of the batch
        let failure: unknown = new Error("the batch was aborted");
        return {
          write: async (batch) => {
            try {
              if (wanted) rowCount += await this.rows(batch);
            } catch (error) {
              failure = error instanceof StreamError && error.cause !== undefined ? error.cause : error;
              throw error;
            }
          },
          finish: async () => {
            await userCall(async () => writer.close?.(null));
            return null;
          },
          abort: async () => {
            // the error that ended the batch is already on its way; one more from close would hide it
            await Promise.resolve(writer.close?.(failure)).catch(ignore);
          },
        };
      },
      commit: async () => ({ numOutputRows: rowCount }),
      abort: async () => {},
    };
  }

  private async rows(batch: Batch): Promise<number> {
    for (let i = 0; i < batch.rowCount; i++) {
      const row = this.makeRow(batch.columns.map((column) => valueAt(column, i)));
      await userCall(async () => this.writer.process(row));
    }
    return batch.rowCount;
  }

  async close(): Promise<void> {}
}

function ignore(): void {}

async function userCall<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const reason = thrownText(error);
    throw new StreamError({
      condition: "FOREACH_USER_FUNCTION_ERROR",
      sqlState: "39000",
      parameters: { reason },
      message: `The writer given to foreach() failed: ${reason}`,
      cause: error,
    });
  }
}
