import type { TransactionOffset } from "../protocol/txn-offset-commit.js";
import type { HeaderWriter } from "../records/record-batch-writer.js";

/** A topic to write to. */
export interface TopicWriter {
  readonly topic: string;
  /** As it was known last; partitions may be added while a program runs. */
  readonly partitionCount: number;

  /**
   * Takes one record for a partition below `partitionCount` and copies its bytes; a negative length is null. False: there is no room for more,
   * so that {@link KafkaProducer.room} has to be awaited first. Throws what the producer failed with, and SS_KAFKA_RECORD_TOO_LARGE.
   */
  add(
    partition: number,
    timestampMs: number,
    key: Uint8Array,
    keyStart: number,
    keyLength: number,
    value: Uint8Array,
    valueStart: number,
    valueLength: number,
    headers: HeaderWriter,
  ): boolean;
}

/**
 * What this project needs of a Kafka client for writing.
 *
 * Records are taken by the `add` of a topic, gathered by partition, and sent while more are taken; within a partition they keep their order.
 * `flush` ends when the brokers have all of them. Brokers that cannot be reached, are starting or do not lead a partition any more are waited
 * for, up to the time that a delivery may take; a batch of records that was sent twice for that reason counts once, as far as the settings let
 * the producer be idempotent. The first failure ends everything: each call gives it, until `discard` has dropped what was not delivered.
 * Every call ends with the signal's reason when that aborts.
 */
export interface KafkaProducer {
  /**
   * A topic, whose partitions are asked for now and then. The brokers may create it. SS_KAFKA_UNKNOWN_TOPIC after the time for a call. Before
   * `add` is called for records of a new batch, or after `discard`, it is asked for again.
   */
  topic(name: string, signal: AbortSignal): Promise<TopicWriter>;

  /** Ends when there is room for more records. */
  room(signal: AbortSignal): Promise<void>;

  /** Sends what was taken, and ends when the brokers have it. */
  flush(signal: AbortSignal): Promise<void>;

  /** Forgets what was taken and not delivered, and the failure. Whoever waits for some of it, in whatever call, gets SS_KAFKA_DISCARDED. */
  discard(): void;

  /** Ends everything at once; calls that are under way fail. */
  close(): Promise<void>;
}

/**
 * A producer whose records become visible all at once, to readers of what is committed. A transaction begins by itself with the first record
 * after `fence`, or after the end of the one before. There is one producer of a transactional id at a time: another one that calls `fence` makes
 * all calls of this one fail with SS_KAFKA_FENCED.
 */
export interface TransactionalProducer extends KafkaProducer {
  /**
   * Takes the transactional id: ends what an earlier producer has left open (by an abort, or by finishing a commit that has begun), and fences
   * that producer off. Called before the first record and after `abort`; when called again it does not take the id from one that came later.
   */
  fence(signal: AbortSignal): Promise<void>;

  /** The highest offset that a group has committed, to whatever partition; -1: none. Waits for commits that have begun. */
  committedOffset(group: string, signal: AbortSignal): Promise<number>;

  /**
   * Flushes, and commits the transaction, in which the offset becomes valid too. After a failure nobody knows whether it is committed; called
   * again, it commits what is left to commit.
   */
  commit(offset: TransactionOffset | null, signal: AbortSignal): Promise<void>;

  /** Discards, and ends the transaction without effect, as far as that is possible now: a later `fence` does it at the latest. Never throws. */
  abort(): Promise<void>;
}
