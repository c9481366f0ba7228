import { type Profiler, Session } from "node:inspector";
import { WorkerProfilers } from "./worker-profilers.js";

const SAMPLING_MICROS = 500;

/** Profiles the processor time of this thread and of the worker threads that it starts. */
export class CpuProfiler {
  private readonly session: Session = new Session();
  private readonly workers: WorkerProfilers = new WorkerProfilers(this.session, SAMPLING_MICROS);

  /** From here on. */
  async start(): Promise<void> {
    this.session.connect();
    await this.workers.start();
    await this.post("Profiler.enable");
    await this.post("Profiler.setSamplingInterval", { interval: SAMPLING_MICROS });
    await this.post("Profiler.start");
  }

  /** The profiles: this thread's, then those of the workers that still run. */
  async stop(): Promise<Profiler.Profile[]> {
    const { profile } = await this.post<{ profile: Profiler.Profile }>("Profiler.stop");
    // idle workers keep no process alive, and a message that is awaited from them does not either
    const alive = setInterval(() => {}, 1000);
    const others = await this.workers.stop();
    clearInterval(alive);
    this.session.disconnect();
    return [profile, ...others];
  }

  private post<T>(method: string, parameters?: object): Promise<T> {
    return new Promise((resolve, reject) => {
      this.session.post(method, parameters, (error, result) => {
        if (error) reject(error);
        else resolve(result as T);
      });
    });
  }
}
