import { script } from "../processes.js";
import { WORKS } from "../works/index.js";
import type { Host } from "./host.js";
import type { Findings, Measure, MeasureContext } from "./measure.js";

/** What the program around a query notices of it. */
export const hostManners: Measure = {
  name: "host",
  isSlow: false,
  run: async ({ root, rows }: MeasureContext): Promise<Findings> => {
    const work = WORKS.get("w1json")!;
    const input = await work.prepare(root, Math.min(rows ?? work.defaultRows, work.defaultRows));
    const found = script<Host>("./run-measure.js", "host", root, input);
    const text = [
      `longest time between two runs of a timer while W1 runs: ${found.longestGapMs.toFixed(1)} ms`,
      `stop() ${found.inMidBatch ? "in mid-batch" : "between batches"}: ${found.stopMs.toFixed(1)} ms`,
    ];
    return { text: text.join("\n"), isRight: true };
  },
};
