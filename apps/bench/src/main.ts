import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Measured } from "./engines/measured.js";
import { type BenchOptions, readOptions } from "./options.js";
import { type Line, table } from "./report.js";
import { WORKS } from "./works/index.js";
import type { Answer, Work } from "./works/work.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const repository = resolve(here, "..", "..", "..");

await main(readOptions(process.argv.slice(2)));

async function main(options: BenchOptions): Promise<void> {
  const root = process.env["BENCH_DATA"] ?? join(repository, ".bench-data");
  mkdirSync(root, { recursive: true });
  const lines: Line[] = [];
  for (const name of options.works) lines.push(...(await runWork(WORKS.get(name)!, root, options)));
  process.stdout.write(`${table(lines)}\n`);
  if (options.works.includes("w1json")) await manners(root, options);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(lines, null, 2)}\n`);
  if (lines.some((line) => !line.answerRight)) process.exitCode = 1;
}

async function runWork(work: Work, root: string, options: BenchOptions): Promise<Line[]> {
  const rows = Math.min(options.rows ?? work.defaultRows, work.defaultRows);
  process.stdout.write(`${work.name}: ${rows} rows\n`);
  const input = await work.prepare(root, rows);
  const expected = await work.expected(input, root);
  const units = work.units(rows, expected);
  return ["ss", ...options.against].map((engine) => {
    const measured = runEngine(engine, work, input, root, options.threads);
    return {
      work: work.name,
      engine,
      threads: options.threads,
      rows,
      cpuSecondsPerMillion: (measured.cpuSeconds / units) * 1e6,
      wallSeconds: measured.wallSeconds,
      peakRssMb: measured.peakRssMb,
      answerRight: same(measured.answer, expected, work.tolerance),
    };
  });
}

/** What is not throughput: start-up, and how the host program fares while W1 runs. */
async function manners(root: string, options: BenchOptions): Promise<void> {
  const work = WORKS.get("w1json")!;
  const input = await work.prepare(root, Math.min(options.rows ?? work.defaultRows, work.defaultRows));
  const begun = performance.now();
  const startup = script<{ cpuSeconds: number }>("startup.js", join(root, "ysb_static"));
  const wallSeconds = (performance.now() - begun) / 1000;
  const live = script<{ longestGapMs: number; stopMs: number; inMidBatch: boolean }>(
    "responsiveness.js",
    input,
    root,
  );
  process.stdout.write(
    [
      `start-up to first result: ${wallSeconds.toFixed(2)} s wall, ${startup.cpuSeconds.toFixed(2)} CPU-s`,
      `longest time between two runs of a timer while W1 runs: ${live.longestGapMs.toFixed(1)} ms`,
      `stop() ${live.inMidBatch ? "in mid-batch" : "between batches"}: ${live.stopMs.toFixed(1)} ms\n`,
    ].join("\n"),
  );
}

function script<T>(file: string, ...args: readonly string[]): T {
  const output = execFileSync(process.execPath, [join(here, file), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(output.trim().split("\n").at(-1)!) as T;
}

/** Runs an engine in a process of its own. */
function runEngine(engine: string, work: Work, input: string, root: string, threads: number): Measured {
  return script<Measured>("run-engine.js", engine, work.name, input, root, String(threads));
}

function same(answer: Answer, expected: Answer, tolerance: number): boolean {
  const difference = Math.abs(answer.total - expected.total);
  return answer.groups === expected.groups && difference <= Math.abs(expected.total) * tolerance;
}
