import { orAborted, type StreamError } from "@ss/core";
import type { ProducerSettings } from "../options/producer-options.js";
import { ERROR, errorName, isPassing } from "../protocol/error-codes.js";
import type { ProducerIdentity } from "../protocol/init-producer-id.js";
import { type ProduceResult, produceRequest, takesRecordBatches } from "../protocol/produce.js";
import { lastingFailure, notAuthorized } from "./client-errors.js";
import { type ClusterView, keyOf, type Located } from "./cluster-view.js";
import { LeaderSearch } from "./leader-search.js";
import type { PartitionQueue, ReadyBatch } from "./partition-queue.js";
import { batchRefused, brokersTooOld, discarded, notDelivered, recordTooLarge } from "./producer-errors.js";

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

/** The batches that go to one leader: partitions in the order in which they get their turn. */
interface Line {
  readonly leader: number;
  readonly queues: Set<PartitionQueue>;
  /** Whether a request is with the leader. */
  isBusy: boolean;
}

/**
 * Brings batches to the leaders of their partitions: to each leader one request at a time, with one batch of each partition, so that batches of a
 * partition arrive in order. What fails and may pass is sent again, the same bytes, for as long as a delivery may take.
 *
 * A partition with batches stands in one place at a time: not placed yet, in the line of its leader, among those whose leader is looked for, among
 * those that are not parts of the transaction yet, or in a request. So what a batch costs does not grow with the number of the others.
 */
export class BatchSender {
  /** What the first delivery that cannot be made failed with. */
  failure: unknown = null;
  /** Bytes of batches that wait, and of those that are open. */
  private queuedBytes = 0;
  private openBytes = 0;
  private readonly cluster: ClusterView;
  private readonly settings: ProducerSettings;
  private readonly origin: BatchOrigin;
  /** Partitions with batches that wait, wherever they stand. */
  private readonly waiting = new Set<PartitionQueue>();
  private readonly unplaced = new Set<PartitionQueue>();
  private readonly lines = new Map<number, Line>();
  private readonly outside = new Set<PartitionQueue>();
  private listeners: (() => void)[] = [];
  /** What is under way beside the requests. */
  private readonly chores = new Set<string>();
  /** How often everything was discarded: what was begun before concerns nobody after. */
  private generation = 0;
  /** What had failed when everything was discarded last. */
  private discardReason: unknown = null;
  private readonly closed = new AbortController();
  private readonly leaderless: LeaderSearch;

  constructor(cluster: ClusterView, settings: ProducerSettings, origin: BatchOrigin) {
    this.cluster = cluster;
    this.settings = settings;
    this.origin = origin;
    this.leaderless = new LeaderSearch(cluster, this.closed.signal);
  }

  get hasRoom(): boolean {
    return this.queuedBytes + this.openBytes < this.settings.bufferBytes;
  }

  /** Whether so much lies in open batches that these have to be closed before there is room. */
  get isFullOfOpen(): boolean {
    return this.openBytes * 4 >= this.settings.bufferBytes;
  }

  /** Counts bytes that were put into an open batch. */
  opened(queue: PartitionQueue, bytes: number): void {
    queue.openBytes += bytes;
    this.openBytes += bytes;
  }

  /** The batch that is open in a queue is complete. */
  close(queue: PartitionQueue): void {
    this.enqueue(queue);
    this.pump();
  }

  /** The batches that are open in queues are complete, and go together where they can. */
  closeAll(queues: Iterable<PartitionQueue>): void {
    for (const queue of queues) if (queue.writer.count > 0) this.enqueue(queue);
    this.pump();
  }

  /** Ends when there is room again. */
  room(signal: AbortSignal): Promise<void> {
    const enough = this.settings.bufferBytes / 2;
    return this.until(() => this.queuedBytes + this.openBytes < enough, signal);
  }

  /** Ends when all batches are delivered; SS_KAFKA_DISCARDED where they are discarded before. */
  delivered(signal: AbortSignal): Promise<void> {
    return this.until(() => this.waiting.size === 0, signal);
  }

  throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }

  /** Forgets all batches, whatever becomes of those that are with a broker. */
  discard(): void {
    for (const places of [this.waiting, this.unplaced, this.outside]) places.clear();
    this.leaderless.clear();
    for (const { queues } of this.lines.values()) queues.clear();
    this.queuedBytes = 0;
    this.openBytes = 0;
    this.generation++;
    this.discardReason = this.failure;
    this.failure = null;
    this.notify();
  }

  /** Ends when no request is under way any more, whatever it was about. */
  async quiet(signal: AbortSignal): Promise<void> {
    const isBusy = (): boolean => [...this.lines.values()].some((line) => line.isBusy);
    while (isBusy() || this.chores.has("enlist")) await this.change(signal);
  }

  end(): void {
    this.closed.abort(new Error("the producer was closed"));
    this.fail(this.closed.signal.reason);
  }

  private enqueue(queue: PartitionQueue): void {
    this.throwFailure();
    const { codec } = this.settings;
    this.openBytes -= queue.openBytes;
    this.queuedBytes += queue.close(codec, this.origin.identity, this.cluster.clock.monotonicMs());
    if (this.waiting.has(queue)) return;
    this.waiting.add(queue);
    // one that is in a request still, from before everything was discarded, is placed when that ends
    if (!queue.isSending) this.unplaced.add(queue);
  }

  private async until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    const { generation } = this;
    for (;;) {
      if (this.generation !== generation) throw discarded(this.discardReason);
      this.throwFailure();
      if (holds()) return;
      await this.change(signal);
    }
  }

  private change(signal: AbortSignal): Promise<void> {
    return orAborted(new Promise<void>((resolve) => this.listeners.push(resolve)), signal);
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
    do {
      for (const queue of this.unplaced) this.place(queue);
      this.unplaced.clear();
      for (const line of this.lines.values()) if (!line.isBusy && line.queues.size > 0) this.sendNext(line);
    } while (this.unplaced.size > 0);
    if (!this.chores.has("locate") && this.leaderless.isDue(() => this.pump()))
      void this.chore("locate", () => this.locate());
    if (this.outside.size > 0) void this.chore("enlist", () => this.enlist());
  }

  private place(queue: PartitionQueue): void {
    if (this.origin.transactionalId !== null && !queue.isEnlisted) {
      this.outside.add(queue);
      return;
    }
    const leader = this.cluster.leaderOf(queue);
    if (leader === undefined) {
      this.leaderless.add(queue);
      return;
    }
    const line = this.lines.get(leader) ?? { leader, queues: new Set(), isBusy: false };
    this.lines.set(leader, line);
    line.queues.add(queue);
  }

  /** Sends the first batches of a line, as many as go into a request. */
  private sendNext(line: Line): void {
    const { identity } = this.origin;
    const { idempotent, maxRequestBytes } = this.settings;
    if (idempotent && identity === null) return;
    const taken: PartitionQueue[] = [];
    let size = 0;
    for (const queue of line.queues) {
      if (this.cluster.leaderOf(queue) !== line.leader) {
        line.queues.delete(queue);
        this.unplaced.add(queue);
        continue;
      }
      if (idempotent && queue.ready[0]!.identity !== identity) queue.remark(identity!);
      size += queue.ready[0]!.bytes.length;
      if (taken.length > 0 && size > maxRequestBytes) break;
      line.queues.delete(queue);
      taken.push(queue);
    }
    if (taken.length > 0) void this.exchange(line, taken);
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

  private async enlist(): Promise<void> {
    const { generation } = this;
    const queues = [...this.outside];
    this.outside.clear();
    await this.origin.enlist(queues);
    if (this.generation !== generation) return;
    for (const queue of queues) {
      queue.isEnlisted = true;
      this.unplaced.add(queue);
    }
  }

  private async locate(): Promise<void> {
    const { generation } = this;
    const { queues, failure } = await this.leaderless.look();
    if (this.generation !== generation) return;
    for (const queue of queues) {
      this.unplaced.add(queue);
      if (this.cluster.leaderOf(queue) !== undefined) continue;
      this.leaderless.setBack(queue, failure ?? new Error(`${queue.topic}-${queue.partition} has no leader`));
      this.checkTime(queue, queue.ready[0]!);
    }
  }

  private async exchange(line: Line, queues: readonly PartitionQueue[]): Promise<void> {
    const { acks, replicaTimeoutMs: timeoutMs } = this.settings;
    const { transactionalId } = this.origin;
    const batches = queues.map((queue) => queue.ready[0]!);
    const parts = queues.map(({ topic, partition }, k) => ({ topic, partition, bytes: batches[k]!.bytes }));
    line.isBusy = true;
    for (const queue of queues) queue.isSending = true;
    let results: readonly ProduceResult[] | null = null;
    let failure: unknown;
    try {
      results = await this.cluster.brokers.send(line.leader, (versions) => {
        if (!takesRecordBatches(versions)) throw brokersTooOld("Writing", "0.11");
        return produceRequest(parts, { acks, timeoutMs, transactionalId }, versions);
      });
    } catch (error) {
      failure = error;
    }
    line.isBusy = false;
    const byPartition = new Map(results?.map((result) => [keyOf(result), result]));
    for (const [k, queue] of queues.entries()) {
      queue.isSending = false;
      // what was discarded meanwhile concerns nobody any more
      if (queue.ready[0] === batches[k]) {
        if (results === null) this.failed(queue, failure);
        else if (acks === 0) this.done(queue, batches[k]!);
        else this.answered(queue, byPartition.get(keyOf(queue)));
      }
      // behind the others, so that all partitions get their turn
      if (this.waiting.has(queue)) this.unplaced.add(queue);
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
    queue.setbacks = 0;
    queue.retryAtMs = Number.NEGATIVE_INFINITY;
    this.queuedBytes -= batch.bytes.length;
    queue.ready.shift();
    if (queue.ready.length === 0) this.waiting.delete(queue);
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
    this.leaderless.setBack(queue, reason);
    this.cluster.forget(queue);
    if (batch.attempts > this.settings.retries)
      return this.fail(notDelivered(queue, batch.count, reason, `${batch.attempts} attempts`));
    this.checkTime(queue, batch);
  }

  private checkTime(queue: PartitionQueue, batch: ReadyBatch): void {
    const { deliveryTimeoutMs } = this.settings;
    if (this.cluster.clock.monotonicMs() - batch.closedMs < deliveryTimeoutMs) return;
    this.fail(notDelivered(queue, batch.count, queue.lastReason, `${deliveryTimeoutMs} ms`));
  }
}
