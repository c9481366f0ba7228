import type { BenchOptions } from "../options.js";
import { script } from "../processes.js";
import { columns } from "../report/table.js";
import { WORKS } from "../works/index.js";
import type { TimeSpent, Times } from "./cpu-profile.js";

const FUNCTIONS_SHOWN = 20;

/** Runs each work once more under the profiler and prints where its time went; the figures of the comparison are not touched. */
export async function profileWorks(
  options: BenchOptions,
  root: string,
  print: (text: string) => void,
): Promise<void> {
  for (const name of options.works) {
    const work = WORKS.get(name)!;
    const input = await work.prepare(root, Math.min(options.rows ?? work.defaultRows, work.defaultRows));
    for (const threads of options.threads) {
      const spent = script<TimeSpent>("./run-profile.js", name, input, root, String(threads));
      print(`${name}, threads ${threads}: where the time goes, without what waits`);
      print(`${section("operator", spent.operators)}\n`);
      print(`${section("package", spent.packages)}\n`);
      print(`${section("function", spent.functions, FUNCTIONS_SHOWN)}\n`);
    }
  }
}

function section(title: string, times: Times, most = Number.POSITIVE_INFINITY): string {
  const sorted = Object.entries(times).sort(([, a], [, b]) => b - a);
  const total = sorted.reduce((sum, [, ms]) => sum + ms, 0);
  const rows = sorted
    .slice(0, most)
    .map(([name, ms]) => [name, ms.toFixed(0), `${((100 * ms) / total).toFixed(1)} %`]);
  return columns([[title, "ms", "share"], ...rows], 1);
}
