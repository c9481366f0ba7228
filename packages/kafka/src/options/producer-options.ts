import { CODECS } from "../records/record-codec.js";
import { invalidProperty, type KafkaProperties, unsupportedProperty } from "./kafka-properties.js";

/** How records are sent. Times are in milliseconds. */
export interface ProducerSettings {
  readonly acks: -1 | 0 | 1;
  /** Whether the brokers count batches, so that one that is sent twice is taken once. */
  readonly idempotent: boolean;
  /** The number of the codec in the attributes of batches. */
  readonly codec: number;
  /** Bytes of records, uncompressed, at which a batch is closed. */
  readonly batchBytes: number;
  /** What a request, and with it a record, may have at most. */
  readonly maxRequestBytes: number;
  /** Bytes of records that may be here: in batches that are open, and in those that wait for their delivery. */
  readonly bufferBytes: number;
  readonly retries: number;
  readonly deliveryTimeoutMs: number;
  /** How long the leader waits for its replicas. */
  readonly replicaTimeoutMs: number;
  /** How long calls wait for topics, coordinators and answers of theirs. */
  readonly blockTimeoutMs: number;
  /** How old the number of a topic's partitions may be. */
  readonly metadataAgeMs: number;
  readonly transactionTimeoutMs: number;
}

/** Rows come by the thousand, so that larger batches than Kafka's 16 KiB cost no time to wait for. */
const BATCH_BYTES = 262_144;
/** Below the limit that brokers have unless told, 15 minutes. */
const TRANSACTION_TIMEOUT_MS = 600_000;
const INT32_MAX = 0x7fffffff;

/**
 * `acks`, `enable.idempotence`, `compression.type`, `batch.size`, `max.request.size`, `buffer.memory`, `retries`, `delivery.timeout.ms`,
 * `max.block.ms`, `metadata.max.age.ms` and `transaction.timeout.ms`, with Kafka's defaults but for `batch.size` (256 KiB) and
 * `transaction.timeout.ms` (10 minutes). `isTransactional`: what transactions need is there, or an error.
 */
export function producerSettings(properties: KafkaProperties, isTransactional: boolean): ProducerSettings {
  const acks = { all: -1, "-1": -1, "0": 0, "1": 1 } as const;
  const level = acks[properties.choice("acks", ["all", "-1", "0", "1"], "all")];
  const retries = properties.integer("retries", INT32_MAX);
  // one request of a partition is under way at a time, which any number allows
  properties.integer("max.in.flight.requests.per.connection", 5, 1);
  const canBeIdempotent = level === -1 && retries > 0;
  const idempotent = properties.boolean("enable.idempotence", canBeIdempotent);
  if (idempotent && !canBeIdempotent)
    throw invalidProperty("enable.idempotence", "true", "false, or go with acks=all and retries above 0");
  if (isTransactional && !idempotent)
    throw unsupportedProperty(
      "enable.idempotence",
      "false",
      "Exactly-once delivery needs kafka.acks=all, kafka.retries above 0 and kafka.enable.idempotence=true.",
    );
  for (const name of ["partitioner.class", "partitioner.ignore.keys"]) {
    const value = properties.get(name);
    if (value !== undefined && value.toLowerCase() !== "false")
      throw unsupportedProperty(name, value, "Give the rows a column 'partition' instead.");
  }
  return {
    acks: level,
    idempotent,
    codec: CODECS[properties.choice("compression.type", ["none", "gzip", "snappy", "lz4", "zstd"], "none")],
    batchBytes: properties.integer("batch.size", BATCH_BYTES),
    maxRequestBytes: properties.integer("max.request.size", 1_048_576, 1),
    bufferBytes: properties.long("buffer.memory", 33_554_432, 1),
    retries,
    deliveryTimeoutMs: properties.integer("delivery.timeout.ms", 120_000, 1),
    replicaTimeoutMs: properties.integer("request.timeout.ms", 30_000, 1),
    blockTimeoutMs: properties.long("max.block.ms", 60_000),
    metadataAgeMs: properties.long("metadata.max.age.ms", 300_000),
    transactionTimeoutMs: properties.integer("transaction.timeout.ms", TRANSACTION_TIMEOUT_MS, 1),
  };
}
