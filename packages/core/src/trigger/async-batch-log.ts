import type { CommitEntry } from "../checkpoint/commit-log.js";
import type { Clock } from "../clock/clock.js";
import type { Offset } from "../source/source.js";
import type { BatchLog, LogEntries, PlannedEntry } from "./batch-log.js";

/** A batch that is in its sinks and that the logs do not have. */
interface FinishedBatch {
  readonly batchId: number;
  readonly entry: PlannedEntry;
  readonly commit: CommitEntry;
}

/** What an {@link AsyncBatchLog} is made of. */
export interface AsyncBatchLogParts {
  readonly entries: LogEntries;
  readonly clock: Clock;
  /** Of the batches that are planned within it only the first is written. 0: all are. */
  readonly intervalMs: number;
  /** Rouses the loop, so that it hears of a write that failed. */
  readonly wake: () => void;
}

/**
 * Writes the entries of batches beside the batches, and only those of some: the first batch of a run, then one each interval.
 * Writes are made one after the other in the order of the calls, so that the logs are at any moment such as the waiting way could have left
 * behind, but for the batches that are not in them: an entry names the one before it (`previous`). A restart goes on from the last
 * entry; the batches since then come again, all in one.
 */
export class AsyncBatchLog implements BatchLog {
  private readonly parts: AsyncBatchLogParts;
  private lastPlannedMs: number = Number.NEGATIVE_INFINITY;
  /** The batch of the two that are under way whose offsets were written or are about to be. */
  private logged = -1;
  private unlogged: FinishedBatch | null = null;
  /** What was handed to the offset log and has no commit there yet. */
  private readonly pending = new Set<PlannedEntry>();
  private durable: readonly (Offset | null)[] | null = null;
  private writes: Promise<void> = Promise.resolve();
  private failure: { readonly error: unknown } | null = null;

  constructor(parts: AsyncBatchLogParts) {
    this.parts = parts;
  }

  async planned(batchId: number, entry: PlannedEntry): Promise<void> {
    this.throwFailure();
    if (!this.isDue()) return;
    this.lastPlannedMs = this.parts.clock.now();
    this.logged = batchId;
    this.unlogged = null;
    this.enqueueOffsets(batchId, entry);
  }

  resumed(batchId: number, entry: PlannedEntry): void {
    this.pending.add(entry);
    this.lastPlannedMs = this.parts.clock.now();
    this.logged = batchId;
  }

  async finished(batchId: number, entry: PlannedEntry, commit: CommitEntry): Promise<void> {
    this.throwFailure();
    if (this.logged === batchId) this.enqueueCommit(batchId, entry, commit);
    else this.unlogged = { batchId, entry, commit };
  }

  takeDurable(): readonly (Offset | null)[] | null {
    const { durable } = this;
    this.durable = null;
    return durable;
  }

  get uncommitted(): readonly PlannedEntry[] {
    return this.unlogged === null ? [...this.pending] : [...this.pending, this.unlogged.entry];
  }

  /** What the last batches did is written when its time has come, also if no further batch follows. */
  idle(): void {
    this.throwFailure();
    if (this.isDue()) this.writeUnlogged();
  }

  /** A run that ends in order leaves nothing to be done again. */
  async close(): Promise<void> {
    if (this.failure === null) this.writeUnlogged();
    await this.writes;
    this.throwFailure();
  }

  private isDue(): boolean {
    return this.parts.clock.now() - this.lastPlannedMs >= this.parts.intervalMs;
  }

  private writeUnlogged(): void {
    if (this.unlogged === null) return;
    const { batchId, entry, commit } = this.unlogged;
    this.unlogged = null;
    this.lastPlannedMs = this.parts.clock.now();
    this.enqueueOffsets(batchId, entry);
    this.enqueueCommit(batchId, entry, commit);
  }

  private enqueueOffsets(batchId: number, entry: PlannedEntry): void {
    this.pending.add(entry);
    this.enqueue(() => this.parts.entries.addOffsets(batchId, entry));
  }

  private enqueueCommit(batchId: number, entry: PlannedEntry, commit: CommitEntry): void {
    this.enqueue(async () => {
      await this.parts.entries.addCommit(batchId, commit);
      this.durable = entry.offsets;
      this.pending.delete(entry);
    });
  }

  /** After a write that failed none may follow: the logs would have a gap that no entry tells of. */
  private enqueue(write: () => Promise<void>): void {
    this.writes = this.writes.then(async () => {
      if (this.failure !== null) return;
      try {
        await write();
      } catch (error) {
        this.failure = { error };
        this.parts.wake();
      }
    });
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure.error;
  }
}
