import type { FetchLimits } from "../protocol/fetch.js";
import type { KafkaProperties } from "./kafka-properties.js";

/** How ranges are read. */
export interface FetchSettings extends FetchLimits {
  readonly checkCrcs: boolean;
}

/** `fetch.min.bytes`, `fetch.max.bytes`, `max.partition.fetch.bytes`, `fetch.max.wait.ms`, `isolation.level`, `check.crcs`, with Kafka's defaults. */
export function fetchSettings(properties: KafkaProperties): FetchSettings {
  const isolation = properties.choice(
    "isolation.level",
    ["read_uncommitted", "read_committed"],
    "read_uncommitted",
  );
  return {
    minBytes: properties.integer("fetch.min.bytes", 1, 0),
    maxBytes: properties.integer("fetch.max.bytes", 52_428_800, 1),
    maxPartitionBytes: properties.integer("max.partition.fetch.bytes", 1_048_576, 1),
    maxWaitMs: properties.integer("fetch.max.wait.ms", 500, 0),
    checkCrcs: properties.boolean("check.crcs", true),
    readCommitted: isolation === "read_committed",
  };
}
