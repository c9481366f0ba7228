import type { BatchWrite, CommitMessage, PartitionWriter, SinkBatch, SinkResult } from "@ss/core";
import { isConnectionLoss } from "../connection/server-errors.js";
import { batchLost, takenOver } from "../errors.js";
import { BatchTransaction } from "./batch-transaction.js";
import { type CommitRecord, isTakenOver } from "./commit-record.js";
import type { Target } from "./postgres-sink.js";
import { TableWriter } from "./table-writer.js";

/** What a batch needs of its sink. */
export interface BatchOwner {
  /** The connection, a new one where it was lost. */
  reopen(): Promise<Target>;
  /** How long a commit, and then the look whether it was made, is waited for; 0 for no limit. */
  readonly commitTimeoutMs: number;
  /** Told when the batch is in the table. */
  committed(): void;
  /** Told when the record refuses the run from now on, since its batch was lost. */
  lost(): void;
}

/** A batch that is in the table already. */
export const skippedBatch: BatchWrite = {
  alreadyCommitted: true,
  writer: async () => ({
    write: async () => {},
    finish: async () => 0,
    abort: async () => {},
  }),
  commit: async () => ({ numOutputRows: 0 }),
  abort: async () => {},
};

/** A batch that is written, with its record in the same transaction. */
export class RecordedBatch implements BatchWrite {
  readonly alreadyCommitted = false;
  private readonly batch: SinkBatch;
  private readonly target: Target;
  private readonly record: CommitRecord;
  private readonly owner: BatchOwner;
  private readonly transaction: BatchTransaction;
  /** `unknown`: the connection broke, or the server kept silent, during the commit, and only the record can say whether it was made. */
  private state: "open" | "unknown" | "committed" | "undone" = "open";
  /** Why the batch is `unknown` or `undone`. */
  private failure: unknown;

  constructor(batch: SinkBatch, target: Target, record: CommitRecord, owner: BatchOwner) {
    this.batch = batch;
    this.target = target;
    this.record = record;
    this.owner = owner;
    this.transaction = new BatchTransaction(target.session, target.plan);
    batch.signal.addEventListener("abort", this.stop, { once: true });
  }

  /** A query that stops does not wait for a server that keeps its rows waiting; a commit is left alone. */
  private readonly stop = (): void => {
    if (this.state === "open" && !this.transaction.isCommitting)
      this.target.session.giveUp(new Error("the query was stopped"));
  };

  async writer(): Promise<PartitionWriter> {
    return new TableWriter(this.transaction, this.target.plan.encoder());
  }

  async commit(messages: readonly CommitMessage[]): Promise<SinkResult> {
    if (this.state === "open") await this.commitOnce();
    if (this.state === "unknown") await this.lookAfterLoss();
    if (this.state === "undone") throw this.failure;
    return { numOutputRows: (messages as readonly number[]).reduce((sum, count) => sum + count, 0) };
  }

  async abort(error?: unknown): Promise<void> {
    if (this.state !== "open") return;
    this.end("undone", error);
    await this.transaction.rollback();
  }

  private async commitOnce(): Promise<void> {
    const { batch, record, target, transaction } = this;
    const { session } = target;
    try {
      await session.within(this.owner.commitTimeoutMs, () =>
        transaction.commit(record.commitSql(batch, batch.batchId)),
      );
      this.committed();
    } catch (error) {
      if (isConnectionLoss(error)) {
        this.end("unknown", error);
      } else if (transaction.isIntact) throw session.explain(error);
      else await this.abort(isTakenOver(error) ? takenOver(batch.batchId) : session.explain(error, "fail"));
    }
  }

  private async lookAfterLoss(): Promise<void> {
    const { batch, record, owner } = this;
    const { session } = await owner.reopen();
    let isMade: boolean;
    try {
      isMade = await session.within(owner.commitTimeoutMs, () =>
        record.settle(session, batch, batch.batchId),
      );
    } catch (error) {
      throw session.explain(error);
    }
    if (isMade) return this.committed();
    owner.lost();
    this.end("undone", batchLost(batch.batchId, this.failure));
  }

  private committed(): void {
    this.end("committed");
    this.owner.committed();
  }

  private end(state: RecordedBatch["state"], failure?: unknown): void {
    this.state = state;
    this.failure = failure;
    this.batch.signal.removeEventListener("abort", this.stop);
  }
}
