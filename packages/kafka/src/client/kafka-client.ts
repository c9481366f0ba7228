import type { FetchedPartition, FetchLimits, FetchPosition } from "../protocol/fetch.js";
import type { ListedOffset, OffsetQuery } from "../protocol/list-offsets.js";

/**
 * What this project needs of a Kafka client for reading. Calls may come at any time and several at once.
 *
 * A call that meets brokers that cannot be reached, are starting, or do not lead a partition any more looks for the new leader and repeats
 * itself until its time is over, which gives SS_KAFKA_UNAVAILABLE with the last reason. What no repetition mends (a wrong password, a
 * certificate that does not fit, missing rights) gives an error at once. Every call ends with the signal's reason when that aborts.
 */
export interface KafkaClient {
  /** The names of all topics that this user may see, without Kafka's own. */
  topics(signal: AbortSignal): Promise<readonly string[]>;

  /** The numbers of the partitions of each topic, in order. A topic that is not there is missing in the answer. */
  partitions(topics: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, readonly number[]>>;

  /** Offsets by time or position, one for each query; the error code of an answer is 0, or says that there is no such partition. */
  offsets(
    queries: readonly OffsetQuery[],
    readCommitted: boolean,
    signal: AbortSignal,
  ): Promise<readonly ListedOffset[]>;

  /**
   * Records from these positions on, as the brokers keep them: one request to each leader. A partition whose leader gave nothing useful is
   * missing in the answer, which has at least one; the error code of an answer is 0, or says that the offset or the partition is not there.
   */
  fetch(
    positions: readonly FetchPosition[],
    limits: FetchLimits,
    signal: AbortSignal,
  ): Promise<readonly FetchedPartition[]>;

  /**
   * Makes offsets those of a consumer group that has no members; SS_KAFKA_OFFSETS_NOT_COMMITTED where it has some.
   */
  commitOffsets(group: string, offsets: readonly FetchPosition[], signal: AbortSignal): Promise<void>;

  /**
   * Waits until a broker has records behind one of these positions, or an error for one, and tells whether it was that, or only that a while
   * has passed. The requests wait at the leaders, each over its own connection, so this is for a client that is asked for nothing else.
   */
  waitForRecords(
    positions: readonly FetchPosition[],
    readCommitted: boolean,
    signal: AbortSignal,
  ): Promise<boolean>;

  /** Ends everything at once; calls that are under way, and those that come later, fail with SS_KAFKA_CLIENT_CLOSED. */
  close(): Promise<void>;
}
