import { StreamError } from "@ss/core";

/** What was read of a partition is not what a broker writes. */
export function corruptRecords(
  topic: string,
  partition: number,
  offset: number,
  reason: string,
): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_CORRUPT_RECORDS",
    parameters: { topic, partition: String(partition), offset: String(offset), reason },
    message:
      `The records of ${topic}-${partition} from offset ${offset} on are damaged: ${reason}. ` +
      "Look at the broker's log and disk. To go on without them, start the query anew behind that offset.",
  });
}
