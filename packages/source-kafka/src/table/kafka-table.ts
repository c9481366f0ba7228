import {
  type Batch,
  type Partition,
  type ScanRequest,
  SharedResource,
  type StructType,
  systemClock,
  type Table,
  type WorkerForm,
} from "@ss/core";
import { type KafkaClient, type OffsetRange, RECORD_SCHEMA, RECORD_SCHEMA_WITH_HEADERS } from "@ss/kafka";
import { OffsetReader } from "../offsets/offset-reader.js";
import type { OffsetBound } from "../options/bounds.js";
import type { ReadSettings } from "../options/read-options.js";
import { groupOf, partitionOf, planRanges } from "../reading/plan-ranges.js";
import { RangeReader } from "../reading/range-reader.js";
import { recordClient } from "../reading/record-client.js";

/** What a {@link KafkaTable} is made from. */
export interface KafkaTableSettings {
  readonly read: ReadSettings;
  readonly start: OffsetBound;
  readonly end: OffsetBound;
  readonly description: string;
  readonly warn: (message: string) => void;
  readonly worker: WorkerForm | undefined;
  /** Makes clients; the table closes those that it made. */
  readonly connect?: () => KafkaClient;
}

/** The records between two bounds, as they are when a query is planned. */
export class KafkaTable implements Table {
  readonly description: string;
  readonly schema: StructType;
  readonly worker: WorkerForm | undefined;
  private readonly settings: KafkaTableSettings;
  private readonly client: SharedResource<KafkaClient>;

  constructor(settings: KafkaTableSettings) {
    this.settings = settings;
    const connect = settings.connect ?? (() => recordClient(settings.read));
    this.client = new SharedResource(connect, (client) => client.close());
    this.description = settings.description;
    this.worker = settings.worker;
    this.schema = settings.read.includeHeaders ? RECORD_SCHEMA_WITH_HEADERS : RECORD_SCHEMA;
  }

  plan(): Promise<readonly Partition[]> {
    const { read, start, end, warn } = this.settings;
    return this.client.use(async (client) => {
      const { signal } = new AbortController();
      const offsets = new OffsetReader(client, read.topics, read.fetch.readCommitted, warn);
      const from = await offsets.resolve(start, "starting", signal);
      const until = await offsets.resolve(end, "ending", signal);
      const ranges: OffsetRange[] = until.entries().map(([topic, partition, last]) => ({
        topic,
        partition,
        from: from.get(topic, partition) ?? 0,
        until: last,
      }));
      return planRanges(ranges, read).map(partitionOf);
    });
  }

  async *read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const { read, warn } = this.settings;
    const client = await this.client.take();
    try {
      const context = { client, clock: systemClock, warn };
      yield* new RangeReader(groupOf(partition), scan.columns, read, context, signal).batches();
    } finally {
      await this.client.give();
    }
  }

  release(): Promise<void> {
    return this.client.release();
  }
}
