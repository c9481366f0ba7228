import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemorySource, memorySource } from "@ss/source-memory";
import { afterAll } from "vitest";
import { type DataFrame, SparkSession } from "../../../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "state-source-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An event, at so many seconds after the start of 2024. */
export type Event = readonly [k: string, second: number, v: number];

/** A session in UTC with two logical partitions of state. */
export function newSession(): Promise<SparkSession> {
  return SparkSession.builder()
    .use(memorySource())
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.sql.session.timeZone", "UTC")
    .create();
}

/** A stream of `k STRING, ts TIMESTAMP, v BIGINT` that takes one addition a batch, with a watermark of five seconds. */
export function events(spark: SparkSession, name: string): DataFrame {
  return spark.readStream
    .format("memory")
    .option("name", name)
    .schema("k STRING, ts TIMESTAMP, v BIGINT")
    .load()
    .withWatermark("ts", "5 seconds");
}

/** Adds events to a stream. */
export function add(name: string, ...rows: readonly Event[]): void {
  MemorySource.addData(name, ...rows.map(([k, second, v]) => ({ k, ts: timeAt(second), v })));
}

/** The time of an event. */
export function timeAt(second: number): Date {
  return new Date(Date.UTC(2024, 0, 1, 0, 0, second));
}

let checkpoints = 0;

/** Runs a query batch by batch, each step adding the events of one, and gives its checkpoint. */
export async function run(
  frame: DataFrame,
  mode: "append" | "update" | "complete",
  steps: readonly (() => void)[],
): Promise<string> {
  const checkpoint = join(folder, `checkpoint-${checkpoints++}`);
  const query = await frame.writeStream
    .format("noop")
    .outputMode(mode)
    .option("checkpointLocation", checkpoint)
    .start();
  for (const step of steps) {
    step();
    await query.processAllAvailable();
  }
  await query.stop();
  return checkpoint;
}
