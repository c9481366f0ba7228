import { Checkpoint, PARTITIONS_KEY, repartitions } from "../checkpoint/checkpoint.js";
import { type CommitEntry, commitLog } from "../checkpoint/commit-log.js";
import type { OffsetEntry } from "../checkpoint/offset-log.js";
import { StreamError } from "../errors/stream-error.js";
import type { FileSystem } from "../file-system/file-system.js";
import {
  type OperatorMetadata,
  readOperatorMetadata,
  repartitionOperatorMetadata,
} from "../state/operator-metadata.js";
import { invalidCheckpoint, invalidParameter, missingOperators } from "./repartition-errors.js";

const PROVIDER_KEY = "spark.sql.streaming.stateStore.providerClass";

/** What {@link repartition} is to do, and where. */
export interface RepartitionRequest {
  readonly fileSystem: FileSystem;
  readonly checkpointLocation: string;
  readonly numPartitions: number;
  /** Whether a batch that was begun and not committed stands in the way. Without this it is given up, and what it read is read again. */
  readonly enforceExactlyOnceSink: boolean;
  /** An id for this use of the checkpoint. */
  readonly runId: string;
}

/** Refuses a location or a number that cannot be meant. */
export function checkRepartition(checkpointLocation: string, numPartitions: number): void {
  if (checkpointLocation == null) throw invalidParameter("checkpointLocation", "IS_NULL");
  if (checkpointLocation === "") throw invalidParameter("checkpointLocation", "IS_EMPTY");
  if (!Number.isInteger(numPartitions) || numPartitions <= 0) {
    throw invalidParameter("numPartitions", "IS_NOT_GREATER_THAN_ZERO");
  }
}

/**
 * Gives the state of a query that does not run another number of logical partitions, by a batch of its own, without rows. State files name what they
 * divide, and whoever loads them divides them as it needs: the rows stay where they are. A crash leaves the batch without its commit; the query
 * then refuses to start until the same call has been repeated.
 */
export async function repartition(request: RepartitionRequest): Promise<void> {
  const { fileSystem, checkpointLocation, runId } = request;
  const committed = commitLog(fileSystem, checkpointLocation);
  await committed.open();
  // looked at before anything is claimed: the location may hold no checkpoint at all
  if (committed.latestId < 0) throw invalidCheckpoint("NO_COMMITTED_BATCH", checkpointLocation);
  const checkpoint = await Checkpoint.open(fileSystem, checkpointLocation, runId);
  const base = await baseOf(checkpoint, checkpointLocation);
  const stateFolder = `${checkpointLocation}/state`;
  const operators = await operatorsOf(request, stateFolder, base);
  const batchId = await plannedBatch(request, checkpoint, base);
  // only now, since the entry of the batch says where it goes on: a crash before it would lose what the batches given up had read
  for (const id of checkpoint.offsets.idsFrom(base.batchId + 1)) {
    if (id < batchId) await commitSkipped(checkpoint, id, base, runId);
  }
  await checkpoint.fence(batchId);
  await repartitionOperatorMetadata(fileSystem, stateFolder, operators, request.numPartitions);
  await commitSkipped(checkpoint, batchId, base, runId);
}

/** The last committed batch, on which the new one builds. */
interface Base {
  readonly batchId: number;
  readonly entry: OffsetEntry;
  readonly commit: CommitEntry;
  readonly numPartitions: number;
}

async function baseOf(checkpoint: Checkpoint, location: string): Promise<Base> {
  const { offsets, commits } = checkpoint;
  if (offsets.latestId < 0) throw invalidCheckpoint("NO_BATCH_FOUND", location);
  const batchId = commits.latestId;
  if (!offsets.has(batchId)) {
    throw invalidCheckpoint("OFFSET_SEQ_NOT_FOUND", location, { batchId: String(batchId) });
  }
  const entry = await readEntry(checkpoint, batchId, location);
  const partitions = entry.conf[PARTITIONS_KEY];
  if (partitions === undefined) {
    const parameters = { batchId: String(batchId), version: "1" };
    throw invalidCheckpoint("MISSING_OFFSET_SEQ_METADATA", location, parameters);
  }
  return { batchId, entry, commit: await commits.get(batchId), numPartitions: Number(partitions) };
}

async function readEntry(checkpoint: Checkpoint, batchId: number, location: string): Promise<OffsetEntry> {
  try {
    return await checkpoint.offsets.get(batchId);
  } catch (error) {
    if (!StreamError.is(error, "INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION")) throw error;
    const { version = "" } = error.parameters;
    throw invalidCheckpoint("UNSUPPORTED_OFFSET_SEQ_VERSION", location, { version });
  }
}

/** The operators whose state is to be divided otherwise: some, in a format of this project's. */
async function operatorsOf(
  { fileSystem, checkpointLocation }: RepartitionRequest,
  stateFolder: string,
  { batchId, entry, commit }: Base,
): Promise<OperatorMetadata[]> {
  const operators = await readOperatorMetadata(fileSystem, stateFolder);
  if (operators.length === 0) throw missingOperators(checkpointLocation, batchId);
  if (commit.state !== null) return operators;
  const provider = entry.conf[PROVIDER_KEY] ?? "The state store of the checkpoint";
  throw invalidCheckpoint("UNSUPPORTED_PROVIDER", checkpointLocation, { provider });
}

/** The batch that stands for the repartition, in the offset log: a new one, or one that an attempt before has left behind. */
async function plannedBatch(
  request: RepartitionRequest,
  checkpoint: Checkpoint,
  base: Base,
): Promise<number> {
  const { checkpointLocation: location, numPartitions } = request;
  const { offsets } = checkpoint;
  const lastBatchId = offsets.latestId;
  if (lastBatchId > base.batchId) {
    const last = await readEntry(checkpoint, lastBatchId, location);
    const before = offsets.has(lastBatchId - 1)
      ? await readEntry(checkpoint, lastBatchId - 1, location)
      : last;
    if (repartitions(before, last)) {
      const lastBatchShufflePartitions = last.conf[PARTITIONS_KEY]!;
      if (Number(lastBatchShufflePartitions) === numPartitions) return lastBatchId;
      throw invalidCheckpoint("LAST_BATCH_ABANDONED_REPARTITION", location, {
        lastBatchId: String(lastBatchId),
        lastBatchShufflePartitions,
        numPartitions: String(numPartitions),
      });
    }
    if (request.enforceExactlyOnceSink) {
      throw invalidCheckpoint("LAST_BATCH_FAILED", location, { lastBatchId: String(lastBatchId) });
    }
  }
  if (base.numPartitions === numPartitions) {
    throw invalidCheckpoint("SHUFFLE_PARTITIONS_ALREADY_MATCH", location, {
      batchId: String(base.batchId),
      numPartitions: String(numPartitions),
    });
  }
  await addBatch(request, checkpoint, lastBatchId + 1, base);
  return lastBatchId + 1;
}

async function addBatch(
  { numPartitions, runId }: RepartitionRequest,
  checkpoint: Checkpoint,
  batchId: number,
  { entry }: Base,
): Promise<void> {
  const conf = { ...entry.conf, [PARTITIONS_KEY]: String(numPartitions) };
  const { oldestKept } = await checkpoint.offsets.get(batchId - 1);
  await checkpoint.fence(batchId);
  await checkpoint.offsets.add(batchId, {
    ...entry,
    conf,
    oldestKept,
    previous: null,
    tables: [],
    writer: runId,
  });
}

/** Commits a batch that changes nothing: what comes next goes on from the base. */
async function commitSkipped(
  checkpoint: Checkpoint,
  batchId: number,
  { commit }: Base,
  runId: string,
): Promise<void> {
  await checkpoint.fence(batchId);
  await checkpoint.commits.add(batchId, { ...commit, skipped: true, writer: runId });
}
