import { StreamError } from "@ss/core";

/** A request that failed, and went on failing if trying again was worth it. */
export function requestFailed(
  stream: string,
  what: string,
  cause: unknown,
  isTransient: boolean,
): StreamError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new StreamError({
    condition: "SS_KINESIS_FAILED",
    parameters: { stream, what, reason },
    message:
      `Kinesis could not ${what} of the stream '${stream}': ${reason}. ` +
      "Look at the options region, endpointUrl and those for credentials, and at the permissions: ListShards, DescribeStreamSummary, " +
      "GetShardIterator and GetRecords are needed; for enhanced fan-out also DescribeStreamConsumer, RegisterStreamConsumer, " +
      "SubscribeToShard and, to give the consumer up, DeregisterStreamConsumer.",
    recovery: isTransient ? "retry" : "fail",
    cause,
  });
}

/** A stream that there is not. */
export function streamNotFound(stream: string, cause: unknown): StreamError {
  return new StreamError({
    condition: "SS_KINESIS_STREAM_NOT_FOUND",
    parameters: { stream },
    message: `There is no Kinesis stream '${stream}' in this region. Look at the options streamName, region and endpointUrl.`,
    cause,
  });
}

/** Records that the query has not read and that are there no more. */
export function dataLoss(stream: string, shardId: string, reason: string): StreamError {
  return new StreamError({
    condition: "SS_KINESIS_DATA_LOSS",
    parameters: { stream, shardId, reason },
    message:
      `${lossText(stream, shardId, reason)} ` +
      "Set the option failOnDataLoss to false to go on without them, with what is left.",
  });
}

/** The same for whoever goes on. */
export function lossText(stream: string, shardId: string, reason: string): string {
  return `Records of the Kinesis stream '${stream}', shard ${shardId}, may have been lost: ${reason}.`;
}

/** An option whose value is not what it has to be. */
export function invalidOption(option: string, value: string, expected: string): StreamError {
  return new StreamError({
    condition: "SS_INVALID_OPTION",
    sqlState: "22023",
    parameters: { option, value, expected },
    message: `The option '${option}' is '${value}', but it has to be ${expected}.`,
  });
}
