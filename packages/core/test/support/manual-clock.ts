import type { Clock } from "../../src/index.js";

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** Time that moves only when a test says so. */
export class ManualClock implements Clock {
  private timeMs: number;
  private sleepers: Sleeper[] = [];

  constructor(startMs = 0) {
    this.timeMs = startMs;
  }

  now(): number {
    return this.timeMs;
  }

  monotonicMs(): number {
    return this.timeMs;
  }

  get sleeping(): number {
    return this.sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { untilMs: this.timeMs + ms, wake: () => wake() };
      const wake = (): void => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      signal?.addEventListener("abort", wake, { once: true });
      this.sleepers.push(sleeper);
    });
  }

  /** Moves time on, waking the sleepers on the way, each at its time, and lets all of them go on. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.timeMs + ms;
    await settle();
    for (;;) {
      const next = this.sleepers
        .filter((sleeper) => sleeper.untilMs <= untilMs)
        .sort((a, b) => a.untilMs - b.untilMs)[0];
      if (next === undefined) break;
      this.timeMs = Math.max(this.timeMs, next.untilMs);
      next.wake();
      await settle();
    }
    this.timeMs = untilMs;
    await settle();
  }
}

/** Lets everything that can go on without time passing do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
