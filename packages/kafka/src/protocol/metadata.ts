import { ByteCursor } from "./byte-cursor.js";
import { type ApiVersions, type Request, versionOf } from "./request.js";

const API_KEY = 3;
const HIGHEST = 4;

/** A broker of the cluster. */
export interface BrokerAddress {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

/** A topic; partitions without a leader have -1 there. */
export interface TopicMetadata {
  readonly topic: string;
  readonly errorCode: number;
  /** Whether it is one of Kafka's own, such as the one of consumer groups. */
  readonly isInternal: boolean;
  readonly partitions: readonly { readonly partition: number; readonly leader: number }[];
}

/** What a broker knows of its cluster. */
export interface ClusterMetadata {
  readonly brokers: readonly BrokerAddress[];
  readonly topics: readonly TopicMetadata[];
}

/** Asks for topics, or, with null, for all of them. `creates`: the broker may create those that are not there, if its settings say so. */
export function metadataRequest(
  topics: readonly string[] | null,
  versions: ApiVersions,
  creates = false,
): Request<ClusterMetadata> {
  const apiVersion = versionOf(versions, API_KEY, HIGHEST);
  // before version 4 a broker may create the topics that it is asked for by name
  const names = apiVersion >= 4 || creates ? topics : null;
  return {
    apiKey: API_KEY,
    apiName: "Metadata",
    apiVersion,
    write: (writer) => {
      if (names === null) writer.int32(-1);
      else writer.array(names, (name) => writer.string(name));
      if (apiVersion >= 4) writer.int8(creates ? 1 : 0);
    },
    read: (answer) => {
      const metadata = readAnswer(answer, apiVersion);
      if (topics === null || names !== null) return metadata;
      return { ...metadata, topics: metadata.topics.filter(({ topic }) => topics.includes(topic)) };
    },
  };
}

function readAnswer(bytes: Uint8Array, version: number): ClusterMetadata {
  const cursor = new ByteCursor();
  cursor.place(bytes, 0, bytes.length);
  if (version >= 3) cursor.int32();
  const brokers = cursor.array(() => ({
    nodeId: cursor.int32(),
    host: cursor.string(),
    port: cursor.int32(),
    rack: cursor.nullableString(),
  }));
  if (version >= 2) cursor.nullableString();
  cursor.int32();
  const topics = cursor.array(() => ({
    errorCode: cursor.int16(),
    topic: cursor.string(),
    isInternal: cursor.int8() !== 0,
    partitions: cursor.array(() => readPartition(cursor)),
  }));
  return { brokers, topics };
}

function readPartition(cursor: ByteCursor): { partition: number; leader: number } {
  cursor.int16();
  const partition = cursor.int32();
  const leader = cursor.int32();
  cursor.array(() => cursor.int32());
  cursor.array(() => cursor.int32());
  return { partition, leader };
}
