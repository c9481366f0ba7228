import {
  type Options,
  type Plugin,
  type ReadLimit,
  type ReadRequest,
  type Source,
  type SourceProvider,
  type SourceSpec,
  type Table,
  type WorkerForm,
  workerModule,
} from "@ss/core";
import { checkSessionSettings, illegalArgument } from "@ss/kafka";
import { checkBoundsOfBatch, checkBoundsOfStream, endingBound, startingBound } from "./options/bounds.js";
import { readSettings } from "./options/read-options.js";
import type { TopicChoice } from "./options/topics.js";
import { KafkaSource } from "./stream/kafka-source.js";
import { KafkaTable } from "./table/kafka-table.js";

const MAX_TRIGGER_DELAY_MS = 15 * 60_000;
/** Options about batches of a stream. */
const OF_STREAMS = ["maxOffsetsPerTrigger", "minOffsetsPerTrigger", "maxTriggerDelay", "targetBatchDuration"];

/** Offsets by partition: `{ clicks: { 0: 12, 1: -1 } }`; -1 is the end, -2 the beginning. */
export type OffsetsByPartition = Readonly<Record<string, Readonly<Record<number, number>>>>;

/** What {@link kafka} takes. Names and defaults are Spark's. */
export interface KafkaReadOptions {
  /** `host:port` of one or more brokers. */
  readonly servers: string | readonly string[];
  /** Topics to read; exactly one of `subscribe`, `subscribePattern` and `assign` is given. */
  readonly subscribe?: string | readonly string[];
  /** A regular expression for whole names of topics; topics that come later and match are read from their beginning. */
  readonly subscribePattern?: string | RegExp;
  /** Partitions by topic. */
  readonly assign?: Readonly<Record<string, readonly number[]>>;
  /** Where a new query begins; streams `latest`, batch reads `earliest` by default. A query that goes on does so from its checkpoint. */
  readonly startingOffsets?: "earliest" | "latest" | OffsetsByPartition;
  /** The first record at or after a time in milliseconds since 1970, in the place of `startingOffsets`. */
  readonly startingTimestamp?: number;
  readonly startingOffsetsByTimestamp?: OffsetsByPartition;
  /** What to do where no record is as late as the time; default `error`. */
  readonly startingOffsetsByTimestampStrategy?: "error" | "latest";
  /** Where a batch read ends; default `latest`. */
  readonly endingOffsets?: "latest" | OffsetsByPartition;
  readonly endingTimestamp?: number;
  readonly endingOffsetsByTimestamp?: OffsetsByPartition;
  /** Whether records that are gone fail the query (KAFKA_DATA_LOSS); default true. Else they are passed over with a warning. */
  readonly failOnDataLoss?: boolean;
  /** Records that a batch takes at most, in proportion to what the partitions have. */
  readonly maxOffsetsPerTrigger?: number;
  /** Records for which a batch waits, for at most `maxTriggerDelay`. */
  readonly minOffsetsPerTrigger?: number;
  /** Default 15 minutes. */
  readonly maxTriggerDelay?: string;
  /**
   * How long a batch should last, such as `500 ms`: it takes as many records of a backlog as that allows by the batches before it, and at most
   * `maxOffsetsPerTrigger`. Default: no such aim.
   */
  readonly targetBatchDuration?: string;
  /** Parts to read a range in at least, where there are fewer partitions. */
  readonly minPartitions?: number;
  readonly maxRecordsPerPartition?: number;
  /** Adds the column `headers`; default false. */
  readonly includeHeaders?: boolean;
  /**
   * How records are read: `fetch` (the default) by requests whose answers become columns as they are, `consumer` by consumers of kafkajs, which
   * is slower and gives the same rows.
   */
  readonly recordReader?: "fetch" | "consumer";
  /**
   * Whether what a stream has read is committed to a consumer group after each batch, for tools that show how far behind groups are;
   * default false. The group is `group.id` of `properties`, or one of the query's own.
   */
  readonly commitOffsets?: boolean;
  /** What the name of a query's own group begins with; default `spark-kafka-source`. */
  readonly groupIdPrefix?: string;
  /** Properties of Kafka's consumer by their own names, such as `{ "isolation.level": "read_committed" }`. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Brings the format `kafka` for reading.
 *
 * @example
 * ```ts
 * const spark = await SparkSession.builder().use(kafkaSource()).getOrCreate();
 * const clicks = spark.readStream.format("kafka")
 *   .option("kafka.bootstrap.servers", "localhost:9092")
 *   .option("subscribe", "clicks")
 *   .load()
 *   .selectExpr("CAST(value AS STRING) AS click");
 * ```
 */
export function kafkaSource(): Plugin {
  return { name: "@ss/source-kafka", sources: [provider] };
}

/** Topics as a value: `readStream.from(kafka({ servers: "localhost:9092", subscribe: "clicks" }))`. */
export function kafka(options: KafkaReadOptions): SourceSpec {
  const { servers, properties, subscribe, subscribePattern, ...rest } = options;
  const own = Object.entries(properties ?? {}).map(([name, value]) => [`kafka.${name}`, value]);
  const plain = Object.entries(rest).map(([name, value]) => [
    name,
    typeof value === "object" ? JSON.stringify(value) : value,
  ]);
  const pattern = subscribePattern instanceof RegExp ? sourceOf(subscribePattern) : subscribePattern;
  return {
    format: "kafka",
    options: {
      ...Object.fromEntries([...own, ...plain]),
      "kafka.bootstrap.servers": listOf(servers),
      ...(subscribe === undefined ? {} : { subscribe: listOf(subscribe) }),
      ...(pattern === undefined ? {} : { subscribePattern: pattern }),
    },
  };
}

/** The option is a text, which has no place for flags. */
function sourceOf({ source, flags }: RegExp): string {
  if (/[^dguy]/.test(flags))
    throw illegalArgument(
      `The option 'subscribePattern' is /${source}/${flags}, but takes no flags: write what they mean into the expression.`,
    );
  return source;
}

function listOf(names: string | readonly string[]): string {
  return typeof names === "string" ? names : names.join(",");
}

const provider: SourceProvider = {
  names: ["kafka"],
  fixedSchema: true,
  async stream({ options, session }: ReadRequest): Promise<Source> {
    checkSessionSettings(session);
    checkBoundsOfStream(options);
    const read = readSettings(options, session.warn);
    return new KafkaSource({
      read,
      start: startingBound(options, "latest"),
      readLimit: readLimitOf(options),
      description: `KafkaV2[${describe(read.topics)}]`,
      warn: warner(session.warn),
      worker: workerForm(options),
    });
  },
  async table({ options, session }: ReadRequest): Promise<Table> {
    checkSessionSettings(session);
    const read = readSettings(options, session.warn);
    const start = startingBound(options, "earliest");
    const end = endingBound(options);
    checkBoundsOfBatch(start, end);
    if (read.commitOffsets) throw illegalArgument("commitOffsets not valid in batch queries.");
    const ignored = OF_STREAMS.filter((name) => options.has(name));
    if (ignored.length > 0)
      session.warn?.(`These options are ignored in batch queries: ${ignored.join(", ")}.`);
    const description = `KafkaV2[${describe(read.topics)}]`;
    return new KafkaTable({
      read,
      start,
      end,
      description,
      warn: warner(session.warn),
      worker: workerForm(options),
    });
  },
};

function warner(warn: ((message: string) => void) | undefined): (message: string) => void {
  return warn ?? (() => {});
}

function workerForm(options: Options): WorkerForm | undefined {
  const module = workerModule(import.meta.url, "@ss/source-kafka", "worker.js");
  if (module === undefined) return undefined;
  return { module, export: "kafkaReader", options: Object.fromEntries(options.pairs()) };
}

/** As Spark's reports name a Kafka source. */
function describe(topics: TopicChoice): string {
  switch (topics.kind) {
    case "assign":
      return `Assign[${[...topics.partitions].flatMap(([topic, numbers]) => numbers.map((number) => `${topic}-${number}`)).join(", ")}]`;
    case "subscribe":
      return `Subscribe[${topics.topics.join(", ")}]`;
    case "subscribePattern":
      return `SubscribePattern[${topics.pattern}]`;
  }
}

function readLimitOf(options: Options): ReadLimit {
  const max = options.optionalInteger("maxOffsetsPerTrigger", 1);
  const min = options.optionalInteger("minOffsetsPerTrigger", 1);
  const maxDelayMs = options.durationMs("maxTriggerDelay", MAX_TRIGGER_DELAY_MS);
  const limits: ReadLimit[] = [];
  if (min !== undefined) limits.push({ kind: "minRows", rows: min, maxDelayMs });
  // a limit that the source lowers as it learns; the trigger `once`, which takes everything, passes none
  const most = options.has("targetBatchDuration") ? Number.MAX_SAFE_INTEGER : undefined;
  const rows = max ?? most;
  if (rows !== undefined) limits.push({ kind: "maxRows", rows });
  if (limits.length === 0) return { kind: "allAvailable" };
  return limits.length === 1 ? limits[0]! : { kind: "composite", limits };
}
