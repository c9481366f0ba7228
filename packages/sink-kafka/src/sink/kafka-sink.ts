import type { BatchWrite, Clock, OutputMode, RunMode, Sink, SinkBatch } from "@ss/core";
import { KafkajsProducer, type KafkaProducer, type TransactionalProducer } from "@ss/kafka";
import { missingMarker } from "../errors.js";
import type { WriteSettings } from "../options/write-options.js";
import { Placement } from "../rows/partition-rows.js";
import { recordLayout } from "../rows/record-layout.js";
import { type BatchEnds, COMMITTED_BATCH, KafkaBatch } from "./kafka-batch.js";

/** Kafka forgets transactional ids that are not used for days: after this time one is taken again before it is used. */
const IDLE_MS = 12 * 3_600_000;

/** What a {@link KafkaSink} is made from. */
export interface KafkaSinkSettings {
  readonly write: WriteSettings;
  readonly clock: Clock;
  /** A stream, whose batches may come again. */
  readonly isStream: boolean;
  /** Makes producers; the sink closes those that it made. */
  readonly connect?: (transactionalId: string | null) => TransactionalProducer;
  readonly random?: () => number;
}

/**
 * Rows as records of topics.
 *
 * At least once: a batch is committed when the brokers have all of it; one that comes again is written again.
 *
 * Exactly once: a batch is one transaction, in which its id becomes the offset of a group that belongs to this output of the query. The first
 * `begin` of a run takes the transactional id, so that no earlier run can write any more and what it left open is decided, and then reads the
 * group: a batch that is in already is not written again. So a crash before the transaction's commit leaves nothing that a reader of what is
 * committed sees, and one after it, before the checkpoint hears of it, leaves the id.
 */
export class KafkaSink implements Sink {
  readonly description: string;
  readonly delivery: Sink["delivery"];
  readonly outputModes: readonly OutputMode[] = ["append", "update", "complete"];
  readonly runModes: readonly RunMode[];
  private readonly settings: KafkaSinkSettings;
  private readonly placement: Placement;
  private producer: TransactionalProducer | null = null;
  /** Whether the transactional id is this sink's, and `lastCommitted` true. */
  private isReady = false;
  private lastCommitted = -1;
  private lastUsedMs = 0;

  constructor(settings: KafkaSinkSettings) {
    const { topic, delivery, producer } = settings.write;
    this.settings = settings;
    this.description = topic === null ? "KafkaSink" : `KafkaSink[${topic}]`;
    this.delivery = delivery;
    this.runModes = delivery === "atLeastOnce" ? ["asyncProgress", "continuous", "realTime"] : [];
    this.placement = new Placement(producer.batchBytes, settings.random);
  }

  begin(batch: SinkBatch): Promise<BatchWrite> {
    return this.delivery === "atLeastOnce" ? this.beginPlain(batch) : this.beginTransaction(batch);
  }

  async close(): Promise<void> {
    await this.producer?.close();
  }

  private async beginPlain(batch: SinkBatch): Promise<BatchWrite> {
    const producer = this.connect(null);
    return this.open(batch, producer, {
      isAtomic: false,
      commit: () => producer.flush(batch.signal),
      abort: async () => producer.discard(),
    });
  }

  private async beginTransaction(batch: SinkBatch): Promise<BatchWrite> {
    const { write, isStream, clock } = this.settings;
    const { batchId, signal } = batch;
    const group = `${write.transactionalIdPrefix}-${batch.queryId}-${batch.outputId}`;
    const producer = this.connect(group);
    if (clock.monotonicMs() - this.lastUsedMs > IDLE_MS) this.isReady = false;
    if (!this.isReady) await this.take(producer, group, batch);
    if (isStream && batchId <= this.lastCommitted) return COMMITTED_BATCH;
    const { topic } = isStream ? await producer.topic(write.markerTopic, signal) : { topic: "" };
    const marker = isStream ? { group, topic, partition: 0, offset: batchId } : null;
    return this.open(batch, producer, {
      isAtomic: true,
      commit: async () => {
        await producer.commit(marker, signal);
        this.lastCommitted = batchId;
        this.lastUsedMs = clock.monotonicMs();
      },
      abort: async () => {
        this.isReady = false;
        await producer.abort();
      },
    });
  }

  /** Takes the transactional id and learns which batch was the last one. */
  private async take(
    producer: TransactionalProducer,
    group: string,
    { batchId, signal }: SinkBatch,
  ): Promise<void> {
    const { write, isStream, clock } = this.settings;
    await producer.fence(signal);
    if (isStream) {
      const found = Math.max(this.lastCommitted, await producer.committedOffset(group, signal));
      if (found < batchId - 1 && !write.ignoreMissingMarker) throw missingMarker(group, batchId, found);
      this.lastCommitted = found;
    }
    this.lastUsedMs = clock.monotonicMs();
    this.isReady = true;
  }

  private connect(transactionalId: string | null): TransactionalProducer {
    const { write, clock, connect } = this.settings;
    this.producer ??=
      connect?.(transactionalId) ?? new KafkajsProducer(write.client, write.producer, transactionalId, clock);
    return this.producer;
  }

  private open({ schema, signal }: SinkBatch, producer: KafkaProducer, ends: BatchEnds): BatchWrite {
    const { topic } = this.settings.write;
    const layout = recordLayout(schema, topic !== null);
    const { placement } = this;
    return new KafkaBatch({ producer, layout, topic, placement, clock: this.settings.clock, signal }, ends);
  }
}
