import type { Clock } from "@ss/core";
import type { FetchPosition, KafkaClient } from "@ss/kafka";

const RETRY_MS = 1000;

/** Rings when records arrive: requests for what lies behind the known ends wait at the brokers, over a client of their own. */
export class Arrivals {
  private readonly client: KafkaClient;
  private readonly clock: Clock;
  private readonly readCommitted: boolean;
  private readonly closing = new AbortController();
  private readonly wakers = new Set<() => void>();
  private positions: readonly FetchPosition[] = [];
  /** Aborts when there are other positions. */
  private moved = new AbortController();
  /** Aborts when there are other partitions, which a wait that runs knows nothing of, and at the end. */
  private regrouped = new AbortController();
  private isRunning = false;
  /** When the next ring that was asked for is due. */
  private dueMs = Number.POSITIVE_INFINITY;

  constructor(client: KafkaClient, clock: Clock, readCommitted: boolean) {
    this.client = client;
    this.clock = clock;
    this.readCommitted = readCommitted;
  }

  /** Calls `wake` at arrivals, until the returned function is called. */
  listen(wake: () => void): () => void {
    this.wakers.add(wake);
    this.start();
    return () => void this.wakers.delete(wake);
  }

  /** The ends of the partitions are known to be here: what comes behind them is new. */
  watch(positions: readonly FetchPosition[]): void {
    const before = this.positions;
    if (JSON.stringify(positions) === JSON.stringify(before)) return;
    this.positions = positions;
    this.moved.abort();
    this.moved = new AbortController();
    if (!samePartitions(positions, before)) {
      this.regrouped.abort();
      this.regrouped = new AbortController();
    }
    this.start();
  }

  /** Rings once after a time, whatever arrives; a ring that is due before is enough. */
  wakeAfter(ms: number): void {
    const dueMs = this.clock.monotonicMs() + ms;
    if (this.dueMs <= dueMs) return;
    this.dueMs = dueMs;
    void this.clock.sleep(ms, this.closing.signal).then(() => {
      if (this.dueMs === dueMs) this.dueMs = Number.POSITIVE_INFINITY;
      if (!this.closing.signal.aborted) this.wake();
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.moved.abort();
    this.regrouped.abort();
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
      const { positions, moved, regrouped } = this;
      try {
        const isNew = await this.client.waitForRecords(positions, this.readCommitted, regrouped.signal);
        // what arrived before the positions moved on is no news
        if (!isNew || positions !== this.positions) continue;
        this.wake();
        await this.clock.sleep(RETRY_MS, moved.signal);
      } catch {
        if (regrouped.signal.aborted) continue;
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

function samePartitions(some: readonly FetchPosition[], others: readonly FetchPosition[]): boolean {
  if (some.length !== others.length) return false;
  // both come in one order
  return some.every(
    ({ topic, partition }, k) => others[k]!.topic === topic && others[k]!.partition === partition,
  );
}
