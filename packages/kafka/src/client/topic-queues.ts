import type { ProducerSettings } from "../options/producer-options.js";
import type { HeaderWriter } from "../records/record-batch-writer.js";
import type { BatchSender } from "./batch-sender.js";
import type { TopicWriter } from "./kafka-producer.js";
import { PartitionQueue } from "./partition-queue.js";
import { recordTooLarge } from "./producer-errors.js";

/** Bytes of a record beside its key, value and headers, at most, and of the batch that it is in. */
const OVERHEAD_BYTES = 96;

/** The partitions of one topic. */
export class TopicQueues implements TopicWriter {
  readonly topic: string;
  partitionCount = 0;
  /** When the brokers were asked for the partitions. */
  askedMs: number = Number.NEGATIVE_INFINITY;
  private readonly settings: ProducerSettings;
  private readonly sender: BatchSender;
  private readonly isTransactional: boolean;
  /** By partition. */
  readonly queues: PartitionQueue[] = [];

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
    const before = writer.size;
    writer.add(timestampMs, key, keyStart, keyLength, value, valueStart, valueLength, headers);
    sender.opened(queue, writer.size - before);
    return sender.hasRoom;
  }

  leaveTransaction(): void {
    for (const queue of this.queues) queue.isEnlisted = false;
  }

  reset(): void {
    for (const queue of this.queues) queue.reset();
  }
}
