import { type Clock, orAborted, systemClock } from "@ss/core";
import { ERROR, isPassing } from "../protocol/error-codes.js";
import {
  type FetchedPartition,
  type FetchLimits,
  type FetchPosition,
  fetchRequest,
} from "../protocol/fetch.js";
import { type ListedOffset, listOffsetsRequest, type OffsetQuery } from "../protocol/list-offsets.js";
import type { TopicMetadata } from "../protocol/metadata.js";
import { notAuthorized } from "./client-errors.js";
import type { ClientSettings } from "./client-settings.js";
import { ClusterView, isRefusal, keyOf, type Located, partitionKeys } from "./cluster-view.js";
import { GroupOffsets } from "./group-offsets.js";
import type { KafkaClient } from "./kafka-client.js";
import { PartitionPauses } from "./partition-pauses.js";
import { RecordWaits } from "./record-waits.js";

const NO_BYTES = new Uint8Array(0);

/** A {@link KafkaClient} over the connections of kafkajs. */
export class KafkajsClient implements KafkaClient {
  protected readonly cluster: ClusterView;
  private readonly groups: GroupOffsets;
  private readonly waits: RecordWaits;
  private readonly pauses: PartitionPauses;

  constructor(settings: ClientSettings, clock: Clock = systemClock) {
    this.cluster = new ClusterView(settings, clock);
    this.pauses = new PartitionPauses(this.cluster);
    this.waits = new RecordWaits(this.cluster);
    this.groups = new GroupOffsets(this.cluster);
  }

  async topics(signal: AbortSignal): Promise<readonly string[]> {
    const topics = await this.cluster.repeat(signal, () => this.cluster.metadata(null));
    return topics.filter(({ isInternal }) => !isInternal).map(({ topic }) => topic);
  }

  async partitions(
    topics: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly number[]>> {
    const found = await this.cluster.repeat(signal, () => this.cluster.metadata(topics));
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
      this.cluster.brokers.send(leader, (versions) => listOffsetsRequest(part, readCommitted, versions));
    while (left.length > 0) {
      const some = await this.cluster.repeat(signal, () => this.fromLeaders(left, ask, noOffset));
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
      this.cluster.brokers.send(leader, (versions) => fetchRequest(part, limits, versions), limits.maxWaitMs);
    const limitMs = this.cluster.settings.callTimeoutMs + limits.maxWaitMs;
    return this.cluster.repeat(signal, () => this.fromLeaders(positions, ask, noRecords), limitMs);
  }

  async waitForRecords(
    positions: readonly FetchPosition[],
    readCommitted: boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    const locate = (): ReturnType<typeof this.locate<FetchPosition>> =>
      this.locate(this.pauses.readyOf(positions));
    const { byLeader, missing } = await this.cluster.repeat(signal, locate);
    if (missing.length > 0) return true;
    return orAborted(this.waits.first(byLeader, readCommitted), signal);
  }

  commitOffsets(group: string, offsets: readonly FetchPosition[], signal: AbortSignal): Promise<void> {
    return this.groups.commit(group, offsets, signal);
  }

  async close(): Promise<void> {
    this.cluster.close();
  }

  /**
   * Asks the leader of each part at once. Gives what came without an error that may pass, and `absent` for what is not there; where that is
   * nothing, the failure. Leaders that failed are looked for anew, after a pause as long as others give something.
   */
  private async fromLeaders<Q extends Located, A extends Located & { readonly errorCode: number }>(
    queries: readonly Q[],
    ask: (leader: number, part: readonly Q[]) => Promise<readonly A[]>,
    absent: (query: Located) => A,
  ): Promise<readonly A[]> {
    const { byLeader, missing } = await this.locate(this.pauses.readyOf(queries));
    const rounds = await Promise.allSettled([...byLeader].map(([leader, part]) => ask(leader, part)));
    const answers = missing.map(absent);
    let failure: unknown;
    [...byLeader.values()].forEach((part, k) => {
      const round = rounds[k]!;
      if (round.status === "rejected") {
        failure = round.reason;
        for (const query of part) this.setBack(query);
        return;
      }
      for (const answer of round.value) {
        if (isPassing(answer.errorCode)) {
          failure = new Error(
            `the leader of ${answer.topic}-${answer.partition} gave error ${answer.errorCode}`,
          );
          this.setBack(answer);
        } else if (isRefusal(answer.errorCode))
          throw notAuthorized(`the topic ${answer.topic}`, answer.errorCode);
        else {
          this.pauses.answered(answer);
          answers.push(answer);
        }
      }
    });
    if (answers.length === 0 && failure !== undefined) throw failure;
    return answers;
  }

  private setBack(query: Located): void {
    this.cluster.forget(query);
    this.pauses.failed(query);
  }

  /** Who leads the partitions; `missing` are those that are not there. */
  private async locate<Q extends Located>(
    queries: readonly Q[],
  ): Promise<{ byLeader: Map<number, Q[]>; missing: readonly Q[] }> {
    const unknown = queries.filter((query) => this.cluster.leaderOf(query) === undefined);
    let missing: readonly Q[] = [];
    if (unknown.length > 0) {
      const topics = await this.cluster.metadata([...new Set(unknown.map(({ topic }) => topic))]);
      const present = new Set(topics.flatMap(partitionKeys));
      missing = unknown.filter((query) => !present.has(keyOf(query)));
      for (const query of missing) this.pauses.answered(query);
      for (const query of unknown)
        if (present.has(keyOf(query)) && this.cluster.leaderOf(query) === undefined)
          this.pauses.failed(query);
    }
    const byLeader = new Map<number, Q[]>();
    for (const query of queries) {
      const leader = this.cluster.leaderOf(query);
      if (leader === undefined) continue;
      const part = byLeader.get(leader);
      if (part) part.push(query);
      else byLeader.set(leader, [query]);
    }
    if (byLeader.size === 0 && missing.length === 0)
      throw new Error(`${unknown[0]!.topic}-${unknown[0]!.partition} has no leader`);
    return { byLeader, missing };
  }
}

function noOffset({ topic, partition }: Located): ListedOffset {
  return { topic, partition, errorCode: ERROR.unknownTopicOrPartition, offset: -1 };
}

function noRecords({ topic, partition }: Located): FetchedPartition {
  const nothing = { highWatermark: -1, aborted: [], bytes: NO_BYTES, start: 0, end: 0 };
  return { topic, partition, errorCode: ERROR.unknownTopicOrPartition, ...nothing };
}
