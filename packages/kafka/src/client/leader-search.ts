import { lastingFailure } from "./client-errors.js";
import type { ClusterView } from "./cluster-view.js";
import type { PartitionQueue } from "./partition-queue.js";

/** What a look for leaders was about; `failure` is null where the brokers answered. */
export interface LeaderLook {
  readonly queues: readonly PartitionQueue[];
  readonly failure: unknown;
}

/** Partitions without a leader that is known: each is looked for after a pause of its own, and several at a time. */
export class LeaderSearch {
  private readonly cluster: ClusterView;
  /** Ends the pauses. */
  private readonly signal: AbortSignal;
  private readonly queues = new Set<PartitionQueue>();
  /** When the first of them is looked for, and for when a ring is set. */
  private nextLookMs = Number.POSITIVE_INFINITY;
  private ringMs = Number.POSITIVE_INFINITY;

  constructor(cluster: ClusterView, signal: AbortSignal) {
    this.cluster = cluster;
    this.signal = signal;
  }

  add(queue: PartitionQueue): void {
    this.queues.add(queue);
    this.nextLookMs = Math.min(this.nextLookMs, queue.retryAtMs);
  }

  clear(): void {
    this.queues.clear();
    this.nextLookMs = Number.POSITIVE_INFINITY;
  }

  /** Whether the first pause is over; where it is not, `ring` is called when it is. */
  isDue(ring: () => void): boolean {
    if (this.queues.size === 0) return false;
    const { clock } = this.cluster;
    const waitMs = this.nextLookMs - clock.monotonicMs();
    if (waitMs <= 0) return true;
    if (this.ringMs <= this.nextLookMs) return false;
    const ringMs = this.nextLookMs;
    this.ringMs = ringMs;
    void clock.sleep(waitMs, this.signal).then(() => {
      if (this.ringMs === ringMs) this.ringMs = Number.POSITIVE_INFINITY;
      ring();
    });
    return false;
  }

  /**
   * Takes the partitions whose pause is over, and has the brokers say who leads them; what is due within a first pause goes along, for one look at a
   * time. Throws what does not pass.
   */
  async look(): Promise<LeaderLook> {
    const { clock, settings } = this.cluster;
    const queues = this.takeDue(clock.monotonicMs() + settings.retryBackoffMs);
    try {
      await this.cluster.metadata([...new Set(queues.map(({ topic }) => topic))], true);
      return { queues, failure: null };
    } catch (failure) {
      const lasting = lastingFailure(failure, settings.brokers);
      if (lasting !== null) throw lasting;
      return { queues, failure };
    }
  }

  /** The next look for the leader of a partition comes after a pause, which grows with each failure in a row. */
  setBack(queue: PartitionQueue, reason: unknown): void {
    const { retryBackoffMs, retryBackoffMaxMs } = this.cluster.settings;
    const pauseMs = Math.min(retryBackoffMs * 2 ** Math.min(20, queue.setbacks), retryBackoffMaxMs);
    queue.setbacks++;
    queue.lastReason = reason;
    queue.retryAtMs = this.cluster.clock.monotonicMs() + pauseMs;
  }

  private takeDue(dueMs: number): readonly PartitionQueue[] {
    const taken: PartitionQueue[] = [];
    this.nextLookMs = Number.POSITIVE_INFINITY;
    for (const queue of this.queues)
      if (queue.retryAtMs > dueMs) this.nextLookMs = Math.min(this.nextLookMs, queue.retryAtMs);
      else {
        this.queues.delete(queue);
        taken.push(queue);
      }
    return taken;
  }
}
