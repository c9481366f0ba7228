import type { Clock } from "@ss/core";
import type { FetchLimits, FetchPosition, KafkaClient } from "@ss/kafka";

/** A broker answers as soon as there is a record, and after this time if there is none. */
const WAIT_MS = 20_000;
const RETRY_MS = 1000;

/**
 * Rings when records arrive: a request for what lies behind the known ends waits at the brokers, over connections of its own, as answers
 * come in the order of requests.
 */
export class Arrivals {
  private readonly client: KafkaClient;
  private readonly clock: Clock;
  private readonly limits: FetchLimits;
  private readonly closing = new AbortController();
  private readonly wakers = new Set<() => void>();
  private positions: readonly FetchPosition[] = [];
  /** Aborts when there are other positions. */
  private moved = new AbortController();
  private isRunning = false;

  constructor(client: KafkaClient, clock: Clock, readCommitted: boolean) {
    this.client = client;
    this.clock = clock;
    this.limits = { maxWaitMs: WAIT_MS, minBytes: 1, maxBytes: 1, maxPartitionBytes: 1, readCommitted };
  }

  /** Calls `wake` at arrivals, until the returned function is called. */
  listen(wake: () => void): () => void {
    this.wakers.add(wake);
    this.start();
    return () => void this.wakers.delete(wake);
  }

  /** The ends of the partitions are known to be here: what comes behind them is new. */
  watch(positions: readonly FetchPosition[]): void {
    if (JSON.stringify(positions) === JSON.stringify(this.positions)) return;
    this.positions = positions;
    this.moved.abort();
    this.moved = new AbortController();
    this.start();
  }

  /** Rings once after a time, whatever arrives. */
  wakeAfter(ms: number): void {
    const { signal } = this.closing;
    void this.clock.sleep(ms, signal).then(() => {
      if (!signal.aborted) this.wake();
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.client.close();
  }

  private start(): void {
    if (this.isRunning || this.wakers.size === 0 || this.positions.length === 0) return;
    this.isRunning = true;
    void this.run();
  }

  private async run(): Promise<void> {
    const closed = this.closing.signal;
    while (!closed.aborted) {
      const { positions, moved } = this;
      try {
        const answers = await this.client.fetch(positions, this.limits, closed);
        // an error is something new, too: whoever looks for offsets meets it
        const isNew = answers.some(({ start, end, errorCode }) => end > start || errorCode !== 0);
        // what arrived before the positions moved on is no news
        if (!isNew || positions !== this.positions) continue;
        this.wake();
        await this.clock.sleep(RETRY_MS, AbortSignal.any([closed, moved.signal]));
      } catch {
        // the loop looks by itself and reports what is wrong; here it is only tried again
        this.wake();
        await this.clock.sleep(RETRY_MS, closed);
      }
    }
  }

  /** Calls everyone who listens. */
  wake(): void {
    for (const wake of [...this.wakers]) wake();
  }
}
