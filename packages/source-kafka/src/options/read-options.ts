import type { Options } from "@ss/core";
import {
  type ClientSettings,
  clientSettings,
  type FetchSettings,
  fetchSettings,
  illegalArgument,
  KafkaProperties,
} from "@ss/kafka";
import { type TopicChoice, topicChoice } from "./topics.js";

/** What reading needs to know, of streams and of batches. */
export interface ReadSettings {
  readonly client: ClientSettings;
  readonly fetch: FetchSettings;
  readonly topics: TopicChoice;
  /** Whether records are read by requests of our own or by consumers of kafkajs. */
  readonly recordReader: "fetch" | "consumer";
  readonly failOnDataLoss: boolean;
  readonly includeHeaders: boolean;
  /** Partitions to make at least of a range, and records that one has at most; 0: no such wish. */
  readonly minPartitions: number;
  readonly maxRecordsPerPartition: number;
  /** How long a range is tried to be read. */
  readonly pollTimeoutMs: number;
  /** How often, and after which pauses, ends are looked for again that lie before what was read. */
  readonly offsetRetries: number;
  readonly offsetRetryMs: number;
  /** How long a batch of a stream should last; 0: as it comes. */
  readonly targetBatchMs: number;
  /** Whether what a stream has read is committed to a consumer group. */
  readonly commitOffsets: boolean;
  /** The group, or null: one of the query's own, of which the name begins with `groupIdPrefix`. */
  readonly groupId: string | null;
  readonly groupIdPrefix: string;
}

/** Properties of Kafka's consumer that would take away what the source does itself, with Spark's advice. */
const REFUSED: Readonly<Record<string, string>> = {
  "auto.offset.reset":
    "user-specified starting offsets are given by the option 'startingOffsets', and new partitions are read from their beginning",
  "key.deserializer": "keys are binary; use casts and functions such as from_json on the column 'key'",
  "value.deserializer": "values are binary; use casts and functions such as from_json on the column 'value'",
  "enable.auto.commit": "offsets are kept in the checkpoint and not committed to Kafka",
  "interceptor.classes": "an interceptor may break the query",
};

/** The options `kafka.*` and those of reading, checked. `warn` gets one message for properties that change nothing. */
export function readSettings(options: Options, warn: ((message: string) => void) | undefined): ReadSettings {
  const topics = topicChoice(options);
  const properties = new KafkaProperties(options);
  for (const name of properties.names)
    if (Object.hasOwn(REFUSED, name))
      throw illegalArgument(`Kafka option '${name}' is not supported: ${REFUSED[name]}.`);
  const recordReader = options.choice("recordReader", ["fetch", "consumer"], "fetch");
  const fetch = fetchSettings(properties);
  const settings: ReadSettings = {
    client: clientSettings(properties, "ss-source-kafka"),
    // a consumer has its sizes for good, and one for each size would be a further group to join
    fetch: recordReader === "consumer" ? { ...fetch, maxPartitionBytes: fetch.longRangeBytes } : fetch,
    topics,
    recordReader,
    failOnDataLoss: options.boolean("failOnDataLoss", true),
    includeHeaders: options.boolean("includeHeaders", false),
    minPartitions: options.integer("minPartitions", 0, 1),
    maxRecordsPerPartition: options.integer("maxRecordsPerPartition", 0, 1),
    pollTimeoutMs: options.durationMs("kafkaConsumer.pollTimeoutMs", 120_000),
    offsetRetries: options.integer("fetchOffset.numRetries", 3, 0),
    targetBatchMs: options.durationMs("targetBatchDuration", 0),
    commitOffsets: options.boolean("commitOffsets", false),
    groupId: properties.get("group.id") ?? null,
    groupIdPrefix: options.get("groupIdPrefix") ?? "spark-kafka-source",
    offsetRetryMs: options.durationMs("fetchOffset.retryIntervalMs", 10),
  };
  const unused = properties.unused();
  if (unused.length > 0)
    warn?.(
      `These options change nothing with the client that reads from Kafka here: ${unused.map((name) => `kafka.${name}`).join(", ")}.`,
    );
  return settings;
}
