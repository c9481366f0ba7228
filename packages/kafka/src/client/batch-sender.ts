import type { StreamError } from "@ss/core";
import type { ProducerSettings } from "../options/producer-options.js";
import { ERROR, errorName, isPassing } from "../protocol/error-codes.js";
import type { ProducerIdentity } from "../protocol/init-producer-id.js";
import { type ProduceResult, produceRequest, takesRecordBatches } from "../protocol/produce.js";
import { lastingFailure, notAuthorized } from "./client-errors.js";
import { type ClusterView, keyOf, type Located } from "./cluster-view.js";
import type { PartitionQueue, ReadyBatch } from "./partition-queue.js";
import { batchRefused, brokersTooOld, notDelivered, recordTooLarge } from "./producer-errors.js";
import { orAborted } from "./waiting.js";

/** Who the batches are from. */
export interface BatchOrigin {
  readonly transactionalId: string | null;
  /** Null where the brokers do not count batches. */
  readonly identity: ProducerIdentity | null;
  /** Makes partitions parts of the transaction, before they get records. */
  enlist(partitions: readonly Located[]): Promise<void>;
  /** Becomes another producer, as the brokers do not know the present one's batches any more. */
  renew(): Promise<void>;
  /** What a code means that says that the transaction is not open any more. */
  lost(errorCode: number): StreamError;
}

/** Codes after which the same batch may be taken. */
const REPEATABLE: ReadonlySet<number> = new Set([ERROR.unknownTopicOrPartition]);
/** A codec that the broker does not know is none that it learns. */
const UNSUPPORTED_COMPRESSION = 76;
const FORGOTTEN: ReadonlySet<number> = new Set([ERROR.outOfOrderSequence, ERROR.unknownProducerId]);
const LOST: ReadonlySet<number> = new Set([
  ERROR.invalidProducerEpoch,
  ERROR.invalidTransactionState,
  ERROR.producerFenced,
]);

/**
 * Brings batches to the leaders of their partitions: to each leader one request at a time, with one batch of each partition, so that batches of a
 * partition arrive in order. What fails and may pass is sent again, the same bytes, for as long as a delivery may take.
 */
export class BatchSender {
  /** What the first delivery that cannot be made failed with. */
  failure: unknown = null;
  /** Bytes that wait. */
  private queuedBytes = 0;
  private readonly cluster: ClusterView;
  private readonly settings: ProducerSettings;
  private readonly origin: BatchOrigin;
  /** Partitions with batches that wait. */
  private readonly waiting = new Set<PartitionQueue>();
  /** Leaders that have a request. */
  private readonly busy = new Set<number>();
  private listeners: (() => void)[] = [];
  /** Failures in a row; the pause before the next look for leaders grows with them. */
  private setbacks = 0;
  private lastReason: unknown = null;
  /** What is under way beside the requests. */
  private readonly chores = new Set<string>();
  /** How often everything was discarded: what was begun before concerns nobody after. */
  private generation = 0;
  private readonly closed = new AbortController();

  constructor(cluster: ClusterView, settings: ProducerSettings, origin: BatchOrigin) {
    this.cluster = cluster;
    this.settings = settings;
    this.origin = origin;
  }

  get hasRoom(): boolean {
    return this.queuedBytes < this.settings.bufferBytes;
  }

  /** The batch that is open in a queue is complete. */
  close(queue: PartitionQueue): void {
    this.throwFailure();
    const { codec } = this.settings;
    this.queuedBytes += queue.close(codec, this.origin.identity, this.cluster.clock.monotonicMs());
    this.waiting.add(queue);
    this.pump();
  }

  /** Ends when there is room again. */
  room(signal: AbortSignal): Promise<void> {
    return this.until(() => this.queuedBytes < this.settings.bufferBytes / 2, signal);
  }

  /** Ends when all batches are delivered. */
  delivered(signal: AbortSignal): Promise<void> {
    return this.until(() => this.waiting.size === 0, signal);
  }

  throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }

  /** Forgets all batches, whatever becomes of those that are with a broker. */
  discard(): void {
    this.waiting.clear();
    this.queuedBytes = 0;
    this.generation++;
    this.failure = null;
    this.setbacks = 0;
  }

  /** Ends when no request is under way any more, whatever it was about. */
  async quiet(signal: AbortSignal): Promise<void> {
    while (this.busy.size > 0 || this.chores.has("enlist"))
      await orAborted(new Promise<void>((resolve) => this.listeners.push(resolve)), signal);
  }

  end(): void {
    this.closed.abort(new Error("the producer was closed"));
    this.fail(this.closed.signal.reason);
  }

  private async until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    for (;;) {
      this.throwFailure();
      if (holds()) return;
      await orAborted(new Promise<void>((resolve) => this.listeners.push(resolve)), signal);
    }
  }

  private notify(): void {
    const { listeners } = this;
    this.listeners = [];
    for (const listener of listeners) listener();
  }

  private fail(failure: unknown): void {
    this.failure ??= failure;
    this.notify();
  }

  /** Starts whatever can be started. */
  private pump(): void {
    if (this.failure !== null) return;
    const byLeader = new Map<number, PartitionQueue[]>();
    const unknown: PartitionQueue[] = [];
    const outside: PartitionQueue[] = [];
    for (const queue of this.waiting) {
      if (queue.isSending) continue;
      if (this.origin.transactionalId !== null && !queue.isEnlisted) {
        outside.push(queue);
        continue;
      }
      const leader = this.cluster.leaderOf(queue);
      if (leader === undefined) unknown.push(queue);
      else if (!this.busy.has(leader)) this.addTo(byLeader, leader, queue);
    }
    for (const [leader, queues] of byLeader) void this.exchange(leader, queues);
    if (unknown.length > 0) void this.chore("locate", () => this.locate(unknown));
    if (outside.length > 0) void this.chore("enlist", () => this.enlist(outside));
  }

  private addTo(byLeader: Map<number, PartitionQueue[]>, leader: number, queue: PartitionQueue): void {
    const { identity } = this.origin;
    if (this.settings.idempotent) {
      if (identity === null) return;
      if (queue.ready[0]!.identity !== identity) queue.remark(identity);
    }
    const queues = byLeader.get(leader);
    if (queues === undefined) byLeader.set(leader, [queue]);
    else if (sizeOf(queues) + queue.ready[0]!.bytes.length <= this.settings.maxRequestBytes)
      queues.push(queue);
  }

  /** Does something once at a time, and goes on. */
  private async chore(name: string, work: () => Promise<void>): Promise<void> {
    if (this.chores.has(name)) return;
    this.chores.add(name);
    const { generation } = this;
    try {
      await work();
    } catch (error) {
      if (this.generation === generation) this.fail(error);
    }
    this.chores.delete(name);
    this.pump();
    this.notify();
  }

  private async enlist(queues: readonly PartitionQueue[]): Promise<void> {
    const { generation } = this;
    await this.origin.enlist(queues);
    if (this.generation === generation) for (const queue of queues) queue.isEnlisted = true;
  }

  /** Looks who leads partitions, after a pause where something went wrong before. */
  private async locate(queues: readonly PartitionQueue[]): Promise<void> {
    const { retryBackoffMs, retryBackoffMaxMs, brokers } = this.cluster.settings;
    if (this.setbacks > 0) {
      const backoffMs = Math.min(retryBackoffMs * 2 ** Math.min(10, this.setbacks - 1), retryBackoffMaxMs);
      await this.cluster.clock.sleep(backoffMs, this.closed.signal);
    }
    try {
      await this.cluster.metadata([...new Set(queues.map(({ topic }) => topic))], true);
    } catch (failure) {
      const lasting = lastingFailure(failure, brokers);
      if (lasting !== null) throw lasting;
      this.lastReason = failure;
    }
    const lost = queues.find((queue) => this.cluster.leaderOf(queue) === undefined);
    if (lost === undefined) return;
    this.setbacks++;
    this.lastReason ??= new Error(`${lost.topic}-${lost.partition} has no leader`);
    for (const queue of queues) if (this.waiting.has(queue)) this.checkTime(queue, queue.ready[0]!);
  }

  private async exchange(leader: number, queues: readonly PartitionQueue[]): Promise<void> {
    const { acks, replicaTimeoutMs: timeoutMs } = this.settings;
    const { transactionalId } = this.origin;
    const batches = queues.map((queue) => queue.ready[0]!);
    const parts = queues.map(({ topic, partition }, k) => ({ topic, partition, bytes: batches[k]!.bytes }));
    this.busy.add(leader);
    for (const queue of queues) queue.isSending = true;
    let results: readonly ProduceResult[] | null = null;
    let failure: unknown;
    try {
      results = await this.cluster.brokers.send(leader, (versions) => {
        if (!takesRecordBatches(versions)) throw brokersTooOld("Writing", "0.11");
        return produceRequest(parts, { acks, timeoutMs, transactionalId }, versions);
      });
    } catch (error) {
      failure = error;
    }
    this.busy.delete(leader);
    const byPartition = new Map(results?.map((result) => [keyOf(result), result]));
    for (const [k, queue] of queues.entries()) {
      queue.isSending = false;
      // what was discarded meanwhile concerns nobody any more
      if (queue.ready[0] !== batches[k]) continue;
      if (results === null) this.failed(queue, failure);
      else if (acks === 0) this.done(queue, batches[k]!);
      else this.answered(queue, byPartition.get(keyOf(queue)));
    }
    this.pump();
    this.notify();
  }

  private failed(queue: PartitionQueue, failure: unknown): void {
    const lasting = lastingFailure(failure, this.cluster.settings.brokers);
    if (lasting !== null) return this.fail(lasting);
    this.again(queue, failure);
  }

  private answered(queue: PartitionQueue, result: ProduceResult | undefined): void {
    if (result === undefined) return this.again(queue, new Error("its leader did not answer for it"));
    const { errorCode: code, message } = result;
    const batch = queue.ready[0]!;
    if (code === 0 || code === ERROR.duplicateSequence) return this.done(queue, batch);
    if (code === ERROR.messageTooLarge || code === ERROR.recordListTooLarge)
      return this.tooLarge(queue, batch);
    if (this.origin.transactionalId !== null && LOST.has(code)) return this.fail(this.origin.lost(code));
    if (this.isForgotten(code)) {
      this.again(queue, new Error(`its leader gave ${errorName(code)}`));
      if (batch.identity === this.origin.identity) void this.chore("renew", () => this.origin.renew());
      return;
    }
    if (REPEATABLE.has(code) || (isPassing(code) && code !== UNSUPPORTED_COMPRESSION))
      return this.again(queue, new Error(`its leader gave ${errorName(code)}`));
    if (code === ERROR.topicAuthorizationFailed || code === ERROR.clusterAuthorizationFailed)
      return this.fail(notAuthorized(`the topic ${queue.topic}`, code, "write"));
    this.fail(batchRefused(queue, code, message));
  }

  /** Whether the brokers have lost what they knew of this producer, such as by a leader that had not heard of its last batches. */
  private isForgotten(code: number): boolean {
    if (this.origin.transactionalId !== null || !this.settings.idempotent) return false;
    return FORGOTTEN.has(code) || code === ERROR.invalidProducerEpoch;
  }

  private done(queue: PartitionQueue, batch: ReadyBatch): void {
    this.setbacks = 0;
    this.lastReason = null;
    this.queuedBytes -= batch.bytes.length;
    queue.ready.shift();
    // behind the others, so that all partitions get their turn
    this.waiting.delete(queue);
    if (queue.ready.length > 0) this.waiting.add(queue);
  }

  private tooLarge(queue: PartitionQueue, batch: ReadyBatch): void {
    if (batch.count > 1) {
      this.queuedBytes += queue.split();
      return;
    }
    const limit = "the topic's max.message.bytes";
    this.fail(
      recordTooLarge(queue, batch.bytes.length, limit, "Raise that limit, or make the record smaller."),
    );
  }

  private again(queue: PartitionQueue, reason: unknown): void {
    const batch = queue.ready[0]!;
    batch.attempts++;
    this.setbacks++;
    this.lastReason = reason;
    this.cluster.forget(queue);
    if (batch.attempts > this.settings.retries)
      return this.fail(notDelivered(queue, batch.count, reason, `${batch.attempts} attempts`));
    this.checkTime(queue, batch);
  }

  private checkTime(queue: PartitionQueue, batch: ReadyBatch): void {
    const { deliveryTimeoutMs } = this.settings;
    if (this.cluster.clock.monotonicMs() - batch.closedMs < deliveryTimeoutMs) return;
    this.fail(notDelivered(queue, batch.count, this.lastReason, `${deliveryTimeoutMs} ms`));
  }
}

function sizeOf(queues: readonly PartitionQueue[]): number {
  return queues.reduce((sum, { ready }) => sum + ready[0]!.bytes.length, 0);
}
