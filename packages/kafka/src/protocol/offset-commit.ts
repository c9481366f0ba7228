import type { FetchPosition } from "./fetch.js";
import { type ApiVersions, byTopic, cursorOf, type Request, versionOf } from "./request.js";

const API_KEY = 8;
/** Later ones add what only members of a group have. */
const HIGHEST = 5;
const NO_GENERATION = -1;
const NO_MEMBER = "";
const DEFAULT_RETENTION = -1;

/** Makes offsets those of a group that has no members. The answer is the error code of each partition. */
export function offsetCommitRequest(
  group: string,
  offsets: readonly FetchPosition[],
  versions: ApiVersions,
): Request<readonly number[]> {
  const apiVersion = versionOf(versions, API_KEY, HIGHEST);
  return {
    apiKey: API_KEY,
    apiName: "OffsetCommit",
    apiVersion,
    write: (writer) => {
      writer.string(group).int32(NO_GENERATION).string(NO_MEMBER);
      if (apiVersion < 5) writer.int64(DEFAULT_RETENTION);
      writer.array(byTopic(offsets), ([topic, partitions]) => {
        writer.string(topic).array(partitions, ({ partition, offset }) => {
          writer.int32(partition).int64(offset).string("");
        });
      });
    },
    read: (answer) => {
      const cursor = cursorOf(answer);
      if (apiVersion >= 3) cursor.int32();
      const topics = cursor.array(() => {
        cursor.string();
        return cursor.array(() => {
          cursor.int32();
          return cursor.int16();
        });
      });
      return topics.flat();
    },
  };
}
