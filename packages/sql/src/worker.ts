// The module that worker threads run: see execution/parallel.
import { parentPort } from "node:worker_threads";
import { FragmentHost } from "./execution/parallel/fragment-host.js";
import type { FromWorker, ToWorker } from "./execution/parallel/messages.js";
import { builtinRegistry } from "./functions/builtin.js";
import { RuntimeConfig } from "./session/runtime-config.js";

const port = parentPort!;
const host = new FragmentHost(
  builtinRegistry(),
  (conf) => {
    const config = new RuntimeConfig(conf);
    return { conf: (key) => config.find(key), timeZone: config.timeZone };
  },
  (message: FromWorker, transfer = []) => port.postMessage(message, transfer as ArrayBuffer[]),
);
port.on("message", (message: ToWorker) => host.receive(message));
