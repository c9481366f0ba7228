import { Worker } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import type { Job } from "../src/run/job.js";
import { WatchedWorker } from "../src/run/watched-worker.js";

/** Answers every statement that is not stuck, but never the one that says `loop`, and ends its thread at `throw`. */
const PROGRAM = `
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", ({ golden }) => {
    const results = golden.statements.map(({ index, sql }) => {
      if (golden.stuck[index] !== undefined) return { index, status: "failed", reason: golden.stuck[index] };
      parentPort.postMessage({ begin: index });
      // what was sent has to leave before the thread is blocked
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      if (sql === "loop") for (;;);
      if (sql === "throw") throw new Error("out of order");
      return { index, status: "passed" };
    });
    parentPort.postMessage({ outcome: { kind: "golden", results } });
  });`;

const LIMIT_MS = 500;
let watched: WatchedWorker;

afterEach(() => watched.close());

function job(...texts: readonly string[]): Job {
  const statements = texts.map((sql, index) => ({ index, sql, schema: "struct<>", output: "" }));
  return { kind: "golden", golden: { file: "f", statements, runs: [{}], stuck: {} } };
}

test("a statement that does not end fails alone, and so does one that ends its thread", async () => {
  watched = new WatchedWorker(() => new Worker(PROGRAM, { eval: true }), LIMIT_MS);
  const outcome = await watched.run(job("one", "loop", "two", "throw", "three"));
  expect(outcome).toEqual({
    kind: "golden",
    results: [
      { index: 0, status: "passed" },
      { index: 1, status: "failed", reason: "gave no answer within 0.5 s" },
      { index: 2, status: "passed" },
      { index: 3, status: "failed", reason: "ended its thread: Error: out of order" },
      { index: 4, status: "passed" },
    ],
  });
});

test("a file with many statements that do not end is given up", async () => {
  watched = new WatchedWorker(() => new Worker(PROGRAM, { eval: true }), LIMIT_MS);
  const outcome = await watched.run(job("throw", "throw", "throw", "throw", "throw", "one"));
  const results = outcome.kind === "golden" ? outcome.results : [];
  expect(results.map(({ status }) => status)).toEqual(Array(6).fill("failed"));
  expect(results.at(-1)?.reason).toContain("too many");
});

test("one thread does job after job", async () => {
  let threads = 0;
  watched = new WatchedWorker(() => {
    threads++;
    return new Worker(PROGRAM, { eval: true });
  }, LIMIT_MS);
  for (const text of ["one", "two", "three"]) {
    const outcome = await watched.run(job(text));
    expect(outcome).toEqual({ kind: "golden", results: [{ index: 0, status: "passed" }] });
  }
  expect(threads).toBe(1);
});
