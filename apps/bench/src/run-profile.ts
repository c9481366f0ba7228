import type { Profiler } from "node:inspector";
import { runSs } from "./engines/ss.js";
import { timeSpent } from "./profile/cpu-profile.js";
import { CpuProfiler } from "./profile/profiler.js";
import { withScratch } from "./scratch.js";
import { WORKS } from "./works/index.js";

// One work under the profiler, in a process of its own. Prints one JSON line.
const [name, input, root, threads] = process.argv.slice(2) as [string, string, string, string];
const work = WORKS.get(name)!;
const profiler = new CpuProfiler();
let profiles: Profiler.Profile[] = [];
const profiled: typeof work = {
  ...work,
  stream: async (spark, places) => {
    await profiler.start();
    const answer = await work.stream(spark, places);
    profiles = await profiler.stop();
    return answer;
  },
};
await withScratch(root, (scratch) => runSs(profiled, { input, root, scratch }, Number(threads)));
process.stdout.write(`${JSON.stringify(timeSpent(profiles))}\n`);
