import type { BatchWrite, OutputMode, RunMode, Sink } from "@ss/core";

/** Takes rows and forgets them; for measurements. */
export class NoopSink implements Sink {
  readonly description = "NoopSink";
  readonly delivery = "exactlyOnce";
  readonly outputModes: readonly OutputMode[] = ["append", "update", "complete"];
  readonly runModes: readonly RunMode[] = ["asyncProgress", "continuous", "realTime"];

  async begin(): Promise<BatchWrite> {
    let rowCount = 0;
    return {
      alreadyCommitted: false,
      writer: async () => ({
        write: async (batch) => {
          rowCount += batch.rowCount;
        },
        finish: async () => null,
        abort: async () => {},
      }),
      commit: async () => ({ numOutputRows: rowCount }),
      abort: async () => {},
    };
  }

  async close(): Promise<void> {}
}
