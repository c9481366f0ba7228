import { script } from "../processes.js";
import { withScratch } from "../scratch.js";
import { type Findings, type Measure, type MeasureContext, sizeOf } from "./measure.js";
import type { Recovery } from "./state-recovery.js";
import type { StateCost } from "./state-size.js";

/**
 * Batches that change a thousand keys, over tables of more and more keys: the cost has to follow the changes, not the table. And what a
 * new process takes that goes on with such a table.
 */
export const stateGrowth: Measure = {
  name: "state",
  isSlow: true,
  run: async ({ root, rows }: MeasureContext): Promise<Findings> => {
    const most = sizeOf(rows, 5_000_000, 1, 1000);
    const sizes = [...new Set([10_000, 100_000, 1_000_000, 5_000_000].map((keys) => Math.min(keys, most)))];
    const costs = sizes.map((keys) => script<StateCost>("./run-measure.js", "state", root, String(keys)));
    const recoveries: Recovery[] = [];
    for (const keys of sizes) recoveries.push(await recovery(root, keys));
    const text = [
      ...costs.map(
        ({ keys, medianMs, outsideWritesMedianMs }) =>
          `batches that change 1000 of ${keys} keys: median ${medianMs.toFixed(2)} ms, ${outsideWritesMedianMs.toFixed(2)} ms of them outside durable writes`,
      ),
      ...recoveries.map(
        ({ keys, wallMs, cpuMs }) =>
          `recovery of ${keys} keys: ${(wallMs / 1000).toFixed(2)} s from the start of a new process to its first batch, ${(cpuMs / 1000).toFixed(2)} s of CPU`,
      ),
    ];
    return { text: text.join("\n"), isRight: [...costs, ...recoveries].every((one) => one.isRight) };
  },
};

function recovery(root: string, keys: number): Promise<Recovery> {
  return withScratch(root, (folder) => {
    script("./run-measure.js", "fill-state", root, folder, String(keys));
    return script<Recovery>("./run-measure.js", "recover-state", root, folder, String(keys));
  });
}
