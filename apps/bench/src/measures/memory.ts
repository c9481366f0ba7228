import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { dataSet } from "../data/generate.js";
import { linkedCopies } from "../data/linked.js";
import { script } from "../processes.js";
import { columns } from "../report/table.js";
import { withScratch } from "../scratch.js";
import { type Findings, type Measure, type MeasureContext, sizeOf } from "./measure.js";
import type { PeakMemory } from "./peak-memory.js";

/** About 100 MB of JSON lines. */
const ROWS = 400_000;
const COPIES = 100;

/** Inputs of 100 MB and of 10 GB, each read in one batch: memory must follow neither their size nor the slowness of the sink. */
export const memory: Measure = {
  name: "memory",
  isSlow: true,
  run: async ({ root, rows: asked, threads }: MeasureContext): Promise<Findings> => {
    const rows = sizeOf(asked, ROWS, 2, 1000);
    const input = dataSet("ysb", root, rows);
    const cells = [["input MB", "sink", "peak MB", "wall s"]];
    let isRight = true;
    for (const copies of [1, COPIES]) {
      for (const sink of ["fast", "slow"]) {
        const peak = await withScratch(root, (scratch) => {
          const folder = linkedCopies(input, copies, join(scratch, "events"));
          const args = [folder, String(rows * copies), sink, String(threads)];
          return script<PeakMemory>("./run-measure.js", "memory", root, ...args);
        });
        const inputMb = (sizeMb(input) * copies).toFixed(0);
        cells.push([inputMb, sink, peak.peakRssMb.toFixed(0), peak.wallSeconds.toFixed(1)]);
        isRight &&= peak.isRight;
      }
    }
    return { text: `one batch of JSON lines, local[${threads}]\n${columns(cells, 0)}`, isRight };
  },
};

function sizeMb(folder: string): number {
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return bytes / 2 ** 20;
}
