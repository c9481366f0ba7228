import type { Column, Int32Column } from "@ss/core";
import { keyPartition, type TopicWriter } from "@ss/kafka";
import { unknownPartition } from "../errors.js";

interface Sticky {
  partition: number;
  bytes: number;
}

/**
 * To which partition a record goes: where its row says, else where Java's clients put its key, else, without a key, to one partition for a while
 * and then to the next, so that batches get full.
 */
export class Placement {
  private readonly batchBytes: number;
  private readonly random: () => number;
  private readonly sticky = new Map<string, Sticky>();
  private lastTopic = "";
  private last: Sticky | undefined;

  constructor(batchBytes: number, random: () => number = Math.random) {
    this.batchBytes = batchBytes;
    this.random = random;
  }

  ofKey(topic: TopicWriter, key: Uint8Array, start: number, length: number): number {
    return keyPartition(key, start, length, topic.partitionCount);
  }

  withoutKey({ topic, partitionCount }: TopicWriter, bytes: number): number {
    if (this.last === undefined || this.lastTopic !== topic) this.last = this.stickyOf(topic);
    const { last } = this;
    this.lastTopic = topic;
    const partition = last.partition % partitionCount;
    last.bytes += bytes;
    if (last.bytes >= this.batchBytes) turn(last, partition + 1);
    return partition;
  }

  /** The rows that follow are sent apart from those before. */
  turnAll(): void {
    for (const sticky of this.sticky.values()) if (sticky.bytes > 0) turn(sticky, sticky.partition + 1);
  }

  private stickyOf(topic: string): Sticky {
    const known = this.sticky.get(topic);
    if (known !== undefined) return known;
    const sticky = { partition: Math.floor(this.random() * 2 ** 20), bytes: 0 };
    this.sticky.set(topic, sticky);
    return sticky;
  }
}

function turn(sticky: Sticky, partition: number): void {
  sticky.partition = partition;
  sticky.bytes = 0;
}

/** The rows of the column `partition`. */
export class PartitionRows {
  private column: Column | undefined;
  private values: Int32Array = new Int32Array(0);
  private codes: Int32Array | null = null;

  /** Goes on with another column; without one no row says a partition. */
  bind(column: Column | undefined): void {
    this.column = column?.layout === "null" ? undefined : column;
    if (this.column === undefined) return;
    const plain = this.column.layout === "dictionary" ? this.column.dictionary : this.column;
    this.codes = this.column.layout === "dictionary" ? this.column.codes : null;
    this.values = (plain as Int32Column).values;
  }

  /** -1 where the row does not say. */
  of(row: number, { topic, partitionCount }: TopicWriter): number {
    if (this.column === undefined || this.column.isNull(row)) return -1;
    const partition = this.values[this.codes === null ? row : this.codes[row]!]!;
    if (partition < 0 || partition >= partitionCount)
      throw unknownPartition(topic, partition, partitionCount);
    return partition;
  }
}
