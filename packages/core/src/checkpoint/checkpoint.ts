import type { FileSystem } from "../file-system/file-system.js";
import type { Offset } from "../source/source.js";
import type { StateVersion } from "../state/state-store.js";
import { missingEntry, unfinishedRepartition } from "./checkpoint-errors.js";
import { type CommitLog, commitLog } from "./commit-log.js";
import { type OffsetEntry, type OffsetLog, offsetLog } from "./offset-log.js";
import { RunClaim } from "./run-claim.js";

/** Where a run takes up its query. */
export interface ResumePoint {
  /** The batch to run next. */
  readonly batchId: number;
  /** What the offset log has about that batch, if it was decided but not committed. */
  readonly replay: OffsetEntry | null;
  /** Where each source stands; null for a query that has no committed batch. */
  readonly committed: readonly (Offset | null)[] | null;
  /** The watermark that the last committed batch ran with; null for a query that has none. */
  readonly lastBatchWatermarkMs: number | null;
  /** The watermark for the batch to run next. */
  readonly watermarkMs: number;
  /** What the checkpoint has pinned. */
  readonly conf: Readonly<Record<string, string>>;
  readonly state: StateVersion | null;
  /** The last of the committed batches, where no sink was told of them, ascending. */
  readonly skipped: readonly number[];
  /** Whether Spark committed the last of them. */
  readonly isSparks: boolean;
  /** Whether the batch to be replayed is one that was to give the state another number of partitions. */
  readonly isRepartition: boolean;
  /** See {@link OffsetEntry.oldestKept}. */
  readonly oldestKept: number;
}

const FRESH: ResumePoint = {
  batchId: 0,
  replay: null,
  committed: null,
  lastBatchWatermarkMs: null,
  watermarkMs: 0,
  conf: {},
  state: null,
  skipped: [],
  isSparks: false,
  isRepartition: false,
  oldestKept: 0,
};

/** Sets how many logical partitions the state has. */
export const PARTITIONS_KEY: string = "spark.sql.shuffle.partitions";

/** Whether a batch gives the state another number of partitions than the batch before it had. */
export function repartitions(before: OffsetEntry, entry: OffsetEntry): boolean {
  const [had, has] = [before.conf[PARTITIONS_KEY], entry.conf[PARTITIONS_KEY]];
  return had !== undefined && has !== undefined && had !== has;
}

/** The logs of a checkpoint, in the hands of one run. */
export class Checkpoint {
  readonly offsets: OffsetLog;
  readonly commits: CommitLog;
  private readonly claim: RunClaim;

  private constructor(offsets: OffsetLog, commits: CommitLog, claim: RunClaim) {
    this.offsets = offsets;
    this.commits = commits;
    this.claim = claim;
  }

  /** Claims a checkpoint for a run and lists its logs. A run that used it before is fenced off from then on. */
  static async open(fileSystem: FileSystem, location: string, runId: string): Promise<Checkpoint> {
    const claim = await RunClaim.take(fileSystem, location, runId);
    const checkpoint = new Checkpoint(
      offsetLog(fileSystem, location),
      commitLog(fileSystem, location),
      claim,
    );
    await checkpoint.offsets.open();
    await checkpoint.commits.open();
    return checkpoint;
  }

  /** Throws CONCURRENT_STREAM_LOG_UPDATE if a newer run has taken the checkpoint over. */
  fence(batchId: number): Promise<void> {
    return this.claim.fence(batchId);
  }

  /** Finds out where to go on, and that nothing of what this needs is missing or damaged. */
  async recover(retained: number): Promise<ResumePoint> {
    const { offsets, commits } = this;
    const latest = offsets.latestId;
    await this.checkPairs();
    if (latest < 0) return FRESH;
    const last = await offsets.get(latest);
    const oldestKept = last.oldestKept ?? Math.max(0, latest - retained + 1);
    await this.checkNoGap(oldestKept);
    if (commits.latestId === latest) {
      const { nextBatchWatermarkMs, state, writer } = await commits.get(latest);
      return {
        batchId: latest + 1,
        replay: null,
        committed: last.offsets,
        lastBatchWatermarkMs: last.batchWatermarkMs,
        watermarkMs: Math.max(last.batchWatermarkMs, nextBatchWatermarkMs),
        conf: last.conf,
        state,
        skipped: await this.skippedUpTo(latest),
        isSparks: writer === null,
        isRepartition: false,
        oldestKept,
      };
    }
    const { batchWatermarkMs: watermarkMs, conf } = last;
    if (latest === 0) return { ...FRESH, replay: last, watermarkMs, conf, oldestKept };
    const beforeId = offsets.idBefore(latest);
    const before = await offsets.get(beforeId < 0 ? latest - 1 : beforeId);
    const { state, writer } = await commits.get(beforeId);
    return {
      batchId: latest,
      replay: last,
      committed: before.offsets,
      lastBatchWatermarkMs: before.batchWatermarkMs,
      watermarkMs,
      conf,
      state,
      skipped: await this.skippedUpTo(beforeId),
      isSparks: writer === null,
      isRepartition: repartitions(before, last),
      oldestKept,
    };
  }

  /** The batches up to a committed one that were skipped one after the other. */
  private async skippedUpTo(batchId: number): Promise<number[]> {
    const skipped: number[] = [];
    for (let id = batchId; this.commits.has(id) && (await this.commits.get(id)).skipped; id--)
      skipped.unshift(id);
    return skipped;
  }

  /** Drops what a restart will not ask for. */
  async purgeBelow(batchId: number): Promise<void> {
    await this.offsets.purgeBelow(batchId);
    await this.commits.purgeBelow(batchId);
  }

  private async checkPairs(): Promise<void> {
    const { offsets, commits } = this;
    const before = offsets.idBefore(offsets.latestId);
    if (commits.latestId > offsets.latestId) throw missingEntry(offsets.pathOf(commits.latestId));
    if (commits.latestId >= before) return;
    // batches that a repartition gives up are committed behind its own entry
    if (repartitions(await offsets.get(before), await offsets.get(offsets.latestId))) {
      throw unfinishedRepartition(offsets.latestId, commits.latestId);
    }
    throw missingEntry(commits.pathOf(before));
  }

  /**
   * Throws for a gap among the entries from `oldestKept` on; older ones may be half-way through a purge. Where an offset entry does not follow
   * that of the batch before, it says which one it follows; a batch that has the one entry has the other.
   */
  private async checkNoGap(oldestKept: number): Promise<void> {
    const { offsets, commits } = this;
    let before = Math.max(offsets.oldestId, oldestKept) - 1;
    for (const id of offsets.idsFrom(before + 1)) {
      const expected = id === before + 1 ? before : ((await offsets.get(id)).previous ?? id - 1);
      if (expected > before) throw missingEntry(offsets.pathOf(expected));
      before = id;
    }
    for (const id of offsets.idsFrom(Math.max(commits.oldestId, oldestKept))) {
      if (id < commits.latestId && !commits.has(id)) throw missingEntry(commits.pathOf(id));
    }
  }
}
