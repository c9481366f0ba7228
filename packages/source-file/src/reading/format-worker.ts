import { type WorkerForm, workerModule } from "@ss/core";

/** How a worker gets one of this package's own formats. */
export function formatWorker(name: "csv" | "json" | "text"): WorkerForm | undefined {
  const module = workerModule(import.meta.url, "@ss/source-file", "worker.js");
  return module === undefined ? undefined : { module, export: name, options: null };
}
