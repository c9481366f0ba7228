import { setMaxListeners } from "node:events";
import { type Clock, orAborted } from "@ss/core";
import { ERROR, isPassing } from "../protocol/error-codes.js";
import { metadataRequest, type TopicMetadata } from "../protocol/metadata.js";
import { Brokers } from "./brokers.js";
import { clientClosed, lastingFailure, notAuthorized, unavailable } from "./client-errors.js";
import type { ClientSettings } from "./client-settings.js";
import { OVERDUE, within } from "./waiting.js";

/** A partition of a topic, as a key of maps. */
export type PartitionKey = string;

/** What concerns one partition. */
export interface Located {
  readonly topic: string;
  readonly partition: number;
}

/** The brokers of a cluster, and who leads which partition as far as it is known. */
export class ClusterView {
  readonly brokers: Brokers;
  readonly clock: Clock;
  readonly settings: ClientSettings;
  private readonly leaders = new Map<PartitionKey, number>();
  private readonly closed = new AbortController();

  constructor(settings: ClientSettings, clock: Clock) {
    this.settings = settings;
    this.clock = clock;
    this.brokers = new Brokers(settings);
    // every call that is under way listens
    setMaxListeners(0, this.closed.signal);
  }

  leaderOf(located: Located): number | undefined {
    return this.leaders.get(keyOf(located));
  }

  /** The leader is looked for anew before the next request. */
  forget(located: Located): void {
    this.leaders.delete(keyOf(located));
  }

  /** Calls `work` until it gives something, as long as its failures may pass, the time for a call is not over, and nobody closes this. */
  async repeat<T>(
    signal: AbortSignal,
    work: () => Promise<T>,
    limitMs: number = this.settings.callTimeoutMs,
  ): Promise<T> {
    const { retryBackoffMs, retryBackoffMaxMs, brokers, callTimeoutOption } = this.settings;
    const waited = { ms: limitMs, option: callTimeoutOption };
    const started = this.clock.monotonicMs();
    let last: unknown = new Error("no broker answered");
    for (let backoffMs = retryBackoffMs; ; backoffMs = Math.min(backoffMs * 2, retryBackoffMaxMs)) {
      signal.throwIfAborted();
      this.throwIfClosed();
      const restMs = limitMs - (this.clock.monotonicMs() - started);
      try {
        return await within(orAborted(work(), this.closed.signal), restMs, this.clock, signal);
      } catch (failure) {
        signal.throwIfAborted();
        this.throwIfClosed();
        if (failure === OVERDUE) throw unavailable(brokers.join(","), last, waited);
        const lasting = lastingFailure(failure, brokers);
        if (lasting !== null) throw lasting;
        last = failure;
        if (this.clock.monotonicMs() - started + backoffMs > limitMs)
          throw unavailable(brokers.join(","), failure, waited);
        this.leaders.clear();
        await orAborted(this.clock.sleep(backoffMs, signal), this.closed.signal);
      }
    }
  }

  /** Asks for topics and takes over who leads their partitions. Topics that are not there are left out. */
  async metadata(topics: readonly string[] | null, creates = false): Promise<readonly TopicMetadata[]> {
    const found = await this.brokers.send(null, (versions) => metadataRequest(topics, versions, creates));
    await this.brokers.update(found.brokers);
    const present = found.topics.filter(({ topic, errorCode }) => {
      if (isRefusal(errorCode)) throw notAuthorized(`the topic ${topic}`, errorCode);
      if (isPassing(errorCode) && errorCode !== ERROR.leaderNotAvailable)
        throw new Error(`the metadata of ${topic} gave error ${errorCode}`);
      return errorCode !== ERROR.unknownTopicOrPartition && errorCode !== ERROR.invalidTopic;
    });
    for (const { topic, partitions } of present)
      for (const { partition, leader } of partitions)
        if (leader >= 0) this.leaders.set(keyOf({ topic, partition }), leader);
        else this.leaders.delete(keyOf({ topic, partition }));
    return present;
  }

  throwIfClosed(): void {
    this.closed.signal.throwIfAborted();
  }

  /** Ends all connections and calls at once. */
  close(): void {
    this.closed.abort(clientClosed(this.settings.brokers.join(",")));
    this.brokers.close();
  }
}

/** Whether the user may not do what was asked for. */
export function isRefusal(errorCode: number): boolean {
  return errorCode === ERROR.topicAuthorizationFailed || errorCode === ERROR.clusterAuthorizationFailed;
}

/** The partitions of a topic, as keys. */
export function partitionKeys({ topic, partitions }: TopicMetadata): PartitionKey[] {
  return partitions.map(({ partition }) => keyOf({ topic, partition }));
}

/** A partition as a key. */
export function keyOf({ topic, partition }: Located): PartitionKey {
  return `${topic}-${partition}`;
}
