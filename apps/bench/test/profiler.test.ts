import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { CpuProfiler } from "../src/profile/profiler.js";

test("the profiler sees this thread and a worker that still runs", async () => {
  const profiler = new CpuProfiler();
  await profiler.start();
  const program = `
    const { parentPort } = require("node:worker_threads");
    function spinInWorker() { let x = 0; for (let i = 0; i < 3e7; i++) x = (x * 31 + i) | 0; return x; }
    parentPort.on("message", () => parentPort.postMessage(spinInWorker()));
  `;
  const worker = new Worker(program, { eval: true });
  const answer = new Promise((resolve) => worker.once("message", resolve));
  worker.postMessage("go");
  await answer;
  const profiles = await profiler.stop();
  await worker.terminate();
  expect(profiles.length).toBeGreaterThanOrEqual(2);
  const names = profiles.map(({ nodes }) => nodes.map((node) => node.callFrame.functionName));
  expect(names.some((one) => one.includes("spinInWorker"))).toBe(true);
});
