import { type ClusterView, keyOf, type Located, type PartitionKey } from "./cluster-view.js";

/** When partitions are asked for again that gave nothing useful: each after pauses of its own, which grow with its failures in a row. */
export class PartitionPauses {
  private readonly cluster: ClusterView;
  private readonly pauses = new Map<PartitionKey, { failures: number; untilMs: number }>();

  constructor(cluster: ClusterView) {
    this.cluster = cluster;
  }

  /** Those that may be asked for now; all where that is none, as whoever asks for nothing else has pauses of its own. */
  readyOf<Q extends Located>(queries: readonly Q[]): readonly Q[] {
    if (this.pauses.size === 0) return queries;
    const nowMs = this.cluster.clock.monotonicMs();
    const ready = queries.filter((query) => (this.pauses.get(keyOf(query))?.untilMs ?? 0) <= nowMs);
    return ready.length > 0 ? ready : queries;
  }

  failed(query: Located): void {
    const { clock, settings } = this.cluster;
    const key = keyOf(query);
    const failures = (this.pauses.get(key)?.failures ?? 0) + 1;
    const pauseMs = settings.retryBackoffMs * 2 ** Math.min(20, failures - 1);
    const untilMs = clock.monotonicMs() + Math.min(pauseMs, settings.retryBackoffMaxMs);
    this.pauses.set(key, { failures, untilMs });
  }

  /** It gave something, or is not there. */
  answered(query: Located): void {
    if (this.pauses.size > 0) this.pauses.delete(keyOf(query));
  }
}
