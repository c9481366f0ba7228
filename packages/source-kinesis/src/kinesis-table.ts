import {
  type Batch,
  type Clock,
  type Partition,
  type ScanRequest,
  SharedResource,
  StreamError,
  type StructType,
  type Table,
} from "@ss/core";
import { dataLoss, lossText, requestFailed } from "./errors.js";
import type { InitialPosition } from "./initial-position.js";
import { faultOf, type KinesisClient } from "./kinesis-client.js";
import type { ShardPosition } from "./position.js";
import { KINESIS_SCHEMA, RecordRows } from "./record-rows.js";
import { opened } from "./shard-buffer.js";
import { withDescendants } from "./shard-graph.js";
import { isAtTip, type ReadPace, ShardReader } from "./shard-reader.js";
import { StreamCatalog } from "./stream-catalog.js";

/** What a {@link KinesisTable} is made from. */
export interface KinesisTableSettings {
  readonly streams: readonly string[];
  readonly initialPosition: InitialPosition;
  readonly failOnDataLoss: boolean;
  readonly pace: ReadPace;
  readonly connect: () => Promise<KinesisClient>;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** What is read of a shard: from a place on, at least what was there at a time. Whole numbers of 128 bits are text. */
interface ShardPart {
  readonly stream: string;
  readonly shardId: string;
  readonly from: ShardPosition;
  readonly plannedMs: number;
  readonly firstKey: string;
  readonly lastKey: string;
}

const TO_THE_END: ShardPosition = { type: "SHARD_END" };

/** By how much the clock of the service may be ahead of the one here: it takes no requests that were signed at a time further away. */
const CLOCKS_APART_MS = 300_000;

/**
 * The records of streams from the starting position on, all that are there when a query is planned. The service does not tell where a shard ends
 * before it is read: the read of a shard ends behind the newest record, or, where they come faster than they are read, at one that has surely
 * come after the query was planned. So some that came later may be read too.
 */
export class KinesisTable implements Table {
  readonly description: string;
  readonly schema: StructType = KINESIS_SCHEMA;
  private readonly settings: KinesisTableSettings;
  private readonly client: SharedResource<KinesisClient>;

  constructor(settings: KinesisTableSettings) {
    this.settings = settings;
    this.client = new SharedResource(settings.connect, async (client) => client.close());
    this.description = `KinesisTable[${settings.streams.join(",")}]`;
  }

  plan(): Promise<readonly Partition[]> {
    return this.client.use(async (client) => {
      const { streams, clock, pace } = this.settings;
      const context = { client, clock, pace, signal: new AbortController().signal };
      const plannedMs = clock.now();
      const parts: ShardPart[] = [];
      for (const stream of streams) {
        const catalog = new StreamCatalog(context, stream);
        await catalog.refresh();
        for (const [shardId, from] of this.beginnings(catalog)) {
          // the service would have to be waited for
          if (from.type === "AT_TIMESTAMP" && from.timestamp > plannedMs) continue;
          const { first, last } = catalog.hashKeys(shardId);
          parts.push({ stream, shardId, from, plannedMs, firstKey: String(first), lastKey: String(last) });
        }
      }
      return parts as unknown as readonly Partition[];
    });
  }

  async *read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const part = partition as unknown as ShardPart;
    const client = await this.client.take();
    try {
      yield* this.rows(client, part, scan, signal);
    } finally {
      await this.client.give();
    }
  }

  release(): Promise<void> {
    return this.client.release();
  }

  private async *rows(
    client: KinesisClient,
    { stream, shardId, from, plannedMs, firstKey, lastKey }: ShardPart,
    scan: ScanRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Batch> {
    const { clock, pace } = this.settings;
    const hashKeys = { first: BigInt(firstKey), last: BigInt(lastKey) };
    const rows = new RecordRows(scan.columns, stream, shardId);
    const missing = async (reason: string): Promise<void> => this.lose(stream, shardId, reason);
    const context = { client, clock, signal, pace };
    const reader = new ShardReader(context, stream, shardId, startOf(from), missing);
    for (;;) {
      const chunk = await reader.next().catch((error: unknown) => {
        if (faultOf(error) === "gone") return null;
        if (StreamError.is(error) || signal.aborted) throw error;
        throw requestFailed(stream, `read the shard ${shardId}`, error, false);
      });
      if (chunk === null) return this.lose(stream, shardId, "the shard is there no more");
      const { records, isEnd } = chunk;
      yield* rows.batches(
        records.map((record) => opened(record, hashKeys)),
        from,
        TO_THE_END,
      );
      if (isEnd || isAtTip(chunk, pace)) return;
      if ((records.at(-1)?.arrivalMs ?? 0) > plannedMs + CLOCKS_APART_MS) return;
    }
  }

  /** Where each shard begins that may have records behind the starting position, in the order of their ids. */
  private beginnings({ stream, shards }: StreamCatalog): readonly (readonly [string, ShardPosition])[] {
    const { initialPosition } = this.settings;
    switch (initialPosition.type) {
      case "LATEST":
        return [];
      case "OFFSET":
        return Object.entries(withDescendants(initialPosition.offset[stream] ?? {}, shards)).filter(
          ([, { type }]) => type !== "SHARD_END",
        );
      default:
        return shards.map(({ shardId }) => [shardId, initialPosition] as const);
    }
  }

  private lose(stream: string, shardId: string, reason: string): void {
    if (this.settings.failOnDataLoss) throw dataLoss(stream, shardId, reason);
    this.settings.warn(lossText(stream, shardId, reason));
  }
}

/** A shard that has ended has no part. */
function startOf(from: ShardPosition): Exclude<ShardPosition, { type: "SHARD_END" }> {
  return from.type === "SHARD_END" ? { type: "TRIM_HORIZON" } : from;
}
