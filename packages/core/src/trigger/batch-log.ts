import type { Checkpoint } from "../checkpoint/checkpoint.js";
import type { CommitEntry } from "../checkpoint/commit-log.js";
import type { OffsetEntry } from "../checkpoint/offset-log.js";
import type { Offset } from "../source/source.js";

/**
 * How the logs of a checkpoint learn of batches. For each batch the runner calls `planned` before its sinks commit it (for a
 * batch that the offset log has already: `resumed`), then `finished`, then `takeDurable`.
 */
export interface BatchLog {
  planned(batchId: number, entry: PlannedEntry): Promise<void>;
  resumed(batchId: number, entry: PlannedEntry): void;
  finished(batchId: number, entry: PlannedEntry, commit: CommitEntry): Promise<void>;
  /** What a restart will certainly not ask for again, since the last call; null where there is nothing new. */
  takeDurable(): readonly (Offset | null)[] | null;
  /** Entries that a restart may run again all the same: their commits are not in the logs yet. */
  readonly uncommitted: readonly PlannedEntry[];
  /** Called while there is no batch to run. */
  idle(): void;
  /** The end of the run; afterwards nothing is written any more. */
  close(): Promise<void>;
}

/** An entry of the offset log before it has its place there. */
export type PlannedEntry = Omit<OffsetEntry, "oldestKept" | "previous">;

/** What adding entries to the logs takes. */
export interface LogEntriesParts {
  readonly checkpoint: Checkpoint;
  readonly batchesToRetain: number;
  /** What the newest offset entry says, see {@link OffsetEntry.oldestKept}. */
  readonly oldestKept: number;
  readonly retry: <T>(call: () => Promise<T>) => Promise<T>;
}

/** The logs as one run adds to them. */
export class LogEntries {
  /** The oldest entry that has to be in the logs, as the newest offset entry has it. */
  oldestKept: number;
  private readonly parts: LogEntriesParts;

  constructor(parts: LogEntriesParts) {
    this.parts = parts;
    this.oldestKept = parts.oldestKept;
  }

  async addOffsets(batchId: number, planned: PlannedEntry): Promise<void> {
    const { checkpoint, batchesToRetain, retry } = this.parts;
    await retry(() => checkpoint.fence(batchId));
    const { latestId } = checkpoint.offsets;
    // with the commit of this batch there will be one more
    const oldestKept = Math.max(this.oldestKept, checkpoint.commits.idFromEnd(batchesToRetain - 1));
    const previous = latestId < 0 || latestId === batchId - 1 ? null : latestId;
    await retry(() => checkpoint.offsets.add(batchId, { ...planned, oldestKept, previous }));
    this.oldestKept = oldestKept;
  }

  async addCommit(batchId: number, commit: CommitEntry): Promise<void> {
    const { checkpoint, retry } = this.parts;
    await retry(() => checkpoint.fence(batchId));
    await retry(() => checkpoint.commits.add(batchId, commit));
  }
}

/** Writes both entries of every batch, each durable when its call resolves: the offsets before anything of the batch is written, the commit before the next is planned. */
export class WaitingBatchLog implements BatchLog {
  /** Asked for between two batches, of which the first is committed by then and the second is not planned. */
  readonly uncommitted: readonly PlannedEntry[] = [];
  private readonly entries: LogEntries;
  private durable: readonly (Offset | null)[] | null = null;

  constructor(entries: LogEntries) {
    this.entries = entries;
  }

  planned(batchId: number, entry: PlannedEntry): Promise<void> {
    return this.entries.addOffsets(batchId, entry);
  }

  resumed(): void {}

  async finished(batchId: number, entry: PlannedEntry, commit: CommitEntry): Promise<void> {
    await this.entries.addCommit(batchId, commit);
    this.durable = entry.offsets;
  }

  takeDurable(): readonly (Offset | null)[] | null {
    const { durable } = this;
    this.durable = null;
    return durable;
  }

  idle(): void {}

  async close(): Promise<void> {}
}
