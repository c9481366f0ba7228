import type { Answer } from "../works/work.js";

/** What one run of an engine cost. Start-up of the process is not in it. */
export interface Measured {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakRssMb: number;
  readonly answer: Answer;
}

/** Measures a run: processor time of all threads, and the peak of resident memory of this process. */
export async function measure(run: () => Promise<() => Promise<Answer>>): Promise<Measured> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const answer = await run();
  const wallSeconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const peakRssMb = process.resourceUsage().maxRSS / 1024;
  return { cpuSeconds: (user + system) / 1e6, wallSeconds, peakRssMb, answer: await answer() };
}
