import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Json, LongType, type Partition, type Plugin, StructType, type Table } from "@ss/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WorkerPool } from "../../src/execution/parallel/worker-pool.js";
import { SparkSession, sum } from "../../src/index.js";

// Workers run what is built: these tests need `npm run build`, which `npm test` does beforehand.

let folder = "";
let spark: SparkSession | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ss-ready-"));
});

afterEach(async () => {
  await spark?.stop();
  spark = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test.each([
  ["local", 0],
  ["local[1]", 0],
  ["local[3]", 3],
])("a session with the master %s starts %d workers, before any query", async (master, count) => {
  let started = 0;
  const note = (): void => void started++;
  process.on("worker", note);
  try {
    spark = await SparkSession.builder().master(master).create();
    await turn();
    expect(started).toBe(count);
  } finally {
    process.off("worker", note);
  }
});

test("workers that cannot start are no failure before there is work for them", () => {
  const start = { limitBytes: 1, share: { holders: "a thread", sessionBytes: 1 } };
  const pool = new WorkerPool(2, "http://localhost/worker.js", start, () => {});
  pool.startAhead();
  expect(() => pool.start()).toThrow("URL");
});

test("a program that asks nothing of its workers ends by itself", () => {
  const sql = pathToFileURL(join(import.meta.dirname, "../../dist/index.js")).href;
  writeFileSync(
    join(folder, "program.mjs"),
    `import { SparkSession } from ${JSON.stringify(sql)};
     await SparkSession.builder().master("local[2]").create();
     console.log("made");`,
  );
  const run = spawnSync(process.execPath, [join(folder, "program.mjs")], {
    encoding: "utf8",
    timeout: 25_000,
  });
  expect({ status: run.status, signal: run.signal, stdout: run.stdout }).toEqual({
    status: 0,
    signal: null,
    stdout: "made\n",
  });
});

/** Numbers in `partitions` parts: each says that it has begun, and goes on when it is told to. */
function numbers(partitions: number): Plugin {
  const core = pathToFileURL(join(import.meta.dirname, "../../../core/dist/index.js")).href;
  const module = join(folder, "reader.mjs");
  writeFileSync(
    module,
    `import { existsSync, writeFileSync } from "node:fs";
     import { Batch, Int64Column, LongType, StructType } from ${JSON.stringify(core)};
     const folder = ${JSON.stringify(folder)};
     const schema = new StructType().add("value", LongType);
     export const reader = () => ({ async *read(partition) {
       writeFileSync(folder + "/begun" + partition, "");
       while (!existsSync(folder + "/go")) await new Promise(setImmediate);
       yield new Batch(schema, [new Int64Column(LongType, 1, null, BigInt64Array.of(BigInt(partition)))], 1);
     } });`,
  );
  const table: Table = {
    description: "numbers",
    schema: new StructType().add("value", LongType),
    plan: async () => Array.from({ length: partitions }, (_, k): Partition => k as Json),
    read: () => {
      throw new Error("the driver was asked to read");
    },
    worker: { module: pathToFileURL(module).href, export: "reader", options: null },
  };
  return { name: "numbers", sources: [{ names: ["numbers"], fixedSchema: true, table: async () => table }] };
}

test("workers have their next task at hand while the driver is busy", async () => {
  spark = await SparkSession.builder().master("local[2]").use(numbers(8)).create();
  const total = spark.read.format("numbers").load().agg(sum("value").as("s")).collect();
  const haveBegun = (...parts: number[]): boolean =>
    parts.every((k) => existsSync(join(folder, `begun${k}`)));
  while (!haveBegun(0, 1)) await turn();
  writeFileSync(join(folder, "go"), "");
  // three tasks for each worker: of the partitions 0, 1, 2 and 3, 4, 5, 6 and 7
  // from here on this thread takes no messages; a worker that waited for one would wait for ever
  const deadlineMs = Date.now() + 20_000;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (!haveBegun(2, 4) && Date.now() < deadlineMs) Atomics.wait(pause, 0, 0, 1);
  expect(haveBegun(2, 4)).toBe(true);
  expect((await total)[0]!["s"]).toBe(28);
});
