// The module that worker threads run: see execution/parallel.
import { parentPort, workerData } from "node:worker_threads";
import { MemoryBudget } from "./execution/memory-budget.js";
import { FragmentHost } from "./execution/parallel/fragment-host.js";
import type { FromWorker, ToWorker, WorkerStart, WorkerWarning } from "./execution/parallel/messages.js";
import { builtinRegistry } from "./functions/builtin.js";
import { RuntimeConfig } from "./session/runtime-config.js";

const port = parentPort!;
const { limitBytes, share } = workerData as WorkerStart;
const host = new FragmentHost(
  new MemoryBudget(limitBytes, share),
  builtinRegistry(),
  (conf) => {
    const config = new RuntimeConfig(conf);
    const warn = (message: string): void =>
      port.postMessage({ kind: "warning", message } satisfies WorkerWarning);
    return { conf: (key) => config.find(key), timeZone: config.timeZone, warn };
  },
  (message: FromWorker, transfer = []) => port.postMessage(message, transfer as ArrayBuffer[]),
);
port.on("message", (message: ToWorker) => host.receive(message));
