import type { ProducerIdentity } from "./init-producer-id.js";
import { type ApiVersions, byTopic, cursorOf, type Request, versionOf } from "./request.js";

const API_KEY = 24;
/** The last version without compact types. */
const HIGHEST = 2;

/** A partition of a topic. */
export interface TransactionPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Tells the transaction's coordinator which partitions are about to get records. Answers an error code for each. */
export function addPartitionsRequest(
  transactionalId: string,
  { producerId, producerEpoch }: ProducerIdentity,
  partitions: readonly TransactionPartition[],
  versions: ApiVersions,
): Request<readonly number[]> {
  return {
    apiKey: API_KEY,
    apiName: "AddPartitionsToTxn",
    apiVersion: versionOf(versions, API_KEY, HIGHEST),
    write: (writer) => {
      writer.string(transactionalId).int64(producerId).int16(producerEpoch);
      writer.array(byTopic(partitions), ([topic, some]) => {
        writer.string(topic).array(some, ({ partition }) => void writer.int32(partition));
      });
    },
    read: (answer) => {
      const cursor = cursorOf(answer);
      cursor.int32();
      const codes = cursor.array(() => {
        cursor.string();
        return cursor.array(() => {
          cursor.int32();
          return cursor.int16();
        });
      });
      return codes.flat();
    },
  };
}
