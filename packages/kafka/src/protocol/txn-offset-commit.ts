import type { ProducerIdentity } from "./init-producer-id.js";
import { type ApiVersions, cursorOf, type Request, versionOf } from "./request.js";

const API_KEY = 28;
/** The last version without compact types. */
const HIGHEST = 2;
const NO_EPOCH = -1;

/** An offset of a group that becomes valid with a transaction. */
export interface TransactionOffset {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Hands an offset to the group's coordinator. Answers an error code. */
export function transactionOffsetRequest(
  transactionalId: string,
  { producerId, producerEpoch }: ProducerIdentity,
  { group, topic, partition, offset }: TransactionOffset,
  versions: ApiVersions,
): Request<number> {
  const apiVersion = versionOf(versions, API_KEY, HIGHEST);
  return {
    apiKey: API_KEY,
    apiName: "TxnOffsetCommit",
    apiVersion,
    write: (writer) => {
      writer.string(transactionalId).string(group).int64(producerId).int16(producerEpoch);
      writer.int32(1).string(topic).int32(1).int32(partition).int64(offset);
      if (apiVersion >= 2) writer.int32(NO_EPOCH);
      writer.nullableString(null);
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
      return codes.flat().find((code) => code !== 0) ?? 0;
    },
  };
}
