import type { AbortedTransaction } from "../records/fetched-range.js";
import { ByteCursor } from "./byte-cursor.js";
import { type ApiVersions, byTopic, type Request, versionOf } from "./request.js";

const API_KEY = 1;
/** The last version without compact types. */
const HIGHEST = 11;
const CONSUMER = -1;
const NO_SESSION = -1;
const NO_EPOCH = -1;

/** From where a partition is read. */
export interface FetchPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** How much a broker may send, and how long it may wait for it. */
export interface FetchLimits {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
  /** Whether records of transactions that are not committed are left out. */
  readonly readCommitted: boolean;
}

/** A broker's answer for one partition. Records lie in `bytes[start .. end)`. */
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** Behind the last record that is replicated. */
  readonly highWatermark: number;
  readonly aborted: readonly AbortedTransaction[];
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Asks a broker for records of partitions that it leads. */
export function fetchRequest(
  positions: readonly FetchPosition[],
  limits: FetchLimits,
  versions: ApiVersions,
): Request<readonly FetchedPartition[]> {
  const apiVersion = versionOf(versions, API_KEY, HIGHEST);
  return {
    apiKey: API_KEY,
    apiName: "Fetch",
    apiVersion,
    write: (writer) => {
      writer.int32(CONSUMER).int32(limits.maxWaitMs).int32(limits.minBytes);
      if (apiVersion >= 3) writer.int32(limits.maxBytes);
      if (apiVersion >= 4) writer.int8(limits.readCommitted ? 1 : 0);
      if (apiVersion >= 7) writer.int32(0).int32(NO_SESSION);
      writer.array(byTopic(positions), ([topic, partitions]) => {
        writer.string(topic).array(partitions, ({ partition, offset }) => {
          writer.int32(partition);
          if (apiVersion >= 9) writer.int32(NO_EPOCH);
          writer.int64(offset);
          if (apiVersion >= 5) writer.int64(-1);
          writer.int32(limits.maxPartitionBytes);
        });
      });
      if (apiVersion >= 7) writer.int32(0);
      if (apiVersion >= 11) writer.string("");
    },
    read: (answer) => readAnswer(answer, apiVersion),
  };
}

function readAnswer(bytes: Uint8Array, version: number): readonly FetchedPartition[] {
  const cursor = new ByteCursor();
  cursor.place(bytes, 0, bytes.length);
  if (version >= 1) cursor.int32();
  const errorCode = version >= 7 ? cursor.int16() : 0;
  if (version >= 7) cursor.int32();
  const partitions = cursor.array(() => {
    const topic = cursor.string();
    return cursor.array(() => readPartition(cursor, topic, version, errorCode));
  });
  return partitions.flat();
}

function readPartition(
  cursor: ByteCursor,
  topic: string,
  version: number,
  requestErrorCode: number,
): FetchedPartition {
  const partition = cursor.int32();
  const errorCode = cursor.int16() || requestErrorCode;
  const highWatermark = cursor.int64();
  if (version >= 4) cursor.int64();
  if (version >= 5) cursor.int64();
  const aborted =
    version >= 4 ? cursor.array(() => ({ producerId: cursor.int64(), firstOffset: cursor.int64() })) : [];
  if (version >= 11) cursor.int32();
  const length = Math.max(0, cursor.int32());
  const start = cursor.at;
  cursor.at = start + length;
  const end = Math.min(cursor.at, cursor.end);
  return { topic, partition, errorCode, highWatermark, aborted, bytes: cursor.bytes, start, end };
}
