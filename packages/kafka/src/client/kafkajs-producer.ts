import { type Clock, type StreamError, systemClock } from "@ss/core";
import type { ProducerSettings } from "../options/producer-options.js";
import { ERROR, errorName } from "../protocol/error-codes.js";
import { initProducerIdRequest, NO_PRODUCER, type ProducerIdentity } from "../protocol/init-producer-id.js";
import type { TransactionOffset } from "../protocol/txn-offset-commit.js";
import type { HeaderWriter } from "../records/record-batch-writer.js";
import { CODECS } from "../records/record-codec.js";
import { loadZstd } from "../records/zstd.js";
import { type BatchOrigin, BatchSender } from "./batch-sender.js";
import { notAuthorized } from "./client-errors.js";
import type { ClientSettings } from "./client-settings.js";
import { ClusterView, type Located } from "./cluster-view.js";
import type { TopicWriter, TransactionalProducer } from "./kafka-producer.js";
import { PartitionQueue } from "./partition-queue.js";
import { recordTooLarge, unknownTopic } from "./producer-errors.js";
import { TransactionCoordinator } from "./transaction-coordinator.js";

/** Bytes of a record beside its key, value and headers, at most, and of the batch that it is in. */
const OVERHEAD_BYTES = 96;

const IDEMPOTENT_WRITES =
  "the cluster as an idempotent producer (kafka.enable.idempotence=false goes without)";

/** A {@link TransactionalProducer} over the connections of kafkajs; without a transactional id it is only a `KafkaProducer`. */
export class KafkajsProducer implements TransactionalProducer {
  private readonly cluster: ClusterView;
  private readonly settings: ProducerSettings;
  private readonly coordinator: TransactionCoordinator | null;
  private readonly sender: BatchSender;
  private readonly topics = new Map<string, TopicQueues>();
  private readonly closed = new AbortController();
  /** Who this is, where it is idempotent without transactions. */
  private ownIdentity: ProducerIdentity | null = null;

  constructor(
    client: ClientSettings,
    settings: ProducerSettings,
    transactionalId: string | null = null,
    clock: Clock = systemClock,
  ) {
    this.cluster = new ClusterView(client, clock);
    this.settings = settings;
    this.coordinator =
      transactionalId === null ? null : new TransactionCoordinator(this.cluster, settings, transactionalId);
    this.sender = new BatchSender(this.cluster, settings, this.origin(transactionalId));
  }

  async topic(name: string, signal: AbortSignal): Promise<TopicWriter> {
    this.sender.throwFailure();
    const { codec, idempotent, metadataAgeMs } = this.settings;
    if (codec === CODECS.zstd) await loadZstd();
    if (idempotent && this.coordinator === null && this.ownIdentity === null) await this.renew(signal);
    const known = this.topics.get(name);
    const nowMs = this.cluster.clock.monotonicMs();
    if (known !== undefined && nowMs - known.askedMs < metadataAgeMs) return known;
    const partitionCount = await this.partitionCount(name, signal);
    const topic = known ?? new TopicQueues(name, this.settings, this.sender, this.coordinator !== null);
    topic.update(partitionCount, nowMs);
    this.topics.set(name, topic);
    return topic;
  }

  room(signal: AbortSignal): Promise<void> {
    return this.sender.room(signal);
  }

  async flush(signal: AbortSignal): Promise<void> {
    for (const topic of this.topics.values()) topic.closeBatches();
    await this.sender.delivered(signal);
  }

  discard(): void {
    this.sender.discard();
    for (const topic of this.topics.values()) topic.reset();
    // the numbers of what was dropped are missing, so that the brokers would take nothing more of this producer
    this.ownIdentity = null;
  }

  async fence(signal: AbortSignal): Promise<void> {
    await this.transactions().init(signal);
  }

  committedOffset(group: string, signal: AbortSignal): Promise<number> {
    return this.transactions().committedOffset(group, signal);
  }

  async commit(offset: TransactionOffset | null, signal: AbortSignal): Promise<void> {
    const coordinator = this.transactions();
    await this.flush(signal);
    if (offset !== null) await coordinator.addOffset(offset, signal);
    await coordinator.commit(signal);
    for (const topic of this.topics.values()) topic.leaveTransaction();
  }

  async abort(): Promise<void> {
    this.discard();
    const signal = AbortSignal.timeout(ABORT_MS);
    try {
      // a batch that arrives behind the end of its transaction would stay open for ever
      await this.sender.quiet(signal);
      await this.coordinator?.abort(signal, ABORT_MS);
    } catch {
      // the brokers abort it when its time is over, or when the id is taken again
    }
  }

  async close(): Promise<void> {
    this.closed.abort(new Error("the producer was closed"));
    this.sender.end();
    this.cluster.close();
  }

  private transactions(): TransactionCoordinator {
    if (this.coordinator === null) throw new TypeError("This producer was made without a transactional id.");
    return this.coordinator;
  }

  private origin(transactionalId: string | null): BatchOrigin {
    const identity = (): ProducerIdentity | null => this.coordinator?.identity ?? this.ownIdentity;
    return {
      transactionalId,
      get identity() {
        return identity();
      },
      enlist: (partitions: readonly Located[]) => this.transactions().enlist(partitions, this.closed.signal),
      renew: () => this.renew(this.closed.signal),
      lost: (errorCode: number): StreamError => this.transactions().lost(errorCode),
    };
  }

  private async renew(signal: AbortSignal): Promise<void> {
    const { blockTimeoutMs } = this.settings;
    const ask = async (): Promise<ProducerIdentity> => {
      const { errorCode, producerId, producerEpoch } = await this.cluster.brokers.send(null, (versions) =>
        initProducerIdRequest(null, 0x7fffffff, NO_PRODUCER, versions),
      );
      if (errorCode === ERROR.clusterAuthorizationFailed)
        throw notAuthorized(IDEMPOTENT_WRITES, errorCode, "use");
      if (errorCode !== 0) throw new Error(`InitProducerId gave ${errorName(errorCode)}`);
      return { producerId, producerEpoch };
    };
    this.ownIdentity = await this.cluster.repeat(signal, ask, blockTimeoutMs);
  }

  private async partitionCount(name: string, signal: AbortSignal): Promise<number> {
    const { blockTimeoutMs } = this.settings;
    const ask = async (): Promise<number> => {
      const [found] = await this.cluster.metadata([name], true);
      if (found === undefined || found.partitions.length === 0)
        throw new MissingTopic(`there is no topic ${name}`);
      return found.partitions.reduce((count, { partition }) => Math.max(count, partition + 1), 0);
    };
    try {
      return await this.cluster.repeat(signal, ask, blockTimeoutMs);
    } catch (error) {
      if ((error as Error).cause instanceof MissingTopic) throw unknownTopic(name, blockTimeoutMs);
      throw error;
    }
  }
}

/** How long an abort may take, for which somebody waits who has failed. */
const ABORT_MS = 3000;

class MissingTopic extends Error {}

/** The partitions of one topic. */
class TopicQueues implements TopicWriter {
  readonly topic: string;
  partitionCount = 0;
  /** When the brokers were asked for the partitions. */
  askedMs: number = Number.NEGATIVE_INFINITY;
  private readonly settings: ProducerSettings;
  private readonly sender: BatchSender;
  private readonly isTransactional: boolean;
  private readonly queues: PartitionQueue[] = [];

  constructor(topic: string, settings: ProducerSettings, sender: BatchSender, isTransactional: boolean) {
    this.topic = topic;
    this.settings = settings;
    this.sender = sender;
    this.isTransactional = isTransactional;
  }

  update(partitionCount: number, askedMs: number): void {
    this.partitionCount = partitionCount;
    this.askedMs = askedMs;
    for (let partition = this.queues.length; partition < partitionCount; partition++)
      this.queues.push(new PartitionQueue(this.topic, partition, this.isTransactional));
  }

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
  ): boolean {
    const { sender, settings } = this;
    const queue = this.queues[partition]!;
    const { writer } = queue;
    const size = Math.max(0, keyLength) + Math.max(0, valueLength) + headers.size + OVERHEAD_BYTES;
    if (size > settings.maxRequestBytes) {
      const limit = `kafka.max.request.size (${settings.maxRequestBytes})`;
      throw recordTooLarge(
        queue,
        size,
        limit,
        "Set it higher, as the topic's max.message.bytes may have to be.",
      );
    }
    if (writer.count > 0 && writer.size + size > settings.batchBytes) sender.close(queue);
    writer.add(timestampMs, key, keyStart, keyLength, value, valueStart, valueLength, headers);
    return sender.hasRoom;
  }

  closeBatches(): void {
    for (const queue of this.queues) if (queue.writer.count > 0) this.sender.close(queue);
  }

  leaveTransaction(): void {
    for (const queue of this.queues) queue.isEnlisted = false;
  }

  reset(): void {
    for (const queue of this.queues) queue.reset();
  }
}
