import { batchGrowth, fileGrowth } from "./batch-growth.js";
import { growth } from "./growth.js";
import { hostManners } from "./host-manners.js";
import { kafkaThroughput } from "./kafka/kafka.js";
import { kafkaLatency } from "./kafka/latency.js";
import { latency } from "./latency.js";
import type { Measure } from "./measure.js";
import { memory } from "./memory.js";
import { startup } from "./startup.js";
import { stateGrowth } from "./state-growth.js";

/** Everything that is measured beside throughput, by name. */
export const MEASURES: ReadonlyMap<string, Measure> = new Map(
  [
    startup,
    latency,
    hostManners,
    growth,
    batchGrowth,
    fileGrowth,
    stateGrowth,
    memory,
    kafkaThroughput,
    kafkaLatency,
  ].map((measure) => [measure.name, measure]),
);
