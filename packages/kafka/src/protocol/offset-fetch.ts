import { type ApiVersions, cursorOf, type Request, takesVersion } from "./request.js";

const API_KEY = 9;
/** The first version that can ask for stable offsets, which is a flexible one. */
const VERSION = 7;

/** The offsets of a group. */
export interface GroupOffsets {
  /** Of the first thing that went wrong; 0: of nothing. */
  readonly errorCode: number;
  readonly offsets: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
  }[];
}

/** Whether a broker can tell which offsets of a group are stable; Kafka can from 2.5 on. */
export function knowsStableOffsets(versions: ApiVersions): boolean {
  return takesVersion(versions, API_KEY, VERSION);
}

/**
 * Asks for all offsets that a group has committed. Where a transaction that has been decided is about to change one of them, the answer is the
 * error UNSTABLE_OFFSET_COMMIT and not the offset before it.
 */
export function offsetFetchRequest(group: string): Request<GroupOffsets> {
  return {
    apiKey: API_KEY,
    apiName: "OffsetFetch",
    apiVersion: VERSION,
    write: (writer) => {
      writer
        .noTags()
        .compactString(group)
        .compactArray(null, () => {});
      writer.int8(1).noTags();
    },
    read: (answer) => {
      const cursor = cursorOf(answer);
      cursor.skipTags();
      cursor.int32();
      const found = cursor.compactArray(() => {
        const topic = cursor.compactString() ?? "";
        const partitions = cursor.compactArray(() => {
          const partition = cursor.int32();
          const offset = cursor.int64();
          cursor.int32();
          cursor.compactString();
          const errorCode = cursor.int16();
          cursor.skipTags();
          return { topic, partition, offset, errorCode };
        });
        cursor.skipTags();
        return partitions;
      });
      const offsets = found.flat();
      const errorCode = cursor.int16() || (offsets.find((one) => one.errorCode !== 0)?.errorCode ?? 0);
      return { errorCode, offsets };
    },
  };
}
