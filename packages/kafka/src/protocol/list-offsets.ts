import { ByteCursor } from "./byte-cursor.js";
import { type ApiVersions, byTopic, type Request, versionOf } from "./request.js";

const API_KEY = 2;
/** From version 5 on a leader that may not know the end yet says so; the last version without compact types. */
const HIGHEST = 5;
const NO_EPOCH = -1;
const CONSUMER = -1;

/** In the place of a time: the first offset that is there. */
export const EARLIEST = -2;
/** In the place of a time: behind the last one; of committed transactions where the isolation asks for it. */
export const LATEST = -1;

/** Which offset of a partition is wanted: the first one at or after a time in milliseconds, {@link EARLIEST} or {@link LATEST}. */
export interface OffsetQuery {
  readonly topic: string;
  readonly partition: number;
  readonly timestamp: number;
}

/** A broker's answer for one partition; `offset` is -1 where no record is as late as the time. */
export interface ListedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly offset: number;
}

/** Asks a broker for offsets of partitions that it leads. */
export function listOffsetsRequest(
  queries: readonly OffsetQuery[],
  readCommitted: boolean,
  versions: ApiVersions,
): Request<readonly ListedOffset[]> {
  const apiVersion = versionOf(versions, API_KEY, HIGHEST);
  return {
    apiKey: API_KEY,
    apiName: "ListOffsets",
    apiVersion,
    write: (writer) => {
      writer.int32(CONSUMER);
      if (apiVersion >= 2) writer.int8(readCommitted ? 1 : 0);
      writer.array(byTopic(queries), ([topic, partitions]) => {
        writer.string(topic).array(partitions, ({ partition, timestamp }) => {
          writer.int32(partition);
          if (apiVersion >= 4) writer.int32(NO_EPOCH);
          writer.int64(timestamp);
        });
      });
    },
    read: (answer) => {
      const cursor = new ByteCursor();
      cursor.place(answer, 0, answer.length);
      if (apiVersion >= 2) cursor.int32();
      return cursor
        .array(() => {
          const topic = cursor.string();
          return cursor.array(() => readOffset(cursor, topic, apiVersion));
        })
        .flat();
    },
  };
}

function readOffset(cursor: ByteCursor, topic: string, version: number): ListedOffset {
  const partition = cursor.int32();
  const errorCode = cursor.int16();
  cursor.int64();
  const offset = cursor.int64();
  if (version >= 4) cursor.int32();
  return { topic, partition, errorCode, offset };
}
