import {
  type Offset,
  Options,
  type ReadLimit,
  rowsOf,
  type Source,
  type SourceLog,
  sameOffset,
} from "@ss/core";
import type { VirtualClock } from "@ss/testkit";
import { KinesisSource } from "../src/kinesis-source.js";
import { readSettings } from "../src/plugin.js";
import type { FakeKinesis } from "./fake-kinesis.js";

/** The folder of a source in the checkpoint, in memory. */
export class MemoryLog implements SourceLog {
  readonly entries: Map<string, Uint8Array> = new Map();

  async list(): Promise<string[]> {
    return [...this.entries.keys()];
  }
  async read(name: string): Promise<Uint8Array | null> {
    return this.entries.get(name) ?? null;
  }
  async add(name: string, bytes: Uint8Array): Promise<void> {
    this.entries.set(name, bytes);
  }
  async delete(name: string): Promise<void> {
    this.entries.delete(name);
  }
}

/** A source on a fake stream. */
export function sourceOn(
  fake: FakeKinesis,
  options: Readonly<Record<string, unknown>> = {},
  warn: (message: string) => void = () => {},
): KinesisSource {
  const all = new Options({ streamName: fake.name, initialPosition: "trim_horizon", ...options });
  return new KinesisSource({ ...readSettings(all, "UTC", async () => fake), warn });
}

/** A query that reads a source, with a checkpoint that outlives it. */
export class QueryRun {
  readonly source: Source;
  readonly log: MemoryLog;
  offset: Offset | null = null;
  private readonly clock: VirtualClock;
  private readonly stopping = new AbortController();

  private constructor(source: Source, clock: VirtualClock, log: MemoryLog) {
    this.source = source;
    this.clock = clock;
    this.log = log;
  }

  static async start(
    source: Source,
    clock: VirtualClock,
    log: MemoryLog = new MemoryLog(),
    offset: Offset | null = null,
  ): Promise<QueryRun> {
    const run = new QueryRun(source, clock, log);
    await source.open({ log, clock, signal: run.stopping.signal });
    run.offset = offset ?? (await source.initialOffset());
    return run;
  }

  /** The rows of one batch as text, none if nothing came within some time. */
  async batch(limit: ReadLimit = this.source.readLimit, waitMs = 3000): Promise<string[]> {
    const end = await this.end(limit, waitMs);
    const rows = await this.rows(this.offset, end);
    this.offset = end;
    await this.source.commit(end);
    return rows;
  }

  /** The rows of all batches until nothing comes within some time. */
  async drain(limit: ReadLimit = this.source.readLimit): Promise<string[]> {
    const rows: string[] = [];
    for (let before: Offset | null = null; !sameOffset(before, this.offset); ) {
      before = this.offset;
      rows.push(...(await this.batch(limit)));
    }
    return rows;
  }

  async end(limit: ReadLimit = this.source.readLimit, waitMs = 3000): Promise<Offset> {
    for (let waited = 0; ; waited += 100) {
      const end = (await this.awaited(this.source.latestOffset(this.offset, limit)))!;
      if (!sameOffset(end, this.offset) || waited >= waitMs) return end;
      await this.clock.advance(100);
    }
  }

  /** The data of a range as text. */
  async rows(start: Offset | null, end: Offset): Promise<string[]> {
    const rows: string[] = [];
    const scan = { columns: ["data"], predicates: [] };
    for (const partition of await this.source.plan(start, end)) {
      await this.awaited(this.collect(partition, scan, rows));
    }
    return rows;
  }

  /** What a promise gives that may want time to pass. */
  async awaited<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = (): void => {
      isSettled = true;
    };
    promise.then(settled, settled);
    await this.clock.advance(0);
    while (!isSettled) await this.clock.advance(100);
    return promise;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.source.close();
  }

  private async collect(
    partition: Parameters<Source["read"]>[0],
    scan: Parameters<Source["read"]>[1],
    rows: string[],
  ): Promise<void> {
    for await (const batch of this.source.read(partition, scan, this.stopping.signal))
      rows.push(...rowsOf(batch).map(([data]) => Buffer.from(data as Uint8Array).toString()));
  }
}
