import { ERROR } from "../protocol/error-codes.js";
import { type FetchedPartition, type FetchPosition, fetchRequest } from "../protocol/fetch.js";
import { type ClusterView, keyOf } from "./cluster-view.js";

/** A broker answers as soon as there is a record, and after this time if there is none. */
const WAIT_MS = 10_000;

/** A request that waits at a leader. */
interface Wait {
  readonly partitions: ReadonlySet<string>;
  readonly isNews: Promise<boolean>;
  /** Under way once the request is given up for one that knows more partitions. */
  ending: Promise<void> | null;
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
    const news: Promise<boolean>[] = [];
    for (const [leader, positions] of byLeader) {
      // while one is ended, others may put a new one there
      for (let less = this.less(leader, positions); less !== null; less = this.less(leader, positions)) {
        less.ending ??= this.giveUp(leader, less);
        await less.ending;
      }
      const wait = this.waits.get(leader) ?? this.begin(leader, positions, readCommitted);
      news.push(wait.isNews);
    }
    return Promise.race(news);
  }

  /** What waits at a leader, unless it waits for all of these. */
  private less(leader: number, positions: readonly FetchPosition[]): Wait | null {
    const running = this.waits.get(leader);
    if (running === undefined) return null;
    return positions.every((position) => running.partitions.has(keyOf(position))) ? null : running;
  }

  private giveUp(leader: number, wait: Wait): Promise<void> {
    return this.cluster.brokers.reconnect(leader).finally(() => this.remove(leader, wait));
  }

  private remove(leader: number, wait: Wait): void {
    if (this.waits.get(leader) === wait) this.waits.delete(leader);
  }

  private begin(leader: number, positions: readonly FetchPosition[], readCommitted: boolean): Wait {
    const limits = { maxWaitMs: WAIT_MS, minBytes: 1, maxBytes: 1, maxPartitionBytes: 1, readCommitted };
    const answers = this.cluster.brokers.send(
      leader,
      (versions) => fetchRequest(positions, limits, versions),
      limits.maxWaitMs,
    );
    const failed = (): boolean => {
      if (wait.ending !== null) return false;
      for (const position of positions) this.cluster.forget(position);
      return true;
    };
    const wait: Wait = {
      partitions: new Set(positions.map(keyOf)),
      isNews: answers.then(isNews, failed).finally(() => this.remove(leader, wait)),
      ending: null,
    };
    this.waits.set(leader, wait);
    return wait;
  }
}

/** An error is something new, too: whoever looks for offsets meets it. */
function isNews(answers: readonly FetchedPartition[]): boolean {
  return answers.some(({ start, end, errorCode }) => end > start || errorCode !== ERROR.none);
}
