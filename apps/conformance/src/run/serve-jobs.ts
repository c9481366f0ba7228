import type { MessagePort } from "node:worker_threads";
import type { Job } from "./job.js";
import { runJob } from "./run-job.js";
import type { WorkerMessage } from "./watched-worker.js";

/** The other end of a {@link WatchedWorker}: does the jobs that come in over the port. */
export function serveJobs(port: MessagePort): void {
  const send = (message: WorkerMessage): void => port.postMessage(message);
  port.on("message", (job: Job) => {
    void runJob(job, (begin) => send({ begin })).then((outcome) => send({ outcome }));
  });
}
