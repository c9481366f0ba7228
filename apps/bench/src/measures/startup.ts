import { join } from "node:path";
import { dataSet } from "../data/generate.js";
import { script } from "../processes.js";
import { withScratch } from "../scratch.js";
import { type Findings, type Measure, type MeasureContext, sizeOf } from "./measure.js";
import { median } from "./statistics.js";

const CAMPAIGNS = 100;

/** Processor and wall time from the start of a process to the first result. */
export const startup: Measure = {
  name: "startup",
  isSlow: false,
  run: async ({ root, rows }: MeasureContext): Promise<Findings> => {
    // brings the table of advertisements
    dataSet("ysb", root, 10);
    const runs = sizeOf(rows, 7, 10_000, 1);
    const kinds = ["table", "stream"] as const;
    const found = [];
    for (const kind of kinds) found.push(await withScratch(root, (folder) => time(kind, root, runs, folder)));
    const text = found.map(
      ({ wall, cpu }, k) =>
        `start-up to first result, ${kinds[k]}: ${cpu.toFixed(2)} CPU-s, ${wall.toFixed(2)} s wall (median of ${runs})`,
    );
    return { text: text.join("\n"), isRight: found.every((one) => one.isRight) };
  },
};

function time(kind: string, root: string, runs: number, folder: string) {
  const walls: number[] = [];
  const cpus: number[] = [];
  let isRight = true;
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    const { cpuSeconds, groups } = script<{ cpuSeconds: number; groups: number }>(
      "./startup.js",
      kind,
      join(root, "ysb_static"),
      join(folder, `checkpoint-${run}`),
    );
    walls.push((performance.now() - begun) / 1000);
    cpus.push(cpuSeconds);
    isRight &&= groups === CAMPAIGNS;
  }
  return { wall: median(walls), cpu: median(cpus), isRight };
}
