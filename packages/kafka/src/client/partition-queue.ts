import type { ProducerIdentity } from "../protocol/init-producer-id.js";
import { markBatch, splitBatch } from "../records/record-batch-parts.js";
import { type ProducerMark, RecordBatchWriter } from "../records/record-batch-writer.js";

const SEQUENCE_MAX = 0x7fffffff;

/** A batch that waits for its delivery. */
export interface ReadyBatch {
  bytes: Uint8Array;
  readonly count: number;
  /** The producer that it bears, and the number of its first record. */
  identity: ProducerIdentity | null;
  sequence: number;
  readonly closedMs: number;
  attempts: number;
}

/** The records of one partition on their way: those of a batch that is open, then batches in the order in which they have to arrive. */
export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  readonly writer: RecordBatchWriter = new RecordBatchWriter();
  readonly ready: ReadyBatch[] = [];
  /** Whether the first of the batches is with a broker. */
  isSending = false;
  /** Whether the partition is known to be a part of the transaction. */
  isEnlisted = false;
  /** Bytes of the batch that is open, as they are counted. */
  openBytes = 0;
  /** Failures in a row, what the last one was, and the time before which the leader is not looked for again. */
  setbacks = 0;
  lastReason: unknown = null;
  retryAtMs: number = Number.NEGATIVE_INFINITY;
  private readonly isTransactional: boolean;
  private nextSequence = 0;
  private identity: ProducerIdentity | null = null;

  constructor(topic: string, partition: number, isTransactional: boolean) {
    this.topic = topic;
    this.partition = partition;
    this.isTransactional = isTransactional;
  }

  /** Closes the batch that is open; returns its size. */
  close(codec: number, identity: ProducerIdentity | null, nowMs: number): number {
    const { count } = this.writer;
    this.openBytes = 0;
    this.become(identity);
    const sequence = this.nextSequence;
    const bytes = this.writer.finish(codec, identity === null ? null : this.markOf(identity, sequence));
    if (identity !== null) this.nextSequence = sequenceAfter(sequence, count);
    this.ready.push({ bytes, count, identity, sequence, closedMs: nowMs, attempts: 0 });
    return bytes.length;
  }

  /** Gives all batches that wait to another producer, for which they are the first of the partition. */
  remark(identity: ProducerIdentity): void {
    this.become(identity);
    for (const batch of this.ready) {
      batch.identity = identity;
      batch.sequence = this.nextSequence;
      // copied, since the bytes may still be on their way to a broker
      batch.bytes = Uint8Array.from(batch.bytes);
      markBatch(batch.bytes, this.markOf(identity, batch.sequence));
      this.nextSequence = sequenceAfter(batch.sequence, batch.count);
    }
  }

  /** Puts two batches in the place of the first one; returns by how much they are larger. */
  split(): number {
    const batch = this.ready[0]!;
    const { bytes, count, identity, sequence } = batch;
    const half = count >> 1;
    const middle = sequenceAfter(sequence, half);
    const marks =
      identity === null ? null : ([this.markOf(identity, sequence), this.markOf(identity, middle)] as const);
    const [first, second] = splitBatch(bytes, marks);
    this.ready.splice(
      0,
      1,
      { ...batch, bytes: first, count: half },
      { ...batch, bytes: second, count: count - half, sequence: middle },
    );
    return first.length + second.length - bytes.length;
  }

  /** Forgets everything, also what it has sent. */
  reset(): void {
    this.ready.length = 0;
    this.writer.reset();
    this.openBytes = 0;
    this.setbacks = 0;
    this.retryAtMs = Number.NEGATIVE_INFINITY;
    this.isEnlisted = false;
    this.identity = null;
    this.nextSequence = 0;
  }

  private become(identity: ProducerIdentity | null): void {
    if (this.identity === identity) return;
    this.identity = identity;
    this.nextSequence = 0;
  }

  private markOf(identity: ProducerIdentity, baseSequence: number): ProducerMark {
    return { ...identity, baseSequence, isTransactional: this.isTransactional };
  }
}

/** Sequence numbers have 31 bits, and begin again at 0. */
export function sequenceAfter(sequence: number, count: number): number {
  return sequence > SEQUENCE_MAX - count ? count - (SEQUENCE_MAX - sequence) - 1 : sequence + count;
}
