import {
  type Batch,
  batchFromRows,
  type Offset,
  type Partition,
  parseDdl,
  type ReadLimit,
  type RunMode,
  type Source,
  type SourceContext,
  type StructType,
} from "../../src/index.js";

/** Numbers (event times in seconds), shared by the sources of successive runs. Tells what sources were asked. */
export class NumberTopic {
  readonly values: number[] = [];
  readonly calls: string[] = [];
  readonly wakes: Set<() => void> = new Set();

  add(...values: number[]): void {
    this.values.push(...values);
    for (const wake of this.wakes) wake();
  }
}

export interface ListSourceOptions {
  readonly maxRows?: number;
  /** Default true. */
  readonly pinsEnd?: boolean;
  /** Whether it rings when rows come. Default true. */
  readonly rings?: boolean;
  readonly name?: string;
  readonly runModes?: readonly RunMode[];
}

/** Reads a topic; its offset is the number of rows read. */
export class ListSource implements Source {
  readonly schema: StructType = parseDdl("value BIGINT");
  readonly replayable = true;
  readonly description: string;
  readonly readLimit: ReadLimit;
  readonly prepareForAvailableNow?: () => Promise<void>;
  readonly onData?: (wake: () => void) => () => void;
  readonly runModes?: readonly RunMode[];
  private pinned = Number.POSITIVE_INFINITY;
  private readonly topic: NumberTopic;

  constructor(topic: NumberTopic, options: ListSourceOptions = {}) {
    this.topic = topic;
    this.description = `ListSource[${options.name ?? "numbers"}]`;
    this.readLimit =
      options.maxRows === undefined ? { kind: "allAvailable" } : { kind: "maxRows", rows: options.maxRows };
    if (options.runModes) this.runModes = options.runModes;
    if (options.pinsEnd ?? true) {
      this.prepareForAvailableNow = async () => {
        this.pinned = topic.values.length;
      };
    }
    if (options.rings ?? true) {
      this.onData = (wake) => {
        topic.wakes.add(wake);
        return () => topic.wakes.delete(wake);
      };
    }
  }

  async open(_context: SourceContext): Promise<void> {
    this.topic.calls.push("open");
  }

  async initialOffset(): Promise<Offset | null> {
    return null;
  }

  async latestOffset(start: Offset | null, limit: ReadLimit): Promise<Offset | null> {
    this.topic.calls.push(`latestOffset ${JSON.stringify(start)} ${limit.kind}`);
    const from = (start as number | null) ?? 0;
    const end = Math.min(this.pinned, this.topic.values.length);
    if (end <= from) return start;
    return limit.kind === "maxRows" ? Math.min(end, from + limit.rows) : end;
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    return [{ from: (start as number | null) ?? 0, to: end as number }];
  }

  async *read(partition: Partition): AsyncGenerator<Batch> {
    const { from, to } = partition as { from: number; to: number };
    yield batchFromRows(
      this.schema,
      this.topic.values.slice(from, to).map((value) => [BigInt(value)]),
    );
  }

  async commit(end: Offset): Promise<void> {
    this.topic.calls.push(`commit ${JSON.stringify(end)}`);
  }

  async close(): Promise<void> {
    this.topic.calls.push("close");
  }
}
