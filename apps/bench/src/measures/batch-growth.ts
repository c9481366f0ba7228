import { join } from "node:path";
import { linkedCopies } from "../data/linked.js";
import { smallFiles } from "../data/small-files.js";
import { script } from "../processes.js";
import { columns } from "../report/table.js";
import { withScratch } from "../scratch.js";
import type { BatchCosts } from "./batch-costs.js";
import type { FileArrival } from "./many-files.js";
import { type Findings, type Measure, type MeasureContext, sizeOf } from "./measure.js";
import { mean, median, tenth } from "./statistics.js";

/** Tenths of a run that are shown. */
const TENTHS = { first: 0, middle: 5, last: 9 };

/** A long row of tiny batches: the last ones must cost what the first ones did. */
export const batchGrowth: Measure = {
  name: "batches",
  isSlow: true,
  run: async ({ root, rows }: MeasureContext): Promise<Findings> => {
    const batches = sizeOf(rows, 10_000, 200, 20);
    const costs = script<BatchCosts>("./run-measure.js", "batches", root, String(batches));
    return findings([[`${batches} tiny batches`, costs]]);
  },
};

/** A folder with very many files: what a batch costs must not depend on the files that were read before. */
export const fileGrowth: Measure = {
  name: "files",
  isSlow: true,
  run: async ({ root, rows }: MeasureContext): Promise<Findings> => {
    const files = sizeOf(rows, 100_000, 20, 200);
    const few = Math.min(1000, files / 10);
    const arrivals = sizeOf(rows, 500, 2000, 10);
    const run = (arrival: FileArrival, count: number, input: string): BatchCosts => {
      const counts = [String(count), String(arrivals)];
      return script<BatchCosts>("./run-measure.js", "files", root, arrival, input, ...counts);
    };
    // in a folder of its own, as files come into it
    const arriving = (count: number): Promise<BatchCosts> =>
      withScratch(root, (scratch) =>
        run("arriving", count, linkedCopies(smallFiles(root, count), 1, join(scratch, "in"))),
      );
    return findings([
      [
        `${files} files in one folder, 100 a batch, available now`,
        run("pinned", files, smallFiles(root, files)),
      ],
      [`${files} files in one folder, 100 a batch, polled`, run("polled", files, smallFiles(root, files))],
      [`files that come one by one to ${few} others`, await arriving(few)],
      [`files that come one by one to ${files} others`, await arriving(files)],
    ]);
  },
};

function findings(runs: readonly (readonly [string, BatchCosts])[]): Findings {
  const cells = [["", "tenth", "batches", "mean ms", "median ms", "CPU mean ms", "CPU median ms"]];
  for (const [what, { durationsMs, cpuMs }] of runs) {
    for (const [name, index] of Object.entries(TENTHS)) {
      const [times, cpu] = [tenth(durationsMs, index), tenth(cpuMs, index)];
      const figures = [mean(times), median(times), mean(cpu), median(cpu)].map((value) => value.toFixed(2));
      cells.push([name === "first" ? what : "", name, String(times.length), ...figures]);
    }
  }
  return { text: columns(cells, 2), isRight: runs.every(([, { isRight }]) => isRight) };
}
