import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileSource } from "@ss/source-file";
import { count, SparkSession, type StreamingQuery, sum } from "@ss/sql";

const CHANGED = 1000;
const CHANGES = 60;
const LOAD_ROWS = 20_000;

/** What a process that is started anew takes until it is at work again. */
export interface Recovery {
  readonly keys: number;
  /** From the start of the process to its having the state and a batch committed. */
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly isRight: boolean;
}

/** Fills the state with keys, then changes a thousand of them in each of some batches, and ends. */
export async function fillState(folder: string, keys: number): Promise<{ readonly batches: number }> {
  mkdirSync(inputOf(folder));
  const loads = Math.ceil(keys / LOAD_ROWS);
  for (let load = 0; load < loads; load++) {
    const from = load * LOAD_ROWS;
    addFile(folder, load, Math.min(LOAD_ROWS, keys - from), (i) => from + i);
  }
  for (let k = 0; k < CHANGES; k++) addChanges(folder, loads + k, keys);
  const { spark, query } = await start(folder);
  await query.processAllAvailable();
  await spark.stop();
  return { batches: loads + CHANGES };
}

/** Starts the query of {@link fillState} anew and has it change a thousand keys more. To be called in a process of its own. */
export async function recoverState(folder: string, keys: number): Promise<Recovery> {
  addChanges(folder, readdirSync(inputOf(folder)).length, keys);
  const { spark, query } = await start(folder);
  await query.processAllAvailable();
  // the time of a process begins with it, and so does that of its processor
  const wallMs = performance.now();
  const { user, system } = process.cpuUsage();
  const held = query.lastProgress?.stateOperators[0]?.numRowsTotal;
  await spark.stop();
  return { keys, wallMs, cpuMs: (user + system) / 1000, isRight: held === keys };
}

async function start(
  folder: string,
): Promise<{ readonly spark: SparkSession; readonly query: StreamingQuery }> {
  const spark = await SparkSession.builder().use(fileSource()).create();
  const query = await spark.readStream
    .option("maxFilesPerTrigger", 1)
    .schema("k LONG, v LONG")
    .csv(inputOf(folder))
    .groupBy("k")
    .agg(count("*").as("n"), sum("v").as("s"))
    .writeStream.format("noop")
    .outputMode("update")
    .option("checkpointLocation", join(folder, "checkpoint"))
    .start();
  return { spark, query };
}

function inputOf(folder: string): string {
  return join(folder, "input");
}

/** Keys all over the table: 7919 is prime to every number of keys that is asked for here. */
function addChanges(folder: string, file: number, keys: number): void {
  addFile(folder, file, CHANGED, (i) => ((file * CHANGED + i) * 7919) % keys);
}

function addFile(folder: string, number: number, rows: number, keyOf: (i: number) => number): void {
  const path = join(folder, `f${number}.csv`);
  writeFileSync(path, Array.from({ length: rows }, (_, i) => `${keyOf(i)},${i}\n`).join(""));
  renameSync(path, join(inputOf(folder), `f${String(number).padStart(6, "0")}.csv`));
}
