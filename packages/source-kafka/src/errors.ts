import { StreamError } from "@ss/core";

const ADVICE =
  "Some data may have been lost because they are not available in Kafka any more; either the data was aged out by Kafka or the topic may " +
  "have been deleted before all the data in the topic was processed. If you don't want your streaming query to fail on such cases, set the " +
  'source option "failOnDataLoss" to "false".';

/** Records that a range should have are gone. */
export function dataLoss(
  kind:
    | "ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO"
    | "COULD_NOT_READ_OFFSET_RANGE"
    | "INITIAL_OFFSET_NOT_FOUND_FOR_PARTITIONS"
    | "PARTITIONS_DELETED"
    | "PARTITION_OFFSET_CHANGED"
    | "START_OFFSET_RESET",
  reason: string,
  parameters: Readonly<Record<string, string>>,
): StreamError {
  return new StreamError({
    condition: `KAFKA_DATA_LOSS.${kind}`,
    sqlState: "22000",
    parameters,
    message: `${reason} ${ADVICE}`,
  });
}

/** An offset of the checkpoint, or of an option, that is none. */
export function wrongOffset(text: string): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_WRONG_OFFSET",
    parameters: { offset: text },
    message: `'${text.slice(0, 200)}' is no offset of a Kafka source, which looks like {"topic":{"0":12,"1":7}}.`,
  });
}
