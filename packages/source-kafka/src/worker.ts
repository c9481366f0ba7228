// What worker threads import: see WorkerForm of @ss/core.
import {
  type Batch,
  type Json,
  Options,
  type Partition,
  type PartitionReader,
  type ScanRequest,
  systemClock,
  type WorkerContext,
} from "@ss/core";
import { readSettings } from "./options/read-options.js";
import { groupOf } from "./reading/plan-ranges.js";
import { RangeReader } from "./reading/range-reader.js";
import { recordClient } from "./reading/record-client.js";

/** Reads ranges over connections of the worker's own, which live as long as the query. */
export function kafkaReader(options: Json, { warn }: WorkerContext): PartitionReader {
  const settings = readSettings(new Options(options as Record<string, string>), undefined);
  const client = recordClient(settings);
  const context = { client, clock: systemClock, warn };
  return {
    close: () => client.close(),
    read: (partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> =>
      new RangeReader(groupOf(partition), scan.columns, settings, context, signal).batches(),
  };
}
