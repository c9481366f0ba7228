import type { ProducerIdentity } from "./init-producer-id.js";
import { type ApiVersions, cursorOf, type Request, versionOf } from "./request.js";

const API_KEY = 25;
/** The last version without compact types. */
const HIGHEST = 2;

/** Tells the transaction's coordinator that offsets of a group are about to be a part of it. Answers an error code. */
export function addOffsetsRequest(
  transactionalId: string,
  { producerId, producerEpoch }: ProducerIdentity,
  group: string,
  versions: ApiVersions,
): Request<number> {
  return {
    apiKey: API_KEY,
    apiName: "AddOffsetsToTxn",
    apiVersion: versionOf(versions, API_KEY, HIGHEST),
    write: (writer) => {
      writer.string(transactionalId).int64(producerId).int16(producerEpoch).string(group);
    },
    read: (answer) => {
      const cursor = cursorOf(answer);
      cursor.int32();
      return cursor.int16();
    },
  };
}
