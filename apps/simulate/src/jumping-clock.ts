import type { Clock } from "@ss/core";

/** Time that jumps to the end of every sleep: nothing waits, and a seed replays a run whatever the machine's pace. */
export class JumpingClock implements Clock {
  private timeMs: number = Date.UTC(2024, 5, 1);

  now(): number {
    return this.timeMs;
  }

  monotonicMs(): number {
    return this.timeMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const deadlineMs = this.timeMs + ms;
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (!signal?.aborted) this.timeMs = Math.max(this.timeMs, deadlineMs);
  }
}
