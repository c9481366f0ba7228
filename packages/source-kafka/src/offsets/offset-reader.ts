import {
  EARLIEST,
  ERROR,
  illegalArgument,
  type KafkaClient,
  LATEST,
  type ListedOffset,
  type OffsetQuery,
} from "@ss/kafka";
import type { OffsetBound } from "../options/bounds.js";
import { type TopicChoice, topicPattern } from "../options/topics.js";
import { PartitionOffsets } from "./partition-offsets.js";

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Finds out which partitions there are, and their offsets. */
export class OffsetReader {
  private readonly client: KafkaClient;
  private readonly choice: TopicChoice;
  private readonly readCommitted: boolean;
  private readonly warn: (message: string) => void;
  /** What {@link ends} found last. */
  private known: readonly TopicPartition[] = [];

  /** `warn` hears of what is chosen and not there where a query begins: it is most likely misspelt. */
  constructor(
    client: KafkaClient,
    choice: TopicChoice,
    readCommitted: boolean,
    warn: (message: string) => void,
  ) {
    this.client = client;
    this.choice = choice;
    this.readCommitted = readCommitted;
    this.warn = warn;
  }

  /** The partitions to read, as they are now. Topics that are not there have none. */
  async partitions(signal: AbortSignal): Promise<readonly TopicPartition[]> {
    const { choice } = this;
    if (choice.kind === "assign") return partitionsOf(choice.partitions);
    const topics =
      choice.kind === "subscribe" ? choice.topics : await this.matchingTopics(choice.pattern, signal);
    return this.partitionsThere(topics, signal);
  }

  private async partitionsThere(
    topics: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly TopicPartition[]> {
    return topics.length === 0 ? [] : partitionsOf(await this.client.partitions(topics, signal));
  }

  private async warnOfMissing(chosen: readonly TopicPartition[], signal: AbortSignal): Promise<void> {
    const { choice } = this;
    const isAssigned = choice.kind === "assign";
    const there = isAssigned ? await this.partitionsThere([...choice.partitions.keys()], signal) : chosen;
    const missing = missingOf(choice, there);
    if (missing !== null) this.warn(`Kafka has no ${missing}: nothing is read of it as long as that is so.`);
  }

  /** The first offsets that are there; partitions that are gone are left out. */
  earliest(partitions: readonly TopicPartition[], signal: AbortSignal): Promise<PartitionOffsets> {
    return this.at(EARLIEST, partitions, signal);
  }

  /** The offsets behind the last records. */
  latest(partitions: readonly TopicPartition[], signal: AbortSignal): Promise<PartitionOffsets> {
    return this.at(LATEST, partitions, signal);
  }

  /**
   * The offsets behind the last records of all partitions that there are now. While the brokers are asked which these are, those of the look before
   * are asked for already, so that a look takes one round trip as long as there are no new ones.
   */
  async ends(signal: AbortSignal): Promise<PartitionOffsets> {
    const { known } = this;
    const [partitions, ends] = await Promise.all([this.partitions(signal), this.latest(known, signal)]);
    this.known = partitions;
    const before = namesOf(known);
    const added = partitions.filter((partition) => !before.has(nameOf(partition)));
    const now = namesOf(partitions);
    const kept = ends.entries().filter(([topic, partition]) => now.has(nameOf({ topic, partition })));
    return new PartitionOffsets([...kept, ...(await this.latest(added, signal)).entries()]);
  }

  /** The offsets that a bound of the options means for each partition. */
  async resolve(
    bound: OffsetBound,
    side: "starting" | "ending",
    signal: AbortSignal,
  ): Promise<PartitionOffsets> {
    const partitions = await this.partitions(signal);
    if (side === "starting") await this.warnOfMissing(partitions, signal);
    switch (bound.kind) {
      case "earliest":
        return this.earliest(partitions, signal);
      case "latest":
        return this.latest(partitions, signal);
      case "timestamp": {
        const queries = partitions.map((partition) => ({ ...partition, timestamp: bound.timestamp }));
        return this.byTimestamp(queries, bound.orLatest, signal);
      }
      case "timestamps":
        return this.byTimestamp(
          given(bound.timestamps, partitions, `${side}OffsetsByTimestamp`),
          bound.orLatest,
          signal,
        );
      case "offsets":
        return this.explicit(given(bound.offsets, partitions, `${side}Offsets`), signal);
    }
  }

  private async matchingTopics(pattern: string, signal: AbortSignal): Promise<readonly string[]> {
    const regex = topicPattern(pattern);
    return (await this.client.topics(signal)).filter((topic) => regex.test(topic));
  }

  private async at(
    timestamp: number,
    partitions: readonly TopicPartition[],
    signal: AbortSignal,
  ): Promise<PartitionOffsets> {
    if (partitions.length === 0) return new PartitionOffsets([]);
    const queries = partitions.map(({ topic, partition }) => ({ topic, partition, timestamp }));
    return offsetsOf(await this.client.offsets(queries, this.readCommitted, signal));
  }

  private async explicit(queries: readonly OffsetQuery[], signal: AbortSignal): Promise<PartitionOffsets> {
    const ends = queries.filter(({ timestamp }) => timestamp < 0);
    const asked = ends.length === 0 ? [] : await this.client.offsets(ends, this.readCommitted, signal);
    const fixed = queries.filter(({ timestamp }) => timestamp >= 0);
    return new PartitionOffsets([
      ...offsetsOf(asked).entries(),
      ...fixed.map(({ topic, partition, timestamp }): [string, number, number] => [
        topic,
        partition,
        timestamp,
      ]),
    ]);
  }

  private async byTimestamp(
    queries: readonly OffsetQuery[],
    orLatest: boolean,
    signal: AbortSignal,
  ): Promise<PartitionOffsets> {
    if (queries.length === 0) return new PartitionOffsets([]);
    const found = await this.client.offsets(queries, this.readCommitted, signal);
    const behind = found.filter(({ offset, errorCode }) => offset < 0 && errorCode === ERROR.none);
    if (behind.length > 0 && !orLatest) {
      const names = behind.map(({ topic, partition }) => `${topic}-${partition}`).join(", ");
      throw illegalArgument(
        `No offset matched from request of topic-partition ${names}: no record is as late as the timestamp that the options give. ` +
          "Set startingOffsetsByTimestampStrategy to latest to begin at the end there.",
      );
    }
    const latest = await this.latest(behind, signal);
    return new PartitionOffsets([
      ...offsetsOf(found)
        .entries()
        .filter(([, , offset]) => offset >= 0),
      ...latest.entries(),
    ]);
  }
}

function partitionsOf(topics: ReadonlyMap<string, readonly number[]>): readonly TopicPartition[] {
  return [...topics].flatMap(([topic, numbers]) => numbers.map((partition) => ({ topic, partition })));
}

/** What of a choice is not there, for a message; null where all is. */
function missingOf(choice: TopicChoice, found: readonly TopicPartition[]): string | null {
  if (choice.kind === "subscribePattern")
    return found.length > 0 ? null : `topic that matches '${choice.pattern}'`;
  if (choice.kind === "assign") {
    const there = namesOf(found);
    const names = partitionsOf(choice.partitions).map(nameOf);
    return listed(
      "partition",
      names.filter((name) => !there.has(name)),
    );
  }
  const there = new Set(found.map(({ topic }) => topic));
  return listed(
    "topic",
    choice.topics.filter((topic) => !there.has(topic)),
  );
}

function listed(kind: string, names: readonly string[]): string | null {
  return names.length === 0 ? null : `${kind} ${names.join(", ")}`;
}

function namesOf(partitions: readonly TopicPartition[]): ReadonlySet<string> {
  return new Set(partitions.map(nameOf));
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

function offsetsOf(found: readonly ListedOffset[]): PartitionOffsets {
  return new PartitionOffsets(
    found
      .filter(({ errorCode }) => errorCode === ERROR.none)
      .map(({ topic, partition, offset }) => [topic, partition, offset]),
  );
}

/** The numbers of the options for the partitions that are there; the two have to be the same partitions. */
function given(
  numbers: ReadonlyMap<string, ReadonlyMap<number, number>>,
  partitions: readonly TopicPartition[],
  option: string,
): readonly OffsetQuery[] {
  const queries = [...numbers].flatMap(([topic, byPartition]) =>
    [...byPartition].map(([partition, timestamp]) => ({ topic, partition, timestamp })),
  );
  const names = (list: readonly TopicPartition[]): string => list.map(nameOf).sort().join(", ");
  if (names(queries) !== names(partitions))
    throw illegalArgument(
      `If ${option} contains specific offsets, you must specify all TopicPartitions. Use -1 for latest, -2 for earliest. ` +
        `Specified: ${names(queries)}. Assigned: ${names(partitions)}.`,
    );
  return queries;
}
