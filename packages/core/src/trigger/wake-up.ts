import type { Clock } from "../clock/clock.js";

/** A bell that the loop waits for: a source has rows, somebody asks for progress, or the query stops. */
export class WakeUp {
  private readonly clock: Clock;
  private readonly signal: AbortSignal;
  private rung = false;
  private ring: (() => void) | null = null;

  constructor(clock: Clock, signal: AbortSignal) {
    this.clock = clock;
    this.signal = signal;
    signal.addEventListener("abort", () => this.wake());
  }

  /** Ends a wait, or the next one if none is under way. */
  wake(): void {
    this.rung = true;
    this.ring?.();
  }

  /** Resolves at the next ring, or at once after one that nobody heard, or after `ms` milliseconds. */
  async wait(ms: number): Promise<void> {
    if (this.rung || this.signal.aborted) {
      this.rung = false;
      return;
    }
    const sleep = new AbortController();
    const bell = new Promise<void>((resolve) => {
      this.ring = resolve;
    });
    await Promise.race([bell, this.clock.sleep(ms, sleep.signal)]);
    // ends the timer of a sleep that the bell has overtaken
    sleep.abort();
    this.ring = null;
    this.rung = false;
  }
}
