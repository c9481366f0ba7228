import {
  type BatchRequest,
  type BatchResult,
  type BatchWrite,
  batchFromRows,
  type EventTimeStats,
  memoryStateStoreProvider,
  type PlanContext,
  parseDdl,
  rowsOf,
  type Source,
  type StateFamily,
  type StateStore,
  type StateVersion,
  type StreamPlan,
  valueAt,
} from "../../src/index.js";
import { COUNT_SCHEMA, type SinkTable, TableSink } from "./table-sink.js";

export interface CountPlanOptions {
  readonly sources: readonly Source[];
  readonly tables: readonly SinkTable[];
  /** Watermark delay of each source in seconds. */
  readonly delays: readonly number[];
  readonly context: PlanContext;
  readonly pinnedConf?: Readonly<Record<string, string>>;
  /** Called with each request; may throw or wait. */
  readonly onRun?: (request: BatchRequest) => void | Promise<void>;
}

/**
 * Counts how often each number came, and emits a number with its count once the watermark (both in seconds) has passed it:
 * an aggregation in append mode, by hand.
 */
export class CountPlan implements StreamPlan {
  readonly sources: readonly Source[];
  readonly outputs: StreamPlan["outputs"];
  readonly pinnedConf: Readonly<Record<string, string>>;
  private readonly options: CountPlanOptions;
  private store!: StateStore;
  private counts!: StateFamily;

  constructor(options: CountPlanOptions) {
    this.options = options;
    this.sources = options.sources;
    this.outputs = options.tables.map((table) => ({
      sink: new TableSink(table),
      mode: "append",
      schema: COUNT_SCHEMA,
    }));
    this.pinnedConf = options.pinnedConf ?? {};
  }

  async open(context: PlanContext): Promise<void> {
    this.store = await memoryStateStoreProvider.open({
      fileSystem: context.fileSystem,
      folder: context.stateFolder,
      runId: context.runId,
      conf: context.conf,
    });
    this.counts = this.store.family({
      operatorId: 0,
      name: "default",
      keySchema: parseDdl("at TIMESTAMP"),
      valueSchema: parseDdl("count BIGINT"),
      orderedBy: 0,
    });
    await this.store.load(context.state);
  }

  needsBatch({ previousMs, watermarkMs }: { previousMs: number; watermarkMs: number }): boolean {
    return watermarkMs > previousMs;
  }

  async run(request: BatchRequest): Promise<BatchResult> {
    await this.options.onRun?.(request);
    const inputs: number[][] = [];
    for (const [k, range] of request.ranges.entries()) {
      inputs.push(range === null ? [] : await this.readAll(this.sources[k]!, range));
    }
    const onTime = inputs.flat().filter((value) => value * 1000 > request.previousWatermarkMs);
    this.add(onTime);
    const emitted = this.evict(request.watermarkMs);
    const messages = [];
    for (const write of await request.begin())
      messages.push(write.alreadyCommitted ? [] : [await this.emit(write, emitted)]);
    const state: StateVersion = await this.store.commit(request.batchId + 1, request.fence);
    const metrics = this.store.metrics(0);
    return {
      messages,
      inputRows: inputs.map((rows) => rows.length),
      eventTimes: inputs.map((rows, k) => ({ sources: [k], ...statsOf(rows, this.options.delays[k]!) })),
      operators: [
        {
          operatorName: "count",
          numRowsTotal: metrics.rowsTotal,
          numRowsUpdated: metrics.rowsUpdated,
          allUpdatesTimeMs: 0,
          numRowsRemoved: metrics.rowsRemoved,
          allRemovalsTimeMs: 0,
          commitTimeMs: metrics.commitTimeMs,
          memoryUsedBytes: metrics.memoryUsedBytes,
          numRowsDroppedByWatermark: inputs.flat().length - onTime.length,
          numShufflePartitions: 1,
          numStateStoreInstances: 1,
          customMetrics: {},
        },
      ],
      state,
      observedMetrics: {},
    };
  }

  async maintain(oldestBatch: number): Promise<void> {
    await this.store.maintain(oldestBatch);
  }

  explain(): string {
    return "CountPlan";
  }

  async close(): Promise<void> {
    await this.store?.close();
  }

  private async readAll(source: Source, range: { start: unknown; end: unknown }): Promise<number[]> {
    const values: number[] = [];
    for (const partition of await source.plan(range.start as never, range.end as never)) {
      const scan = { columns: ["value"], predicates: [] };
      for await (const batch of source.read(partition, scan, this.options.context.signal)) {
        values.push(...rowsOf(batch).map(([value]) => Number(value)));
      }
    }
    return values;
  }

  private add(values: readonly number[]): void {
    for (const value of values) {
      const key = batchFromRows(this.counts.spec.keySchema, [[BigInt(value) * 1_000_000n]]).columns;
      const { positions, values: columns } = this.counts.get(key, 1);
      const before = positions[0]! < 0 ? 0n : (valueAt(columns[0]!, positions[0]!) as bigint);
      this.counts.put(key, batchFromRows(this.counts.spec.valueSchema, [[before + 1n]]).columns, 1);
    }
  }

  private evict(watermarkMs: number): [number, number][] {
    const rows: [number, number][] = [];
    for (const piece of this.counts.removeBelow(BigInt(watermarkMs) * 1000n)) {
      for (let i = 0; i < piece.rowCount; i++) {
        const at = valueAt(piece.keys[0]!, i) as bigint;
        rows.push([Number(at / 1_000_000n), Number(valueAt(piece.values[0]!, i))]);
      }
    }
    return rows.sort(([a], [b]) => a - b);
  }

  private async emit(write: BatchWrite, rows: [number, number][]): Promise<never> {
    const writer = await write.writer(0);
    await writer.write(
      batchFromRows(
        COUNT_SCHEMA,
        rows.map((row) => row.map(BigInt)),
      ),
    );
    return (await writer.finish()) as never;
  }
}

function statsOf(seconds: readonly number[], delay: number): EventTimeStats {
  const delayMs = delay * 1000;
  if (seconds.length === 0) return { delayMs };
  const avgMs = (seconds.reduce((sum, value) => sum + value, 0) / seconds.length) * 1000;
  return {
    delayMs,
    seen: { minMs: Math.min(...seconds) * 1000, maxMs: Math.max(...seconds) * 1000, avgMs },
  };
}
