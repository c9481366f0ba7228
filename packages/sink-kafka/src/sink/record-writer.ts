import type { Batch, Clock, CommitMessage, PartitionWriter } from "@ss/core";
import { HeaderWriter, type KafkaProducer, type TopicWriter } from "@ss/kafka";
import { ByteRows } from "../rows/byte-rows.js";
import { HeaderRows } from "../rows/header-rows.js";
import { PartitionRows, type Placement } from "../rows/partition-rows.js";
import type { RecordLayout } from "../rows/record-layout.js";
import { TopicRows } from "../rows/topic-rows.js";

/** What the writers of a batch share. */
export interface RecordWriterParts {
  readonly producer: KafkaProducer;
  readonly layout: RecordLayout;
  /** Where all rows go; null: where the layout's column says. */
  readonly topic: string | null;
  readonly placement: Placement;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told when rows that were taken are not to be written after all. */
  readonly tear: () => void;
}

/** Makes records of rows and hands them to the producer. */
export class RecordWriter implements PartitionWriter {
  protected readonly parts: RecordWriterParts;
  private readonly keys = new ByteRows();
  private readonly values = new ByteRows();
  /** Null where all rows go to one topic. */
  private readonly topics: TopicRows | null;
  private readonly partitions = new PartitionRows();
  private readonly headers = new HeaderRows();
  private readonly header = new HeaderWriter();
  private topic: TopicWriter | undefined;
  private rowCount = 0;

  constructor(parts: RecordWriterParts) {
    this.parts = parts;
    this.topics = parts.topic === null ? new TopicRows() : null;
  }

  async write(batch: Batch): Promise<void> {
    const { producer, clock, signal } = this.parts;
    await this.bind(batch);
    const nowMs = clock.now();
    for (let row = 0; row < batch.rowCount; row++) {
      const isRoomLeft = this.add(row, this.topic ?? this.topics!.of(row), nowMs);
      this.rowCount++;
      if (!isRoomLeft) await producer.room(signal);
    }
  }

  /** The records are on their way; the commit of the batch waits for them, and tells what has failed. */
  async finish(): Promise<CommitMessage> {
    this.send().catch(() => {});
    return this.rowCount;
  }

  async abort(): Promise<void> {
    if (this.rowCount > 0) this.parts.tear();
  }

  protected async send(): Promise<void> {
    const { producer, signal, placement } = this.parts;
    placement.turnAll();
    await producer.flush(signal);
  }

  private async bind({ columns, rowCount }: Batch): Promise<void> {
    const { layout, topic, producer, signal } = this.parts;
    this.keys.bind(columns[layout.key]);
    this.values.bind(columns[layout.value]);
    this.partitions.bind(columns[layout.partition]);
    this.headers.bind(columns[layout.headers]);
    if (topic === null) await this.topics!.bind(columns[layout.topic]!, rowCount, producer, signal);
    else this.topic ??= await producer.topic(topic, signal);
  }

  private add(row: number, topic: TopicWriter, nowMs: number): boolean {
    const { keys, values, header, parts } = this;
    const key = keys.at(row);
    const value = values.at(row);
    const keyStart = key < 0 ? 0 : keys.starts[key]!;
    const keyLength = key < 0 ? -1 : keys.lengths[key]!;
    const valueLength = value < 0 ? -1 : values.lengths[value]!;
    let partition = this.partitions.of(row, topic);
    if (partition < 0)
      partition =
        key < 0
          ? parts.placement.withoutKey(topic, valueLength)
          : parts.placement.ofKey(topic, keys.data, keyStart, keyLength);
    if (parts.layout.headers >= 0) this.headers.write(row, header);
    const valueStart = value < 0 ? 0 : values.starts[value]!;
    return topic.add(
      partition,
      nowMs,
      keys.data,
      keyStart,
      keyLength,
      values.data,
      valueStart,
      valueLength,
      header,
    );
  }
}

/** A writer whose records show when the brokers have them, not with their batch. */
export class FlushedRecordWriter extends RecordWriter {
  flush(): Promise<void> {
    return this.send();
  }
}
