import { type Engine, OTHERS, SS } from "./engines/index.js";
import type { BenchOptions } from "./options.js";
import type { Line } from "./report/line.js";
import { WORKS } from "./works/index.js";
import { type Answer, isRight, type Work } from "./works/work.js";

/** Runs each work with each engine and each number of threads; tells how far it is. */
export async function compare(
  options: BenchOptions,
  root: string,
  tell: (text: string) => void,
): Promise<Line[]> {
  const engines = [SS, ...options.against.map((name) => OTHERS.get(name)!)].filter((engine) =>
    isInstalled(engine, root, tell),
  );
  const lines: Line[] = [];
  for (const name of options.works) {
    const work = WORKS.get(name)!;
    const rows = Math.min(options.rows ?? work.defaultRows, work.defaultRows);
    const input = await work.prepare(root, rows);
    const expected = work.expected(input, root);
    checkAgreed(work, rows, expected);
    for (const engine of engines) {
      if (!engine.does(work)) continue;
      // what is written by hand has one thread
      const threads = engine.name === "node" ? [1] : options.threads;
      for (const count of threads) {
        tell(`${work.name}: ${engine.name}, ${rows} rows, threads ${count}`);
        lines.push(await runBest({ work, rows, input, root, expected }, engine, count, options.runs));
      }
    }
  }
  return lines;
}

interface Prepared {
  readonly work: Work;
  readonly rows: number;
  readonly input: string;
  readonly root: string;
  readonly expected: Answer;
}

/** Of several runs the one with the least processor time; one wrong answer makes the line wrong. */
async function runBest(
  { work, rows, input, root, expected }: Prepared,
  engine: Engine,
  threads: number,
  runs: number,
): Promise<Line> {
  let best = await engine.run(work, input, root, threads);
  let answerRight = isRight(work, best.answer, expected);
  for (let run = 1; run < runs; run++) {
    const next = await engine.run(work, input, root, threads);
    answerRight &&= isRight(work, next.answer, expected);
    if (next.cpuSeconds < best.cpuSeconds) best = next;
  }
  return {
    work: work.name,
    engine: engine.name,
    threads,
    rows,
    cpuSecondsPerMillion: (best.cpuSeconds / work.units(rows, expected)) * 1e6,
    wallSeconds: best.wallSeconds,
    peakRssMb: best.peakRssMb,
    answerRight,
  };
}

/** Whether an engine can run here; where it cannot the reason is told, and the others go on. */
function isInstalled(engine: Engine, root: string, tell: (text: string) => void): boolean {
  try {
    engine.install(root);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n").slice(0, 3).join(" ") : String(error);
    tell(`${engine.name} is left out: ${reason}`);
    return false;
  }
}

/** The program written by hand has to agree with what several engines have said of the same data. */
function checkAgreed(work: Work, rows: number, expected: Answer): void {
  const agreed = work.agreed.get(rows);
  if (agreed === undefined) return;
  const isSame = agreed.groups === expected.groups && Math.abs(agreed.total / expected.total - 1) < 1e-9;
  if (isSame) return;
  throw new Error(
    `The check of ${work.name} gives ${JSON.stringify(expected)} where ${JSON.stringify(agreed)} is right: ` +
      "the data are others, or the check is wrong. Delete the data folder to have them made anew.",
  );
}
