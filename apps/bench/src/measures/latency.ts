import { script } from "../processes.js";
import { type Findings, type Measure, type MeasureContext, sizeOf } from "./measure.js";
import type { SmallBatches } from "./small-batches.js";

/** Batches of 100 rows: with state and a durable checkpoint, and without either. */
export const latency: Measure = {
  name: "latency",
  isSlow: false,
  run: async ({ root, rows }: MeasureContext): Promise<Findings> => {
    const batches = String(sizeOf(rows, 1000, 50, 300));
    const stateful = script<SmallBatches>("./run-measure.js", "stateful", root, batches);
    const stateless = script<SmallBatches>("./run-measure.js", "stateless", root, batches);
    const above = stateful.medianMs - stateful.writesMedianMs;
    const text = [
      `100-row batches, stateful, durable checkpoint on disk: ${times(stateful)}`,
      `  the durable writes of a batch, made once more without it (${stateful.writesPerBatch.toFixed(1)} files): median ${ms(stateful.writesMedianMs)}`,
      `  median above the cost of its durable writes: ${ms(above)}`,
      `  median time of a batch in which none of its durable writes is under way: ${ms(stateful.outsideWritesMedianMs)}`,
      `100-row batches, stateless, no-op sink, checkpoint in memory: ${times(stateless)}`,
    ];
    return { text: text.join("\n"), isRight: stateful.isRight && stateless.isRight };
  },
};

const ms = (value: number): string => `${value.toFixed(2)} ms`;

function times({ medianMs, p99Ms, batches }: SmallBatches): string {
  return `median ${ms(medianMs)}, p99 ${ms(p99Ms)} (${batches} batches)`;
}
