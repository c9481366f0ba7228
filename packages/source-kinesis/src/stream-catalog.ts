import { attempt } from "./attempts.js";
import type { HashKeyRange, Shard } from "./kinesis-client.js";
import type { ReaderContext } from "./shard-reader.js";

const EVERY_KEY: HashKeyRange = { first: 0n, last: 2n ** 128n - 1n };
/** What the service keeps records for where nothing else was set. */
const DEFAULT_RETENTION_MS = 24 * 3_600_000;

/** The shards of a stream, as they were listed last. */
export class StreamCatalog {
  readonly stream: string;
  private readonly context: ReaderContext;
  private listed: readonly Shard[] = [];
  private byId: ReadonlyMap<string, Shard> = new Map();
  private retention: Promise<number> | undefined;

  constructor(context: ReaderContext, stream: string) {
    this.context = context;
    this.stream = stream;
  }

  get shards(): readonly Shard[] {
    return this.listed;
  }

  /** Lists the shards anew; true where something has changed. */
  async refresh(): Promise<boolean> {
    const { client } = this.context;
    const shards = await attempt(this.context, this.stream, "list the shards", () =>
      client.listShards(this.stream),
    );
    const textOf = (all: readonly Shard[]): string => all.map((s) => `${s.shardId}${s.isClosed}`).join();
    const hasChanged = textOf(shards) !== textOf(this.listed);
    this.listed = shards;
    this.byId = new Map(shards.map((shard) => [shard.shardId, shard]));
    return hasChanged;
  }

  isClosed(shardId: string): boolean {
    return this.byId.get(shardId)?.isClosed ?? false;
  }

  hashKeys(shardId: string): HashKeyRange {
    return this.byId.get(shardId)?.hashKeys ?? EVERY_KEY;
  }

  /** For how long records are kept. Whoever may not ask takes the service's default. */
  retentionMs(): Promise<number> {
    this.retention ??= this.context.client.summary(this.stream).then(
      ({ retentionMs }) => retentionMs,
      () => DEFAULT_RETENTION_MS,
    );
    return this.retention;
  }
}
