import { type Clock, systemClock } from "@ss/core";
import { ERROR, isPassing } from "../protocol/error-codes.js";
import {
  type FetchedPartition,
  type FetchLimits,
  type FetchPosition,
  fetchRequest,
} from "../protocol/fetch.js";
import { type ListedOffset, listOffsetsRequest, type OffsetQuery } from "../protocol/list-offsets.js";
import { metadataRequest, type TopicMetadata } from "../protocol/metadata.js";
import { Brokers } from "./brokers.js";
import { lastingFailure, notAuthorized, unavailable } from "./client-errors.js";
import type { ClientSettings } from "./client-settings.js";
import type { KafkaClient } from "./kafka-client.js";
import { orAborted } from "./waiting.js";

/** A partition of a topic, as a key of maps. */
type PartitionKey = string;

const NO_BYTES = new Uint8Array(0);

interface Located {
  readonly topic: string;
  readonly partition: number;
}

/** A {@link KafkaClient} over the connections of kafkajs. */
export class KafkajsClient implements KafkaClient {
  private readonly settings: ClientSettings;
  private readonly clock: Clock;
  private readonly brokers: Brokers;
  /** Who leads which partition, as far as it is known. */
  private readonly leaders = new Map<PartitionKey, number>();

  constructor(settings: ClientSettings, clock: Clock = systemClock) {
    this.settings = settings;
    this.clock = clock;
    this.brokers = new Brokers(settings);
  }

  async topics(signal: AbortSignal): Promise<readonly string[]> {
    const topics = await this.repeat(signal, () => this.metadata(null));
    return topics.filter(({ isInternal }) => !isInternal).map(({ topic }) => topic);
  }

  async partitions(
    topics: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly number[]>> {
    const found = await this.repeat(signal, () => this.metadata(topics));
    const numbers = ({ partitions }: TopicMetadata): number[] =>
      partitions.map(({ partition }) => partition).sort((a, b) => a - b);
    return new Map(found.map((topic) => [topic.topic, numbers(topic)]));
  }

  async offsets(
    queries: readonly OffsetQuery[],
    readCommitted: boolean,
    signal: AbortSignal,
  ): Promise<readonly ListedOffset[]> {
    const answers: ListedOffset[] = [];
    let left = queries;
    const ask = (leader: number, part: readonly OffsetQuery[]): Promise<readonly ListedOffset[]> =>
      this.brokers.send(leader, (versions) => listOffsetsRequest(part, readCommitted, versions));
    while (left.length > 0) {
      const some = await this.repeat(signal, () => this.fromLeaders(left, ask, noOffset));
      answers.push(...some);
      const answered = new Set(some.map(keyOf));
      left = left.filter((query) => !answered.has(keyOf(query)));
    }
    return answers;
  }

  fetch(
    positions: readonly FetchPosition[],
    limits: FetchLimits,
    signal: AbortSignal,
  ): Promise<readonly FetchedPartition[]> {
    const ask = (leader: number, part: readonly FetchPosition[]): Promise<readonly FetchedPartition[]> =>
      this.brokers.send(leader, (versions) => fetchRequest(part, limits, versions), limits.maxWaitMs);
    return this.repeat(signal, () => this.fromLeaders(positions, ask, noRecords));
  }

  async close(): Promise<void> {
    this.brokers.close();
  }

  /** Calls `work` until it gives something, as long as its failures may pass and the time for a call is not over. */
  private async repeat<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { callTimeoutMs, retryBackoffMs, retryBackoffMaxMs, brokers } = this.settings;
    const started = this.clock.monotonicMs();
    for (let backoffMs = retryBackoffMs; ; backoffMs = Math.min(backoffMs * 2, retryBackoffMaxMs)) {
      try {
        return await orAborted(work(), signal);
      } catch (failure) {
        signal.throwIfAborted();
        const lasting = lastingFailure(failure, brokers);
        if (lasting !== null) throw lasting;
        if (this.clock.monotonicMs() - started + backoffMs > callTimeoutMs)
          throw unavailable(brokers.join(","), failure, "retry", callTimeoutMs);
        this.leaders.clear();
        await this.clock.sleep(backoffMs, signal);
        signal.throwIfAborted();
      }
    }
  }

  /**
   * Asks the leader of each part at once. Gives what came without an error that may pass, and `absent` for what is not there; where that is
   * nothing, the failure. Leaders that failed are looked for anew before the next call.
   */
  private async fromLeaders<Q extends Located, A extends Located & { readonly errorCode: number }>(
    queries: readonly Q[],
    ask: (leader: number, part: readonly Q[]) => Promise<readonly A[]>,
    absent: (query: Located) => A,
  ): Promise<readonly A[]> {
    const { byLeader, missing } = await this.locate(queries);
    const rounds = await Promise.allSettled([...byLeader].map(([leader, part]) => ask(leader, part)));
    const answers = missing.map(absent);
    let failure: unknown;
    [...byLeader.values()].forEach((part, k) => {
      const round = rounds[k]!;
      if (round.status === "rejected") {
        failure = round.reason;
        for (const query of part) this.leaders.delete(keyOf(query));
        return;
      }
      for (const answer of round.value) {
        if (isPassing(answer.errorCode)) {
          failure = new Error(
            `the leader of ${answer.topic}-${answer.partition} gave error ${answer.errorCode}`,
          );
          this.leaders.delete(keyOf(answer));
        } else if (isRefusal(answer.errorCode))
          throw notAuthorized(`the topic ${answer.topic}`, answer.errorCode);
        else answers.push(answer);
      }
    });
    if (answers.length === 0 && failure !== undefined) throw failure;
    return answers;
  }

  /** Who leads the partitions; `missing` are those that are not there. */
  private async locate<Q extends Located>(
    queries: readonly Q[],
  ): Promise<{ byLeader: Map<number, Q[]>; missing: readonly Q[] }> {
    const unknown = queries.filter((query) => !this.leaders.has(keyOf(query)));
    let missing: readonly Q[] = [];
    if (unknown.length > 0) {
      const topics = await this.metadata([...new Set(unknown.map(({ topic }) => topic))]);
      const present = new Set(topics.flatMap(partitionKeys));
      missing = unknown.filter((query) => !present.has(keyOf(query)));
    }
    const byLeader = new Map<number, Q[]>();
    for (const query of queries) {
      const leader = this.leaders.get(keyOf(query));
      if (leader === undefined) continue;
      const part = byLeader.get(leader);
      if (part) part.push(query);
      else byLeader.set(leader, [query]);
    }
    if (byLeader.size === 0 && missing.length === 0)
      throw new Error(`${unknown[0]!.topic}-${unknown[0]!.partition} has no leader`);
    return { byLeader, missing };
  }

  /** Asks for topics and takes over who leads their partitions. Topics that are not there are left out. */
  private async metadata(topics: readonly string[] | null): Promise<readonly TopicMetadata[]> {
    const found = await this.brokers.send(null, (versions) => metadataRequest(topics, versions));
    await this.brokers.update(found.brokers);
    const present = found.topics.filter(({ topic, errorCode }) => {
      if (isRefusal(errorCode)) throw notAuthorized(`the topic ${topic}`, errorCode);
      if (isPassing(errorCode) && errorCode !== 5)
        throw new Error(`the metadata of ${topic} gave error ${errorCode}`);
      return errorCode !== ERROR.unknownTopicOrPartition && errorCode !== ERROR.invalidTopic;
    });
    for (const { topic, partitions } of present)
      for (const { partition, leader } of partitions)
        if (leader >= 0) this.leaders.set(keyOf({ topic, partition }), leader);
        else this.leaders.delete(keyOf({ topic, partition }));
    return present;
  }
}

function noOffset({ topic, partition }: Located): ListedOffset {
  return { topic, partition, errorCode: ERROR.unknownTopicOrPartition, offset: -1 };
}

function noRecords({ topic, partition }: Located): FetchedPartition {
  const nothing = { highWatermark: -1, aborted: [], bytes: NO_BYTES, start: 0, end: 0 };
  return { topic, partition, errorCode: ERROR.unknownTopicOrPartition, ...nothing };
}

function isRefusal(errorCode: number): boolean {
  return errorCode === ERROR.topicAuthorizationFailed || errorCode === ERROR.clusterAuthorizationFailed;
}

function partitionKeys({ topic, partitions }: TopicMetadata): PartitionKey[] {
  return partitions.map(({ partition }) => keyOf({ topic, partition }));
}

function keyOf({ topic, partition }: Located): PartitionKey {
  return `${topic}-${partition}`;
}
