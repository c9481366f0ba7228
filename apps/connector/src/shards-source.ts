import {
  BATCH_ROWS,
  type Batch,
  batchFromRows,
  type Offset,
  type Partition,
  parseDdl,
  type ReadLimit,
  type ScanRequest,
  type Source,
  StructType,
} from "@ss/core";

/** A number of rows for each shard. */
export type Positions = Readonly<Record<string, number>>;

/** A log that is kept in shards, as the client of a message service shows it. */
export interface ShardedLog {
  readonly name: string;
  /** How many rows each shard has by now. */
  sizes(): Promise<Positions>;
  rows(shard: string, from: number, to: number, signal: AbortSignal): Promise<readonly string[]>;
}

/** Several shards, some rows of each a batch. An offset says of each shard how many rows of it were read. */
export class ShardsSource implements Source {
  readonly description: string;
  readonly schema: StructType = parseDdl("shard STRING, position BIGINT, value STRING");
  readonly replayable = true;
  readonly readLimit: ReadLimit;
  private readonly log: ShardedLog;
  private pinned: Positions | undefined;

  constructor(log: ShardedLog, maxRowsPerTrigger?: number) {
    this.log = log;
    this.description = `ShardsSource[${log.name}]`;
    this.readLimit =
      maxRowsPerTrigger === undefined
        ? { kind: "allAvailable" }
        : { kind: "maxRows", rows: maxRowsPerTrigger };
  }

  async open(): Promise<void> {}

  async initialOffset(): Promise<Offset | null> {
    return {};
  }

  async latestOffset(start: Offset | null, limit: ReadLimit): Promise<Offset | null> {
    const from = (start ?? {}) as Positions;
    const sizes = this.pinned ?? (await this.log.sizes());
    const waiting = Object.entries(sizes)
      .map(([shard, size]) => ({ shard, rows: size - (from[shard] ?? 0) }))
      .filter(({ rows }) => rows > 0)
      .sort((a, b) => a.rows - b.rows);
    let room = limit.kind === "maxRows" ? limit.rows : Number.POSITIVE_INFINITY;
    const end = new Map(Object.entries(from));
    for (const [k, { shard, rows }] of waiting.entries()) {
      // an equal share of what is left: what a short shard leaves of its own is for the longer ones
      const taken = Math.min(rows, Math.ceil(room / (waiting.length - k)));
      if (taken > 0) end.set(shard, (from[shard] ?? 0) + taken);
      room -= taken;
    }
    // always in the same order: offsets are the same position if they print the same
    return Object.fromEntries([...end].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async prepareForAvailableNow(): Promise<void> {
    this.pinned = await this.log.sizes();
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    const before = (start ?? {}) as Positions;
    return Object.entries(end as Positions)
      .map(([shard, to]) => ({ shard, from: before[shard] ?? 0, to }))
      .filter(({ from, to }) => from < to);
  }

  async *read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const { shard, from, to } = partition as { shard: string; from: number; to: number };
    const wanted = new StructType(scan.columns.map((name) => this.schema.field(name)));
    for (let at = from; at < to; at += BATCH_ROWS) {
      const values = await this.log.rows(shard, at, Math.min(to, at + BATCH_ROWS), signal);
      const rows = values.map((value, k) => {
        const row = { shard, position: BigInt(at + k), value };
        return scan.columns.map((name) => row[name as keyof typeof row]);
      });
      yield batchFromRows(wanted, rows);
    }
  }

  async commit(): Promise<void> {}

  async close(): Promise<void> {}
}
