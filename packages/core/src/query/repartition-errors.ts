import { StreamError } from "../errors/stream-error.js";

type Parameters = Readonly<Record<string, string>>;

const PARAMETER_REASONS = {
  IS_NULL: "it is missing",
  IS_EMPTY: "it is empty",
  IS_NOT_GREATER_THAN_ZERO: "it has to be a whole number above zero",
};

/** A call of `repartition` that cannot be meant. */
export function invalidParameter(parameter: string, reason: keyof typeof PARAMETER_REASONS): StreamError {
  return new StreamError({
    condition: `STATE_REPARTITION_INVALID_PARAMETER.${reason}`,
    sqlState: "42616",
    parameters: { parameter },
    message: `The repartition parameter ${parameter} is invalid: ${PARAMETER_REASONS[reason]}.`,
  });
}

type Reason =
  | "NO_COMMITTED_BATCH"
  | "NO_BATCH_FOUND"
  | "OFFSET_SEQ_NOT_FOUND"
  | "MISSING_OFFSET_SEQ_METADATA"
  | "UNSUPPORTED_OFFSET_SEQ_VERSION"
  | "UNSUPPORTED_PROVIDER"
  | "LAST_BATCH_FAILED"
  | "LAST_BATCH_ABANDONED_REPARTITION"
  | "SHUFFLE_PARTITIONS_ALREADY_MATCH";

const CHECKPOINT_REASONS: Readonly<Record<Reason, (parameters: Parameters) => string>> = {
  NO_COMMITTED_BATCH: () => "it has no committed batch. Let the query run a batch first.",
  NO_BATCH_FOUND: () => "its offset log has no batch. Let the query run a batch first.",
  OFFSET_SEQ_NOT_FOUND: ({ batchId }) =>
    `offsets/${batchId} of its last committed batch is missing. Restore it from a copy.`,
  MISSING_OFFSET_SEQ_METADATA: ({ batchId }) =>
    `offsets/${batchId} does not say how many partitions the state has.`,
  UNSUPPORTED_OFFSET_SEQ_VERSION: ({ version }) =>
    `its offset log is of version ${version}, which this release does not read.`,
  UNSUPPORTED_PROVIDER: ({ provider }) =>
    `${provider} wrote its state, in a format that is not of this project. Repartition it where it was written.`,
  LAST_BATCH_FAILED: ({ lastBatchId }) =>
    `its last batch ${lastBatchId} did not end. Start the query and let it end, with the trigger availableNow for instance. To give the batch up instead, pass ` +
    `enforceExactlyOnceSink = false: its rows then come again under another number, also to a sink that has them.`,
  LAST_BATCH_ABANDONED_REPARTITION: ({ lastBatchId, lastBatchShufflePartitions, numPartitions }) =>
    `its last batch ${lastBatchId} is an unfinished repartition to ${lastBatchShufflePartitions} partitions. Repeat that first, then ask for ${numPartitions}.`,
  SHUFFLE_PARTITIONS_ALREADY_MATCH: ({ batchId, numPartitions }) =>
    `after its last committed batch ${batchId} the state has ${numPartitions} partitions already.`,
};

/** A checkpoint whose state cannot be given another number of partitions as things stand. */
export function invalidCheckpoint(
  reason: Reason,
  checkpointLocation: string,
  parameters: Parameters = {},
): StreamError {
  return new StreamError({
    condition: `STATE_REPARTITION_INVALID_CHECKPOINT.${reason}`,
    sqlState: "55019",
    parameters: { checkpointLocation, ...parameters },
    message: `The checkpoint ${checkpointLocation} cannot be repartitioned: ${CHECKPOINT_REASONS[reason](parameters)}`,
  });
}

/** A checkpoint without state. */
export function missingOperators(checkpointLocation: string, batchId: number): StreamError {
  return new StreamError({
    condition: "STATE_REWRITER_INVALID_CHECKPOINT.MISSING_OPERATOR_METADATA",
    sqlState: "55019",
    parameters: { checkpointLocation, batchId: String(batchId) },
    message:
      `The checkpoint ${checkpointLocation} cannot be repartitioned: after batch ${batchId} it describes no stateful operator. A query without state has ` +
      `no partitions of it; set spark.sql.shuffle.partitions and start it with a new checkpoint.`,
  });
}
