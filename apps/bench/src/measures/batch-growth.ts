import { LINES_PER_FILE, smallFiles } from "../data/small-files.js";
import { script } from "../processes.js";
import type { BatchTimes } from "./many-batches.js";
import { type Findings, type Measure, type MeasureContext, sizeOf } from "./measure.js";
import { firstAndLastTenth, mean, median } from "./statistics.js";

/** A long row of tiny batches: the last ones must cost what the first ones did. */
export const batchGrowth: Measure = {
  name: "batches",
  isSlow: true,
  run: async ({ root, rows }: MeasureContext): Promise<Findings> => {
    const batches = sizeOf(rows, 10_000, 200, 20);
    const times = script<BatchTimes>("./run-measure.js", "batches", root, String(batches));
    return findings(`${batches} tiny batches`, times);
  },
};

/** A folder with very many files, a hundred of them a batch. */
export const fileGrowth: Measure = {
  name: "files",
  isSlow: true,
  run: async ({ root, rows }: MeasureContext): Promise<Findings> => {
    const files = sizeOf(rows, 100_000, 20, 200);
    const input = smallFiles(root, files);
    const lines = String(files * LINES_PER_FILE);
    const times = script<BatchTimes>("./run-measure.js", "files", root, input, lines);
    return findings(`${files} files in one folder, 100 a batch`, times);
  },
};

function findings(what: string, { durationsMs, isRight }: BatchTimes): Findings {
  const { first, last } = firstAndLastTenth(durationsMs);
  const describe = (values: readonly number[]) =>
    `mean ${mean(values).toFixed(2)} ms, median ${median(values).toFixed(2)} ms`;
  return {
    text: `${what}: a batch of the first tenth ${describe(first)}; of the last tenth ${describe(last)}`,
    isRight,
  };
}
