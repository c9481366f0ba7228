import { StreamError } from "@ss/core";

/** The rows do not have what a record needs; the messages are Spark's. */
export function wrongColumns(message: string): StreamError {
  return new StreamError({ condition: "SS_KAFKA_WRONG_COLUMNS", sqlState: "42K03", parameters: {}, message });
}

/** A row says to no topic that it belongs there. */
export function nullTopic(): StreamError {
  return new StreamError({
    condition: "KAFKA_NULL_TOPIC_IN_DATA",
    parameters: { topicOption: "topic" },
    message: "null topic present in the data. Use the topic option for setting a default topic.",
  });
}

/** A record is to go to a partition that its topic does not have. */
export function unknownPartition(topic: string, partition: number, partitionCount: number): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_UNKNOWN_PARTITION",
    parameters: { topic, partition: String(partition), partitionCount: String(partitionCount) },
    message: `The column 'partition' says ${partition}, but the topic ${topic} has the partitions 0 to ${partitionCount - 1}.`,
  });
}

/** A header without a name, which Kafka does not know. */
export function nullHeaderKey(): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_NULL_HEADER_KEY",
    parameters: {},
    message:
      "The column 'headers' holds a header that is null or whose key is null. Null header keys are not permitted.",
  });
}

/** A save mode that has no meaning for topics, to which one can only append. */
export function wrongSaveMode(mode: string): StreamError {
  return new StreamError({
    condition: "UNSUPPORTED_DATA_SOURCE_SAVE_MODE",
    sqlState: "0A000",
    parameters: { source: "kafka", createMode: `"${mode}"` },
    message: `Save mode ${mode} not allowed for Kafka. Allowed save modes are append and errorifexists (default).`,
  });
}

/** The group does not hold the batch that the checkpoint calls the last one. */
export function missingMarker(group: string, batchId: number, found: number): StreamError {
  const has = found < 0 ? "has no marker" : `ends with batch ${found}`;
  return new StreamError({
    condition: "SS_KAFKA_MARKER_MISSING",
    parameters: { group, batchId: String(batchId), found: String(found) },
    message:
      `The query goes on with batch ${batchId}, but the group ${group}, which remembers what is in the topic, ${has}, so that nobody knows ` +
      `whether batch ${batchId} is there already. The marker may have expired (the brokers' offsets.retention.minutes, 7 days unless told), the ` +
      "cluster or the topic of the marker may be another one, or the query has written with another delivery before. Look whether the batch is " +
      'in the topic; if not, set the option "ignoreMissingMarker" to true for one start.',
  });
}
