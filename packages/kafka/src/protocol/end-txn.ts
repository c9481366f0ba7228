import type { ProducerIdentity } from "./init-producer-id.js";
import { type ApiVersions, cursorOf, type Request, versionOf } from "./request.js";

const API_KEY = 26;
/** The last version without compact types. */
const HIGHEST = 2;

/** Commits a transaction, or aborts it. Answers an error code; 0 once more where it has been done already. */
export function endTransactionRequest(
  transactionalId: string,
  { producerId, producerEpoch }: ProducerIdentity,
  commits: boolean,
  versions: ApiVersions,
): Request<number> {
  return {
    apiKey: API_KEY,
    apiName: "EndTxn",
    apiVersion: versionOf(versions, API_KEY, HIGHEST),
    write: (writer) => {
      writer
        .string(transactionalId)
        .int64(producerId)
        .int16(producerEpoch)
        .int8(commits ? 1 : 0);
    },
    read: (answer) => {
      const cursor = cursorOf(answer);
      cursor.int32();
      return cursor.int16();
    },
  };
}
