import { type ApiVersions, byTopic, cursorOf, type Request, takesVersion, versionOf } from "./request.js";

const API_KEY = 0;
/** The first version that knows record batches of format 2. */
const LOWEST = 3;
/** The last version without compact types. */
const HIGHEST = 8;

/** A record batch for one partition. A request has at most one for each. */
export interface ProducedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Uint8Array;
}

/** What holds for all batches of a request. */
export interface ProduceSettings {
  /** Who has to have a batch before the broker answers: 0 nobody (there is no answer), 1 the leader, -1 all replicas in sync. */
  readonly acks: -1 | 0 | 1;
  /** How long the leader waits for its replicas. */
  readonly timeoutMs: number;
  readonly transactionalId: string | null;
}

/** A leader's answer for one batch. */
export interface ProduceResult {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** What the broker says about it, or null. */
  readonly message: string | null;
}

/** Whether a broker takes record batches of format 2; Kafka does from 0.11 on. */
export function takesRecordBatches(versions: ApiVersions): boolean {
  return takesVersion(versions, API_KEY, LOWEST);
}

/** Hands batches to the broker that leads their partitions. */
export function produceRequest(
  batches: readonly ProducedBatch[],
  { acks, timeoutMs, transactionalId }: ProduceSettings,
  versions: ApiVersions,
): Request<readonly ProduceResult[]> {
  const apiVersion = versionOf(versions, API_KEY, HIGHEST);
  return {
    apiKey: API_KEY,
    apiName: "Produce",
    apiVersion,
    isAnswered: acks !== 0,
    write: (writer) => {
      writer.nullableString(transactionalId).int16(acks).int32(timeoutMs);
      writer.array(byTopic(batches), ([topic, partitions]) => {
        writer.string(topic).array(partitions, ({ partition, bytes }) => {
          writer.int32(partition).bytes(bytes);
        });
      });
    },
    read: (answer) => readAnswer(answer, apiVersion),
  };
}

function readAnswer(answer: Uint8Array, version: number): readonly ProduceResult[] {
  const cursor = cursorOf(answer);
  const partitions = cursor.array(() => {
    const topic = cursor.string();
    return cursor.array(() => {
      const partition = cursor.int32();
      const errorCode = cursor.int16();
      cursor.int64();
      cursor.int64();
      if (version >= 5) cursor.int64();
      let message: string | null = null;
      if (version >= 8) {
        const [first] = cursor.array(() => {
          cursor.int32();
          return cursor.nullableString();
        });
        message = cursor.nullableString() ?? first ?? null;
      }
      return { topic, partition, errorCode, message };
    });
  });
  return partitions.flat();
}
