import { StreamError } from "../errors/stream-error.js";

/** A file of a checkpoint that is torn, cut or altered. */
export function corruptFile(path: string, reason: string, cause?: unknown): StreamError {
  return new StreamError({
    condition: "SS_CHECKPOINT_FILE_CORRUPT",
    parameters: { path, reason },
    message: `The checkpoint file ${path} is damaged: ${reason}. ${remedyOf(path)}`,
    cause,
  });
}

/** A log file whose first line is no version. */
export function malformedLog(path: string, text: string): StreamError {
  return new StreamError({
    condition: "MALFORMED_LOG_FILE",
    sqlState: "KD002",
    parameters: { text },
    message: `Log file was malformed: failed to read correct log version from '${text}' in ${path}. ${remedyOf(path)}`,
  });
}

/** What to do about a damaged file, which depends on what it holds. */
function remedyOf(path: string): string {
  const [, folder, batch] = /(?:^|\/)(offsets|commits)\/(\d+)$/.exec(path) ?? [];
  if (folder === "offsets") {
    return (
      `It says what batch ${batch} reads: restore it from a copy. If it is the newest of its folder, commits/${batch} does not ` +
      `exist and no sink has stored the batch, delete it instead, and the batch is planned anew.`
    );
  }
  if (folder === "commits") {
    return (
      `It says that batch ${batch} is done: restore it from a copy. If offsets/ has nothing after that batch, delete it ` +
      `instead: the batch runs again, and sinks that have stored it pass over it.`
    );
  }
  if (path.endsWith("/metadata")) {
    return (
      "It holds the id of the query and nothing else: restore it from a copy, or delete it and set " +
      "spark.sql.streaming.checkpoint.verifyMetadataExists.enabled to false for the next start, which goes on where the " +
      "query was, under a new id."
    );
  }
  return "Restore it from a copy, or start the query with a new checkpoint location.";
}

/** A log file of a later format. */
export function unknownVersion(path: string, version: number, supported: number): StreamError {
  return new StreamError({
    condition: "INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION",
    sqlState: "KD002",
    parameters: { version: String(version), maxSupportedVersion: String(supported) },
    message:
      `${path} has log version v${version}, but the newest that this release reads is v${supported}. ` +
      `Start the query with the release that wrote the checkpoint, or a later one.`,
  });
}

/** A log entry that other entries prove to have been there. */
export function missingEntry(path: string): StreamError {
  return new StreamError({
    condition: "BATCH_METADATA_NOT_FOUND",
    sqlState: "42K03",
    parameters: { batchMetadataFile: path },
    message:
      `Unable to find batch ${path}, which the other files of the checkpoint ask for. Restore it from a copy, or start the ` +
      `query with a new checkpoint.`,
  });
}

/** The last batch is one that was to give the state another number of partitions, and is not committed. */
export function unfinishedRepartition(batchId: number, committedBatchId: number): StreamError {
  const lastCommittedBatchId = String(committedBatchId);
  return new StreamError({
    condition: "STREAMING_UNFINISHED_REPARTITION_DETECTED",
    sqlState: "55019",
    parameters: { batchId: String(batchId), lastCommittedBatchId },
    message:
      `The latest batch ${batchId} is for an unfinished state repartitioning, and the last committed one is ${lastCommittedBatchId}. Repeat the repartition with ` +
      `the same number of partitions, and start the query when it has ended.`,
  });
}

/** Another run of the query writes to the same checkpoint. */
export function concurrentUpdate(batchId: number | string, path: string): StreamError {
  return new StreamError({
    condition: "CONCURRENT_STREAM_LOG_UPDATE",
    sqlState: "40000",
    parameters: { batchId: String(batchId) },
    message:
      `Concurrent update to the log: another run of this query wrote ${path} (batch ${batchId}). Only one run may use a ` +
      `checkpoint at a time: stop one of the two.`,
  });
}
