import { ERROR } from "../protocol/error-codes.js";
import { type FetchedPartition, type FetchPosition, fetchRequest } from "../protocol/fetch.js";
import { type ClusterView, keyOf } from "./cluster-view.js";

/** A broker answers as soon as there is a record, and after this time if there is none. */
const WAIT_MS = 10_000;

/** A request that waits at a leader. */
interface Wait {
  readonly partitions: ReadonlySet<string>;
  readonly isNews: Promise<boolean>;
  /** Whether another one has taken its place. */
  isReplaced: boolean;
}

/** Requests that wait for records, one at each leader. */
export class RecordWaits {
  private readonly cluster: ClusterView;
  private readonly waits = new Map<number, Wait>();

  constructor(cluster: ClusterView) {
    this.cluster = cluster;
  }

  /**
   * Waits at the leaders, as far as nothing waits there already: that is answered as soon as one of its partitions moves. One that does not know
   * all the partitions is given up with its connection, since a broker answers the requests of a connection one after the other.
   */
  async first(
    byLeader: ReadonlyMap<number, readonly FetchPosition[]>,
    readCommitted: boolean,
  ): Promise<boolean> {
    for (const [leader, positions] of byLeader) {
      const running = this.waits.get(leader);
      if (running !== undefined) {
        if (positions.every((position) => running.partitions.has(keyOf(position)))) continue;
        running.isReplaced = true;
        await this.cluster.brokers.reconnect(leader);
      }
      this.waits.set(leader, this.begin(leader, positions, readCommitted));
    }
    return Promise.race([...this.waits.values()].map(({ isNews }) => isNews));
  }

  private begin(leader: number, positions: readonly FetchPosition[], readCommitted: boolean): Wait {
    const limits = { maxWaitMs: WAIT_MS, minBytes: 1, maxBytes: 1, maxPartitionBytes: 1, readCommitted };
    const answers = this.cluster.brokers.send(
      leader,
      (versions) => fetchRequest(positions, limits, versions),
      limits.maxWaitMs,
    );
    const failed = (): boolean => {
      if (wait.isReplaced) return false;
      for (const position of positions) this.cluster.forget(position);
      return true;
    };
    const over = (): void => {
      if (!wait.isReplaced) this.waits.delete(leader);
    };
    const wait: Wait = {
      partitions: new Set(positions.map(keyOf)),
      isNews: answers.then(isNews, failed).finally(over),
      isReplaced: false,
    };
    return wait;
  }
}

/** An error is something new, too: whoever looks for offsets meets it. */
function isNews(answers: readonly FetchedPartition[]): boolean {
  return answers.some(({ start, end, errorCode }) => end > start || errorCode !== ERROR.none);
}
