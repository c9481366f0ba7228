import { StreamError } from "@ss/core";

/** An option that has to be there. */
export function optionMissing(optionName: string): StreamError {
  return new StreamError({
    condition: "STDS_REQUIRED_OPTION_UNSPECIFIED",
    sqlState: "42601",
    parameters: { optionName },
    message: `'${optionName}' must be specified: set it with .option("${optionName}", ...).`,
  });
}

/** Two options of which one rules the other out. */
export function optionsConflict(...names: readonly [string, string]): StreamError {
  const options = `[${names.map((name) => `'${name}'`).join(", ")}]`;
  return new StreamError({
    condition: "STDS_CONFLICT_OPTIONS",
    sqlState: "42613",
    parameters: { options },
    message: `The options ${options} cannot be specified together. Please specify the one.`,
  });
}

/** An option whose value cannot be used. */
export function invalidOption(optionName: string, why: string): StreamError {
  return new StreamError({
    condition: "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE",
    sqlState: "42616",
    parameters: { optionName, message: why },
    message: `Invalid value for source option '${optionName}': ${why}`,
  });
}

/** An option that is a number below zero, or an empty text. */
export function refusedOption(optionName: string, kind: "IS_NEGATIVE" | "IS_EMPTY"): StreamError {
  return new StreamError({
    condition: `STDS_INVALID_OPTION_VALUE.${kind}`,
    sqlState: "42616",
    parameters: { optionName },
    message: `Invalid value for source option '${optionName}': cannot be ${kind === "IS_EMPTY" ? "empty" : "negative"}.`,
  });
}

/** The checkpoint has no batch that was committed, or not the one that was asked for. */
export function batchUnavailable(
  checkpointLocation: string,
  asked?: { readonly batchId: number; readonly first: number; readonly last: number },
): StreamError {
  const found = asked
    ? `The batch ${asked.batchId} is none of the committed batches that are kept, ${asked.first} to ${asked.last}`
    : "No committed batch found";
  return new StreamError({
    condition: "STDS_COMMITTED_BATCH_UNAVAILABLE",
    sqlState: "KD006",
    parameters: { checkpointLocation },
    message:
      `${found}, checkpoint location: ${checkpointLocation}. Ensure that the query has run and committed ` +
      `the batch, and that it is not older than spark.sql.streaming.minBatchesToRetain keeps.`,
  });
}

/** The offset log lacks a batch, and with it the number of its partitions. */
export function offsetsUnavailable(batchId: number, checkpointLocation: string): StreamError {
  return new StreamError({
    condition: "STDS_OFFSET_LOG_UNAVAILABLE",
    sqlState: "KD006",
    parameters: { batchId: String(batchId), checkpointLocation },
    message:
      `The offset log for ${batchId} does not exist, checkpoint location: ${checkpointLocation}. Please specify a batch id ` +
      `that the logs still hold.`,
  });
}

/** There is no such operator or store. `sourceOptions` says what was asked for, `known` what there is. */
export function noSuchStore(
  sourceOptions: string,
  known: readonly string[],
  lacksSide: boolean,
): StreamError {
  const there = known.length === 0 ? "it has no stateful operators" : `it has ${known.join(", ")}`;
  return new StreamError({
    condition: "STDS_FAILED_TO_READ_STATE_SCHEMA",
    sqlState: "42K03",
    parameters: { sourceOptions },
    message:
      `Failed to read the state schema: the checkpoint has no such store; ${there}. options: ${sourceOptions}. ` +
      (lacksSide
        ? `A join of streams keeps the rows of each side: choose one with .option("joinSide", "left") or .option("joinSide", "right").`
        : `Rerun the streaming query if the checkpoint was written before it recorded its stores.`),
  });
}

/** A description of the operators that cannot be read. */
export function operatorsUnreadable(
  checkpointLocation: string,
  batchId: number,
  cause: unknown,
): StreamError {
  return new StreamError({
    condition: "STDS_FAILED_TO_READ_OPERATOR_METADATA",
    sqlState: "42K03",
    parameters: { checkpointLocation, batchId: String(batchId) },
    message:
      `Failed to read the operator metadata for checkpointLocation=${checkpointLocation} and batchId=${batchId}. ` +
      `${StreamError.reasonOf(cause)}`,
    cause,
  });
}

/** What to throw where a file of the state is missing; damaged ones are named as they are. */
export function stateUnreadable(error: unknown): unknown {
  if (!StreamError.is(error, "SS_STATE_FILE_CORRUPT") || error.parameters["reason"] !== "it is missing")
    return error;
  const fileToRead = error.parameters["path"]!;
  const kind = fileToRead.endsWith(".snapshot") ? "MISSING_SNAPSHOT_FILE" : "DELTA_FILE_NOT_EXISTS";
  return new StreamError({
    condition: `CANNOT_LOAD_STATE_STORE.CANNOT_READ_${kind}`,
    sqlState: "58030",
    parameters: { fileToRead, clazz: "StateReader" },
    message:
      `An error occurred during loading state. ${fileToRead} does not exist: ask for batches whose files ` +
      `spark.sql.streaming.minBatchesToRetain still keeps, and for a snapshot that was written.`,
    cause: error,
  });
}

/** There is no such partition. */
export function noSuchPartition(
  checkpointLocation: string,
  operatorId: number,
  partitionId: number,
): StreamError {
  return new StreamError({
    condition: "CANNOT_LOAD_STATE_STORE.SNAPSHOT_PARTITION_ID_NOT_FOUND",
    sqlState: "58030",
    parameters: {
      checkpointLocation,
      operatorId: String(operatorId),
      snapshotPartitionId: String(partitionId),
    },
    message:
      `An error occurred during loading state. Partition ${partitionId} of operator ${operatorId} was not found in ` +
      `checkpoint ${checkpointLocation}: its state has fewer partitions.`,
  });
}
