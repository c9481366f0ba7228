import { type Clock, type StreamError, systemClock } from "@ss/core";
import type { ProducerSettings } from "../options/producer-options.js";
import { ERROR, errorName } from "../protocol/error-codes.js";
import { initProducerIdRequest, NO_PRODUCER, type ProducerIdentity } from "../protocol/init-producer-id.js";
import type { TransactionOffset } from "../protocol/txn-offset-commit.js";
import { CODECS } from "../records/record-codec.js";
import { loadZstd } from "../records/zstd.js";
import { type BatchOrigin, BatchSender } from "./batch-sender.js";
import { notAuthorized } from "./client-errors.js";
import type { ClientSettings } from "./client-settings.js";
import { ClusterView, type Located } from "./cluster-view.js";
import type { TopicWriter, TransactionalProducer } from "./kafka-producer.js";
import { discarded, unknownTopic } from "./producer-errors.js";
import { TopicQueues } from "./topic-queues.js";
import { TransactionCoordinator } from "./transaction-coordinator.js";

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
  /** How often everything was discarded. */
  private discards = 0;
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

  async room(signal: AbortSignal): Promise<void> {
    // records of open batches take memory too: where they are most of it, their batches go as they are
    if (this.sender.isFullOfOpen) this.closeBatches();
    await this.sender.room(signal);
  }

  async flush(signal: AbortSignal): Promise<void> {
    this.closeBatches();
    await this.sender.delivered(signal);
  }

  discard(): void {
    this.discards++;
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
    const { discards } = this;
    // the offset of a batch must not become valid without its records
    const checkKept = (): void => {
      if (this.discards !== discards) throw discarded(null);
    };
    await this.flush(signal);
    checkKept();
    if (offset !== null) await coordinator.addOffset(offset, signal);
    checkKept();
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

  private closeBatches(): void {
    this.sender.closeAll([...this.topics.values()].flatMap(({ queues }) => queues));
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
