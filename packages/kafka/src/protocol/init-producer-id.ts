import { type ApiVersions, cursorOf, type Request, takesVersion, versionOf } from "./request.js";

const API_KEY = 22;
/** The last version without compact types. */
const PLAIN = 1;
/** The first version in which a producer says who it was, so that it does not fence off one that came after it. */
const CONTINUING = 3;

/** A producer as the brokers know it: an id, and how often it has begun anew. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** The answer; without meaning but for the code where there is an error. */
export interface InitializedProducer extends ProducerIdentity {
  readonly errorCode: number;
}

/** Nobody yet. */
export const NO_PRODUCER: ProducerIdentity = { producerId: -1, producerEpoch: -1 };

/**
 * Asks for an identity. With a transactional id this ends its open transaction and, where `present` is {@link NO_PRODUCER}, fences off every
 * producer that had the id before; else the broker refuses unless `present` is still the last one.
 */
export function initProducerIdRequest(
  transactionalId: string | null,
  transactionTimeoutMs: number,
  present: ProducerIdentity,
  versions: ApiVersions,
): Request<InitializedProducer> {
  const isFlexible = takesVersion(versions, API_KEY, CONTINUING);
  const apiVersion = isFlexible ? CONTINUING : versionOf(versions, API_KEY, PLAIN);
  return {
    apiKey: API_KEY,
    apiName: "InitProducerId",
    apiVersion,
    write: (writer) => {
      if (!isFlexible) {
        writer.nullableString(transactionalId).int32(transactionTimeoutMs);
        return;
      }
      writer.noTags().compactString(transactionalId).int32(transactionTimeoutMs);
      writer.int64(present.producerId).int16(present.producerEpoch).noTags();
    },
    read: (answer) => {
      const cursor = cursorOf(answer);
      if (isFlexible) cursor.skipTags();
      cursor.int32();
      return { errorCode: cursor.int16(), producerId: cursor.int64(), producerEpoch: cursor.int16() };
    },
  };
}
