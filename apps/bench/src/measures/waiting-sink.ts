import type { Plugin, Sink } from "@ss/core";

/** What a {@link waitingSink} has seen. */
export interface SinkCount {
  rows: number;
}

/** A sink, by the name `waiting`, that counts rows and takes so long for each batch of rows that it is handed. */
export function waitingSink(waitMs: number, count: SinkCount): Plugin {
  const outputModes = ["append"] as const;
  const sink: Sink = {
    description: "waiting",
    delivery: "atLeastOnce",
    outputModes,
    begin: async () => ({
      alreadyCommitted: false,
      writer: async () => ({
        write: async ({ rowCount }) => {
          count.rows += rowCount;
          if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        },
        finish: async () => null,
        abort: async () => {},
      }),
      commit: async () => ({ numOutputRows: -1 }),
      abort: async () => {},
    }),
    close: async () => {},
  };
  return { name: "waiting", sinks: [{ names: ["waiting"], outputModes, stream: async () => sink }] };
}
