import { join } from "node:path";
import { dataSet } from "../data/generate.js";
import { linkedCopies } from "../data/linked.js";
import { SS } from "../engines/index.js";
import { columns } from "../report/table.js";
import { withScratch } from "../scratch.js";
import { w1json } from "../works/ad-campaigns.js";
import { isRight } from "../works/work.js";
import type { Findings, Measure, MeasureContext } from "./measure.js";

const FIRST = 1_000_000;
const DEFAULT = 10_000_000;

/** W1 over more and more rows: the time per row has to stay what it is. */
export const growth: Measure = {
  name: "growth",
  isSlow: true,
  run: async ({ root, rows = DEFAULT, threads }: MeasureContext): Promise<Findings> => {
    const first = Math.min(FIRST, Math.max(1, Math.floor(rows / 10)));
    const input = dataSet("ysb", root, first);
    const once = w1json.expected(input, root);
    const cells = [["rows", "CPU-s/M", "wall s/M", "of each further M", "peak MB", "answer"]];
    let allRight = true;
    let before = { cpuSeconds: 0, rows: 0 };
    for (const copies of steps(Math.floor(rows / first))) {
      const measured = await withScratch(root, (scratch) =>
        SS.run(w1json, linkedCopies(input, copies, join(scratch, "events")), root, threads),
      );
      const total = copies * first;
      const right = isRight(w1json, measured.answer, { groups: once.groups, total: once.total * copies });
      const further = (measured.cpuSeconds - before.cpuSeconds) / (total - before.rows);
      cells.push([
        String(total),
        ((measured.cpuSeconds / total) * 1e6).toFixed(3),
        ((measured.wallSeconds / total) * 1e6).toFixed(3),
        (further * 1e6).toFixed(3),
        measured.peakRssMb.toFixed(0),
        right ? "right" : "WRONG",
      ]);
      allRight &&= right;
      before = { cpuSeconds: measured.cpuSeconds, rows: total };
    }
    return { text: `W1 from JSON over more and more rows\n${columns(cells, 0)}`, isRight: allRight };
  },
};

/** 1, 3, 10, 30, ... and the most itself. */
function steps(most: number): number[] {
  const found: number[] = [];
  for (let step = 1; step < most; step *= 10) found.push(step, ...(step * 3 < most ? [step * 3] : []));
  return [...found, most];
}
