import type { FetchLimits } from "../protocol/fetch.js";
import type { KafkaProperties } from "./kafka-properties.js";

/** How ranges are read. */
export interface FetchSettings extends FetchLimits {
  readonly checkCrcs: boolean;
  /** What stands in for `maxPartitionBytes` where one range alone is read that is many times as long. */
  readonly longRangeBytes: number;
}

const PARTITION_BYTES = 1_048_576;
/** A broker cuts an answer off within a batch, which is sent again, and each request has its price: both are a fourth as much so. */
const LONG_RANGE_BYTES = 4_194_304;

/** `fetch.min.bytes`, `fetch.max.bytes`, `max.partition.fetch.bytes`, `fetch.max.wait.ms`, `isolation.level`, `check.crcs`, with Kafka's defaults; long ranges are read in pieces of 4 MiB unless told. */
export function fetchSettings(properties: KafkaProperties): FetchSettings {
  const isolation = properties.choice(
    "isolation.level",
    ["read_uncommitted", "read_committed"],
    "read_uncommitted",
  );
  const partitionBytes = "max.partition.fetch.bytes";
  const maxPartitionBytes = properties.integer(partitionBytes, PARTITION_BYTES, 1);
  return {
    minBytes: properties.integer("fetch.min.bytes", 1, 0),
    maxBytes: properties.integer("fetch.max.bytes", 52_428_800, 1),
    maxPartitionBytes,
    longRangeBytes: properties.get(partitionBytes) === undefined ? LONG_RANGE_BYTES : maxPartitionBytes,
    maxWaitMs: properties.integer("fetch.max.wait.ms", 500, 0),
    checkCrcs: properties.boolean("check.crcs", true),
    readCommitted: isolation === "read_committed",
  };
}
