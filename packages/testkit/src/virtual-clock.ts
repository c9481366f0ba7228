import type { Clock } from "@ss/core";

interface Sleeper {
  readonly deadlineMs: number;
  readonly order: number;
  readonly wake: () => void;
}

/**
 * Time that stands still until a test moves it.
 *
 * @example
 * ```ts
 * const clock = new VirtualClock();
 * const done = clock.sleep(10_000).then(() => "rested");
 * await clock.advance(10_000);
 * await done; // "rested", after no time at all
 * ```
 */
export class VirtualClock implements Clock {
  private timeMs: number;
  private readonly startMs: number;
  private order = 0;
  private sleepers: Sleeper[] = [];
  private waiters: { readonly count: number; readonly resolve: () => void }[] = [];

  constructor(startMs = 0) {
    this.timeMs = startMs;
    this.startMs = startMs;
  }

  now(): number {
    return Math.floor(this.timeMs);
  }

  monotonicMs(): number {
    return this.timeMs - this.startMs;
  }

  /** How many sleep now. */
  get sleeperCount(): number {
    return this.sleepers.length;
  }

  /** When the next sleeper wakes, or null if nobody sleeps. */
  get nextWakeMs(): number | null {
    return this.sleepers.length === 0
      ? null
      : Math.min(...this.sleepers.map((sleeper) => sleeper.deadlineMs));
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    // a loop that sleeps for no time must still let others run
    if (ms <= 0) return turn();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const sleeper: Sleeper = { deadlineMs: this.timeMs + ms, order: this.order++, wake };
      this.sleepers.push(sleeper);
      signal?.addEventListener("abort", wake, { once: true });
      this.tellWaiters();
    });
  }

  /**
   * Moves time on by `ms`. Sleepers wake in the order of their deadlines (those of one deadline in the order in which they
   * went to sleep), each at its own time; what one of them does, a new sleep too, has its turn before the next wakes.
   */
  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.timeMs + ms);
  }

  /** Moves time to `timeMs`, as {@link advance} does. Time never goes back. */
  async advanceTo(timeMs: number): Promise<void> {
    await turn();
    for (let next = this.next(timeMs); next !== undefined; next = this.next(timeMs)) {
      this.timeMs = Math.max(this.timeMs, next.deadlineMs);
      next.wake();
      await turn();
    }
    this.timeMs = Math.max(this.timeMs, timeMs);
    await turn();
  }

  /**
   * Moves time on by `ms` at once, as it goes for a machine that was asleep: whoever is to wake by then finds the new time. Spark's manual clock
   * does so.
   */
  async jump(ms: number): Promise<void> {
    await turn();
    this.timeMs += ms;
    await this.advanceTo(this.timeMs);
  }

  /** Resolves as soon as at least `count` sleep: a loop that waits for its next trigger is one. */
  waitForSleepers(count = 1): Promise<void> {
    if (this.sleepers.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.waiters.push({ count, resolve }));
  }

  private next(untilMs: number): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.sleepers) {
      if (sleeper.deadlineMs > untilMs) continue;
      if (first === undefined || before(sleeper, first)) first = sleeper;
    }
    return first;
  }

  private tellWaiters(): void {
    const satisfied = this.waiters.filter(({ count }) => this.sleepers.length >= count);
    this.waiters = this.waiters.filter((waiter) => !satisfied.includes(waiter));
    for (const { resolve } of satisfied) resolve();
  }
}

function before(a: Sleeper, b: Sleeper): boolean {
  return a.deadlineMs !== b.deadlineMs ? a.deadlineMs < b.deadlineMs : a.order < b.order;
}

/** One round of the event loop, in which every promise that can go on does. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
