import {
  type AsyncProgress,
  type BatchRequest,
  type BatchResult,
  type BatchWrite,
  batchFromRows,
  type OffsetRange,
  type QueryOptions,
  type RunMode,
  rowsOf,
  type Sink,
  type SinkBatch,
  type Source,
  type StreamPlan,
  StructType,
} from "../../src/index.js";
import { CountQuery } from "./count-query.js";
import { ListSource } from "./list-source.js";

const ALL_MODES: readonly RunMode[] = ["asyncProgress", "continuous", "realTime"];

/** What came through, in the order in which it showed; shared by the sinks of successive runs. */
export class ShownRows {
  readonly shown: number[] = [];
  readonly committed: number[] = [];
  modes: readonly RunMode[] | undefined = ALL_MODES;
  /** Of a table beside the stream; each batch takes the next one. */
  readonly tableVersions: string[] = [];
  /** What was still in use after each batch, besides the version of that batch itself. */
  readonly tablesInUse: (readonly string[])[] = [];
}

class ShowingSink implements Sink {
  readonly description = "ShowingSink";
  readonly delivery = "atLeastOnce";
  readonly outputModes = ["append", "update", "complete"] as const;
  readonly runModes?: readonly RunMode[];
  private readonly rows: ShownRows;

  constructor(rows: ShownRows) {
    this.rows = rows;
    if (rows.modes) this.runModes = rows.modes;
  }

  async begin(_batch: SinkBatch): Promise<BatchWrite> {
    const written: number[] = [];
    let shown = 0;
    const show = async (): Promise<void> => {
      this.rows.shown.push(...written.slice(shown));
      shown = written.length;
    };
    return {
      alreadyCommitted: false,
      writer: async () => ({
        write: async (batch) => void written.push(...rowsOf(batch).map(([value]) => Number(value))),
        flush: show,
        finish: async () => null,
        abort: async () => {},
      }),
      commit: async () => {
        await show();
        this.rows.committed.push(...written);
        return { numOutputRows: written.length };
      },
      abort: async () => {},
    };
  }

  async close(): Promise<void> {}
}

const SCHEMA = new StructType([]);

/** Hands over what it reads. */
class EchoPlan implements StreamPlan {
  readonly sources: readonly Source[];
  readonly outputs: StreamPlan["outputs"];
  readonly pinnedConf: Readonly<Record<string, string>>;

  private readonly rows: ShownRows;

  constructor(
    sources: readonly Source[],
    sink: Sink,
    pinnedConf: Readonly<Record<string, string>>,
    rows: ShownRows,
  ) {
    this.rows = rows;
    this.sources = sources;
    this.outputs = [{ sink, mode: "append", schema: SCHEMA }];
    this.pinnedConf = pinnedConf;
  }

  async open(): Promise<void> {}

  needsBatch(): boolean {
    return false;
  }

  async tableVersions(): Promise<readonly string[]> {
    return this.rows.tableVersions.splice(0, 1);
  }

  async run(request: BatchRequest): Promise<BatchResult> {
    const inputRows = this.sources.map(() => 0);
    const [write] = await request.begin();
    const writer = await write!.writer(0);
    for await (const ranges of request.parts ?? [request.ranges]) {
      for (const [k, range] of ranges.entries()) {
        if (range === null) continue;
        const values = await this.read(this.sources[k]!, range, request.signal);
        inputRows[k]! += values.length;
        const schema = this.sources[k]!.schema;
        await writer.write(
          batchFromRows(
            schema,
            values.map((value) => [BigInt(value)]),
          ),
        );
      }
      await writer.flush?.();
    }
    const messages = [[await writer.finish()]];
    return { messages, inputRows, eventTimes: [], operators: [], state: null, observedMetrics: {} };
  }

  private async read(source: Source, range: OffsetRange, signal: AbortSignal): Promise<number[]> {
    const values: number[] = [];
    const scan = { columns: ["value"], predicates: [] };
    for (const partition of await source.plan(range.start, range.end)) {
      for await (const batch of source.read(partition, scan, signal))
        values.push(...rowsOf(batch).map(([value]) => Number(value)));
    }
    return values;
  }

  async maintain(_oldestBatch: number, tablesInUse: readonly string[]): Promise<void> {
    this.rows.tablesInUse.push(tablesInUse);
  }
  explain(): string {
    return "EchoPlan";
  }
  async close(): Promise<void> {}
}

/** A stateless query over number topics, with what outlives its runs. */
export class EchoQuery extends CountQuery {
  readonly rows: ShownRows = new ShownRows();
  asyncProgress: AsyncProgress | undefined;

  override options(overrides: Partial<QueryOptions> = {}): QueryOptions {
    return super.options({
      asyncProgress: this.asyncProgress,
      createPlan: () => {
        const sources = this.topics.map(
          (topic, k) => new ListSource(topic, { name: `topic-${k}`, runModes: ALL_MODES, ...this.source }),
        );
        return new EchoPlan(sources, new ShowingSink(this.rows), this.pinnedConf, this.rows);
      },
      ...overrides,
    });
  }
}
