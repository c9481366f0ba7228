import type { StreamError } from "@ss/core";
import type { ProducerSettings } from "../options/producer-options.js";
import { addOffsetsRequest } from "../protocol/add-offsets-to-txn.js";
import { addPartitionsRequest } from "../protocol/add-partitions-to-txn.js";
import { endTransactionRequest } from "../protocol/end-txn.js";
import { ERROR, errorName, isPassing } from "../protocol/error-codes.js";
import type { CoordinatorKind } from "../protocol/find-coordinator.js";
import {
  type InitializedProducer,
  initProducerIdRequest,
  NO_PRODUCER,
  type ProducerIdentity,
} from "../protocol/init-producer-id.js";
import { type GroupOffsets, knowsStableOffsets, offsetFetchRequest } from "../protocol/offset-fetch.js";
import type { ApiVersions, Request } from "../protocol/request.js";
import { type TransactionOffset, transactionOffsetRequest } from "../protocol/txn-offset-commit.js";
import { notAuthorized } from "./client-errors.js";
import type { ClusterView, Located } from "./cluster-view.js";
import { Coordinators } from "./coordinators.js";
import {
  brokersTooOld,
  fenced,
  transactionExpired,
  transactionRefused,
  transactionTimedOut,
} from "./producer-errors.js";

/** The transaction before is still being finished: that takes milliseconds, so the first pauses are short. */
const SHORT_PAUSES_MS: readonly number[] = [1, 2, 4, 8, 16, 16, 32, 32, 64, 64];

const MOVED: ReadonlySet<number> = new Set([
  ERROR.coordinatorLoading,
  ERROR.coordinatorNotAvailable,
  ERROR.notCoordinator,
]);

const AUTHORIZATION: ReadonlyMap<number, string> = new Map([
  [ERROR.transactionalIdAuthorizationFailed, "the transactional id"],
  [ERROR.groupAuthorizationFailed, "the group"],
  [ERROR.topicAuthorizationFailed, "the topic"],
  [ERROR.clusterAuthorizationFailed, "the cluster"],
]);

/** The calls about the transactions of one transactional id, each to the broker that coordinates what it is about. */
export class TransactionCoordinator {
  /** Null until the id was taken. */
  identity: ProducerIdentity | null = null;
  readonly transactionalId: string;
  private readonly cluster: ClusterView;
  private readonly settings: ProducerSettings;
  private readonly coordinators: Coordinators;
  /** That another producer has the id now: this one must not take it back, which would end what the other one does. */
  private fencing: StreamError | null = null;
  /** Since when the transaction is open; null: it is not. */
  private openedMs: number | null = null;

  constructor(cluster: ClusterView, settings: ProducerSettings, transactionalId: string) {
    this.cluster = cluster;
    this.coordinators = new Coordinators(cluster);
    this.settings = settings;
    this.transactionalId = transactionalId;
  }

  /** Takes the id, at first from whoever has it, then only from itself. */
  async init(signal: AbortSignal): Promise<void> {
    if (this.fencing !== null) throw this.fencing;
    const { transactionTimeoutMs } = this.settings;
    const present = this.identity ?? NO_PRODUCER;
    const { producerId, producerEpoch } = await this.call<InitializedProducer>(
      "transaction",
      this.transactionalId,
      signal,
      (versions) => initProducerIdRequest(this.transactionalId, transactionTimeoutMs, present, versions),
      ({ errorCode }) => errorCode,
    );
    this.identity = { producerId, producerEpoch };
    this.openedMs = null;
  }

  async enlist(partitions: readonly Located[], signal: AbortSignal): Promise<void> {
    const { identity } = this;
    this.open();
    await this.call<readonly number[]>(
      "transaction",
      this.transactionalId,
      signal,
      (versions) => addPartitionsRequest(this.transactionalId, identity!, partitions, versions),
      // the others of a request that failed have OPERATION_NOT_ATTEMPTED
      (codes) => codes.find((code) => code !== 0 && code !== 55) ?? codes.find((code) => code !== 0) ?? 0,
    );
  }

  /** Makes an offset a part of the transaction. */
  async addOffset(offset: TransactionOffset, signal: AbortSignal): Promise<void> {
    const { group } = offset;
    const { identity } = this;
    this.open();
    await this.call<number>(
      "transaction",
      this.transactionalId,
      signal,
      (versions) => addOffsetsRequest(this.transactionalId, identity!, group, versions),
      itself,
    );
    await this.call<number>(
      "group",
      group,
      signal,
      (versions) => transactionOffsetRequest(this.transactionalId, identity!, offset, versions),
      itself,
    );
  }

  /** Commits the transaction, if one is open. */
  async commit(signal: AbortSignal): Promise<void> {
    if (this.openedMs === null) return;
    await this.end(true, signal, this.settings.blockTimeoutMs);
    this.openedMs = null;
  }

  /** Aborts the transaction, if one is open. */
  async abort(signal: AbortSignal, limitMs: number): Promise<void> {
    if (this.openedMs === null) return;
    await this.end(false, signal, limitMs);
    this.openedMs = null;
  }

  /** The highest offset of a group, -1 where it has none. */
  async committedOffset(group: string, signal: AbortSignal): Promise<number> {
    const { offsets } = await this.call<GroupOffsets>(
      "group",
      group,
      signal,
      (versions) => {
        if (!knowsStableOffsets(versions)) throw brokersTooOld("Exactly-once delivery of streams", "2.5");
        return offsetFetchRequest(group);
      },
      ({ errorCode }) => errorCode,
    );
    return offsets.reduce((highest, { offset }) => Math.max(highest, offset), -1);
  }

  /** What a code means that ends the transaction. */
  lost(errorCode: number): StreamError {
    const { transactionTimeoutMs } = this.settings;
    const elapsedMs = this.openedMs === null ? 0 : this.cluster.clock.monotonicMs() - this.openedMs;
    // the coordinator fences a producer off whose transaction it has aborted, with the same codes
    if (elapsedMs >= transactionTimeoutMs)
      return transactionTimedOut(this.transactionalId, transactionTimeoutMs, elapsedMs);
    if (errorCode === ERROR.invalidTransactionState)
      return transactionRefused(this.transactionalId, "a write", errorCode);
    this.fencing = fenced(this.transactionalId, errorCode);
    return this.fencing;
  }

  private open(): void {
    this.openedMs ??= this.cluster.clock.monotonicMs();
  }

  private end(commits: boolean, signal: AbortSignal, limitMs: number): Promise<number> {
    const { identity } = this;
    return this.call<number>(
      "transaction",
      this.transactionalId,
      signal,
      (versions) => endTransactionRequest(this.transactionalId, identity!, commits, versions),
      itself,
      limitMs,
    );
  }

  private call<T>(
    kind: CoordinatorKind,
    name: string,
    signal: AbortSignal,
    request: (versions: ApiVersions) => Request<T>,
    codeOf: (answer: T) => number,
    limitMs = this.settings.blockTimeoutMs,
  ): Promise<T> {
    const check = (code: number, apiName: string): never => this.check(code, apiName, name);
    return this.coordinators.ask({ kind, name, request, codeOf, check, pauseMs }, signal, limitMs);
  }

  /** Throws what a code stands for; what may pass is no StreamError. */
  private check(code: number, call: string, name: string): never {
    if (
      code === ERROR.invalidProducerEpoch ||
      code === ERROR.producerFenced ||
      code === ERROR.invalidTransactionState
    )
      throw this.lost(code);
    if (code === ERROR.unknownTransactionalId) throw transactionExpired(this.transactionalId);
    const refused = AUTHORIZATION.get(code);
    if (refused !== undefined) throw notAuthorized(`${refused} ${name}`, code, "use");
    if (MOVED.has(code) || isPassing(code) || isPassingInTransactions(code))
      throw new Error(`${call} gave ${errorName(code)}`);
    throw transactionRefused(this.transactionalId, call, code);
  }
}

function pauseMs(code: number, k: number): number | undefined {
  return code === ERROR.concurrentTransactions ? SHORT_PAUSES_MS[k] : undefined;
}

function isPassingInTransactions(code: number): boolean {
  return (
    code === ERROR.concurrentTransactions ||
    code === ERROR.unstableOffset ||
    code === ERROR.unknownTopicOrPartition
  );
}

function itself(code: number): number {
  return code;
}
