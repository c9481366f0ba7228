import { MemoryFileSystem } from "@ss/core";
import { memorySource } from "@ss/source-memory";
import { SparkSession } from "@ss/sql";
import { textOfError } from "../golden/compare-error.js";
import { checkFailure, type ExpectedFailure } from "./check-failure.js";
import { type CheckPosition, checkStep } from "./check-step.js";
import type { InputRows, Pipeline, Scenario, Step } from "./scenario.js";
import { StreamRun } from "./stream-run.js";

/** Runs a scenario, with a stop and a start after every step if `restarted`. Returns why it failed. */
export async function runScenario(scenario: Scenario, restarted: boolean): Promise<string | undefined> {
  const builder = SparkSession.builder()
    .master("local[1]")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.streaming.numRecentProgressUpdates", 10_000)
    .use(memorySource(), { name: "memory files", fileSystems: [new MemoryFileSystem()] })
    .logTo(() => {})
    .printTo(() => {});
  for (const [key, value] of Object.entries(scenario.conf)) builder.config(key, value);
  const spark = await builder.create();
  const run = new StreamRun(spark, scenario);
  try {
    return await runSteps(scenario, spark, run, restarted);
  } finally {
    await run.close().catch(() => {});
    await spark.stop();
  }
}

async function runSteps(
  scenario: Scenario,
  spark: SparkSession,
  run: StreamRun,
  restarted: boolean,
): Promise<string | undefined> {
  const position: CheckPosition = { rowBatches: 0, stateBatches: 0 };
  let failure: unknown;
  for (const [i, step] of scenario.steps.entries()) {
    if (step[0] === "error") {
      failure ??= await failureOf(() => run.process());
      const problem = checkFailure(step[1] as ExpectedFailure, failure);
      if (problem !== undefined) return `step ${i + 1}, ${problem}`;
      failure = undefined;
      continue;
    }
    if (failure !== undefined) return `before step ${i + 1}: ${textOfError(failure)}`;
    const problem = checkStep(step, run, position, scenario.mode);
    if (problem === null) failure = await failureOf(() => act(step, spark, run, restarted));
    else if (problem !== undefined) return `step ${i + 1}, ${problem}`;
  }
  return failure === undefined ? undefined : textOfError(failure);
}

async function failureOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return error ?? new Error("nothing was thrown, literally");
  }
}

/** Carries out a step that does something. */
async function act(
  [name, argument]: Step,
  spark: SparkSession,
  run: StreamRun,
  restarted: boolean,
): Promise<void> {
  switch (name) {
    case "add":
      run.add(argument as Readonly<Record<string, InputRows>>);
      await run.process();
      break;
    case "run":
      await run.process();
      break;
    case "restart":
      await run.stop();
      break;
    case "conf":
      for (const [key, value] of Object.entries(argument as Record<string, string>))
        spark.conf.set(key, value);
      break;
    case "replacePipeline":
      run.pipeline = argument as Pipeline;
      break;
    case "trigger":
      if (argument !== "once")
        throw new Error(`the trigger '${String(argument)}' is not known to this runner`);
      run.once = true;
      break;
    case "batchCollect":
      await run.table().collect();
      break;
    default:
      throw new Error(`the step '${name}' is not known to this runner`);
  }
  if (restarted) await run.stop();
}
