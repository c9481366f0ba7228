import { collectingSink } from "@ss/testkit";
import { outputRow } from "../query/row.js";
import { compareRows, type ObservedSink } from "./observed-sink.js";

/** A sink that keeps every batch once. */
export function collecting(): ObservedSink {
  const sink = collectingSink("simulation");
  return {
    name: "collecting sink",
    plugins: [sink.plugin()],
    takes: () => true,
    start: (writer) => writer.format("collecting").start(),
    check: async (expected) => {
      const ids = sink.batches.map(({ batchId }) => batchId);
      if (new Set(ids).size !== ids.length) throw new Error(`a batch was collected twice: ${ids.join(", ")}`);
      for (const [batchId, rows] of expected) {
        compareRows(`batch ${batchId} of the sink`, sink.rows(batchId).map(outputRow), rows);
      }
      const surplus = ids.filter((id) => !expected.has(id));
      if (surplus.length > 0)
        throw new Error(`the sink holds batches that the log does not: ${surplus.join(", ")}`);
    },
  };
}
