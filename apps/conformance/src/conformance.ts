import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { ConformanceOptions } from "./command-line.js";
import { goldenEntries, readGolden } from "./golden/golden-folder.js";
import type { Status } from "./golden/run-golden-file.js";
import { readBaseline, regressions, writeBaseline } from "./report/baseline.js";
import { type GoldenReport, goldenReport, goldenText } from "./report/golden-report.js";
import { reasonTable } from "./report/reasons.js";
import {
  brokenPromises,
  type ScenarioReport,
  scenarioTally,
  scenarioText,
} from "./report/scenario-report.js";
import { sumOf } from "./report/tally.js";
import type { Job } from "./run/job.js";
import type { JobRunner } from "./run/job-runner.js";
import type { Scenario } from "./scenario/scenario.js";

/** Compares the engine with what Spark answered; prints the report and returns the exit code. */
export async function conformance(
  options: ConformanceOptions,
  run: JobRunner,
  print: (line: string) => void,
): Promise<number> {
  const problems: string[] = [];
  const present = (part: string, path: string | undefined): path is string => {
    if (path !== undefined && existsSync(path)) return true;
    const reason = path === undefined ? "no place was given" : `${path} does not exist`;
    print(`The ${part} are skipped: ${reason}.`);
    if (options.required) problems.push(`The ${part} are required (REQUIRE_CONFORMANCE=1): ${reason}.`);
    return false;
  };
  const { sqlTests, scenarios } = options;
  const goldens = present("golden files", sqlTests) ? await runGoldens(sqlTests, options, run) : [];
  const streams = present("scenarios", scenarios) ? await runScenarios(scenarios, options, run) : [];

  printReports(goldens, streams, options, print);
  problems.push(...judgeGoldens(goldens, options, print), ...brokenPromises(streams));
  if (options.json !== undefined) writeFileSync(options.json, jsonText(goldens, streams));
  for (const problem of problems) print(problem);
  const { passed, failed, skipped } = sumOf([
    ...goldens.map(({ counted }) => counted),
    ...streams.map(scenarioTally),
  ]);
  print(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return problems.length > 0 ? 1 : 0;
}

async function runGoldens(
  folder: string,
  options: ConformanceOptions,
  run: JobRunner,
): Promise<GoldenReport[]> {
  const { filter, tier: wanted } = options;
  const entries = goldenEntries(folder).filter(
    ({ file, tier }) => file.includes(filter) && (wanted === undefined || tier === wanted),
  );
  const jobs = entries.map(({ file }) => readGolden(folder, file));
  const outcomes = await run(jobs.map((golden): Job => ({ kind: "golden", golden })));
  return outcomes.map((outcome, i) =>
    goldenReport(entries[i]!, jobs[i]!, outcome.kind === "golden" ? outcome.results : []),
  );
}

async function runScenarios(
  file: string,
  options: ConformanceOptions,
  run: JobRunner,
): Promise<ScenarioReport[]> {
  const { scenarios } = JSON.parse(readFileSync(file, "utf8")) as { scenarios: Scenario[] };
  const wanted = scenarios.filter(({ id }) => id.includes(options.filter));
  const jobs = wanted
    .filter(({ runnable }) => runnable)
    .flatMap((scenario): Job[] =>
      (scenario.restartable ? [false, true] : [false]).map((restarted) => ({
        kind: "scenario",
        scenario,
        restarted,
      })),
    );
  const outcomes = await run(jobs);
  return wanted.map((scenario) => {
    const reasons: string[] = [];
    const statusOf = (restarted: boolean): Status => {
      const at = jobs.findIndex(
        (job) => job.kind === "scenario" && job.scenario === scenario && job.restarted === restarted,
      );
      const outcome = outcomes[at];
      if (outcome?.kind !== "scenario") return "skipped";
      if (outcome.reason === undefined) return "passed";
      reasons.push(`${restarted ? "with restarts" : "straight"}: ${outcome.reason}`);
      return "failed";
    };
    const { id, area } = scenario;
    return { id, area, straight: statusOf(false), restarted: statusOf(true), reasons };
  });
}

function printReports(
  goldens: readonly GoldenReport[],
  streams: readonly ScenarioReport[],
  { verbose, reasons }: ConformanceOptions,
  print: (line: string) => void,
): void {
  const misses = goldens.flatMap((report) => report.misses);
  if (verbose) {
    for (const { place, sql, status, reason } of misses) print(`${place} ${status}\n${sql}\n=> ${reason}\n`);
    for (const { id, reasons: why } of streams) for (const reason of why) print(`${id} ${reason}`);
  }
  if (reasons) {
    const failed = misses.filter(({ status }) => status === "failed");
    print(`Most frequent reasons\n${reasonTable(failed, 60)}\n`);
  }
  if (goldens.length > 0) print(`${goldenText(goldens)}\n`);
  if (streams.length > 0) print(`${scenarioText(streams)}\n`);
}

function judgeGoldens(
  goldens: readonly GoldenReport[],
  { baseline: path, updateBaseline }: ConformanceOptions,
  print: (line: string) => void,
): string[] {
  const baseline = readBaseline(path);
  if (!updateBaseline) return regressions(baseline, goldens);
  writeBaseline(path, baseline, goldens);
  print(`The baseline was recorded in ${path}.`);
  return [];
}

function jsonText(goldens: readonly GoldenReport[], streams: readonly ScenarioReport[]): string {
  const results = {
    goldens: goldens.map(({ file, tier, counted }) => ({ file, tier, ...counted })),
    scenarios: streams.map(({ id, area, straight, restarted }) => ({ id, area, straight, restarted })),
  };
  return `${JSON.stringify(results, null, 2)}\n`;
}
