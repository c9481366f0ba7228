import { StreamError } from "@ss/core";

/** A statement that this release does not run. */
export function unsupportedStatement(name: string): StreamError {
  return new StreamError({
    condition: "SS_UNSUPPORTED_STATEMENT",
    sqlState: "0A000",
    parameters: { statement: name },
    message: `The statement ${name} is not part of this release; queries, CREATE TEMPORARY VIEW, DROP VIEW, SET and RESET are.`,
  });
}

/** An output mode that a sink cannot take. */
export function unsupportedSinkMode(className: string, outputMode: string): StreamError {
  return new StreamError({
    condition: "STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE",
    sqlState: "42KDE",
    parameters: { className, outputMode },
    message: `Invalid streaming output mode: ${outputMode}. Data source ${className} does not support it; write in append mode, or to another sink.`,
  });
}

/** A query that needs a checkpoint and was given none. */
export function checkpointMissing(): StreamError {
  return new StreamError({
    condition: "_LEGACY_ERROR_TEMP_1321",
    message:
      'checkpointLocation must be specified either through option("checkpointLocation", ...) or spark.conf.set("spark.sql.streaming.checkpointLocation", ...).',
    parameters: { config: "spark.sql.streaming.checkpointLocation" },
  });
}

/** The condition of {@link queryNameMissing}. */
export const QUERY_NAME_MISSING = "_LEGACY_ERROR_TEMP_1320";

/** A memory sink without a name for its table. */
export function queryNameMissing(): StreamError {
  return new StreamError({
    condition: QUERY_NAME_MISSING,
    message: "queryName must be specified for memory sink: it is the name of the table that sql() reads.",
    parameters: {},
  });
}

/** Work for a session after its `stop()`. */
export function sessionStopped(): StreamError {
  return new StreamError({
    condition: "SS_SESSION_STOPPED",
    message:
      "Cannot call methods on a stopped SparkSession: SparkSession.builder().getOrCreate() makes a new one.",
    parameters: {},
  });
}

/** A sink whose rows only come in batches, under the continuous trigger. */
export function notContinuous(source: string): StreamError {
  return new StreamError({
    condition: "_LEGACY_ERROR_TEMP_1195",
    parameters: { source },
    message: `'${source}' is not supported with continuous trigger. Use another trigger, or foreach.`,
  });
}

/** A sink that has no folders. */
export function notPartitioned(source: string): StreamError {
  return new StreamError({
    condition: "SS_PARTITIONING_NOT_SUPPORTED",
    parameters: { source },
    message: `'${source}' does not support partitioning. Leave out partitionBy(...).`,
  });
}
