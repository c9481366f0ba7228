import { script } from "../processes.js";
import { type Findings, type Measure, type MeasureContext, sizeOf } from "./measure.js";
import type { StateCost } from "./state-size.js";

/** Batches that change a thousand keys, over tables of more and more keys: the cost has to follow the changes, not the table. */
export const stateGrowth: Measure = {
  name: "state",
  isSlow: true,
  run: async ({ root, rows }: MeasureContext): Promise<Findings> => {
    const most = sizeOf(rows, 5_000_000, 1, 1000);
    const sizes = [...new Set([10_000, 100_000, 1_000_000, 5_000_000].map((keys) => Math.min(keys, most)))];
    const costs = sizes.map((keys) => script<StateCost>("./run-measure.js", "state", root, String(keys)));
    const text = costs.map(
      ({ keys, medianMs, outsideWritesMedianMs, recoveryMs }) =>
        `batches that change 1000 of ${keys} keys: median ${medianMs.toFixed(2)} ms, ${outsideWritesMedianMs.toFixed(2)} ms of them outside durable writes; recovery in ${(recoveryMs / 1000).toFixed(2)} s`,
    );
    return { text: text.join("\n"), isRight: costs.every((cost) => cost.isRight) };
  },
};
