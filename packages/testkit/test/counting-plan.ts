import {
  type Batch,
  type BatchRequest,
  type BatchResult,
  type BatchWrite,
  batchFromRows,
  type CommitMessage,
  memoryStateStoreProvider,
  type Offset,
  type Partition,
  type PlanContext,
  parseDdl,
  type ReadLimit,
  rowsOf,
  type ScanRequest,
  type Sink,
  type Source,
  type StateFamily,
  type StateStore,
  type StreamPlan,
  type Value,
  valueAt,
} from "@ss/core";

const WORDS = parseDdl("word STRING");
const COUNTS = parseDdl("word STRING, count BIGINT");

/** Words from a list, two a batch. */
class WordSource implements Source {
  readonly description = "words";
  readonly schema = WORDS;
  readonly replayable = true;
  readonly readLimit: ReadLimit = { kind: "maxRows", rows: 2 };
  private readonly words: readonly string[];
  private pinned: number | null = null;

  constructor(words: readonly string[]) {
    this.words = words;
  }

  async open(): Promise<void> {}

  async initialOffset(): Promise<Offset> {
    return 0;
  }

  async latestOffset(start: Offset | null, limit: ReadLimit): Promise<Offset> {
    const end = this.pinned ?? this.words.length;
    return limit.kind === "maxRows" ? Math.min(end, ((start as number | null) ?? 0) + limit.rows) : end;
  }

  async prepareForAvailableNow(): Promise<void> {
    this.pinned = this.words.length;
  }

  async plan(start: Offset | null, end: Offset): Promise<Partition[]> {
    return [[(start as number | null) ?? 0, end as number]];
  }

  async *read(partition: Partition, _scan: ScanRequest, _signal: AbortSignal): AsyncIterable<Batch> {
    const [start, end] = partition as [number, number];
    yield batchFromRows(
      WORDS,
      this.words.slice(start, end).map((word) => [word]),
    );
  }

  async commit(): Promise<void> {}

  async close(): Promise<void> {}
}

/** Passes words on to one sink, and the counts that change to another. */
export class CountingPlan implements StreamPlan {
  readonly sources: readonly Source[];
  readonly outputs: StreamPlan["outputs"];
  readonly pinnedConf: Readonly<Record<string, string>> = {};
  private store!: StateStore;
  private counts!: StateFamily;

  constructor(words: readonly string[], passed: Sink, counted: Sink) {
    this.sources = [new WordSource(words)];
    this.outputs = [
      { sink: passed, mode: "append", schema: WORDS },
      { sink: counted, mode: "update", schema: COUNTS },
    ];
  }

  async open(context: PlanContext): Promise<void> {
    const { fileSystem, stateFolder: folder, runId, conf } = context;
    this.store = await memoryStateStoreProvider.open({ fileSystem, folder, runId, conf });
    const valueSchema = parseDdl("count BIGINT");
    this.counts = this.store.family({ operatorId: 0, name: "default", keySchema: WORDS, valueSchema });
    await this.store.load(context.state);
  }

  needsBatch(): boolean {
    return false;
  }

  async run({ batchId, ranges, begin, fence, signal }: BatchRequest): Promise<BatchResult> {
    const rows: Value[][] = [];
    const [range] = ranges;
    if (range) {
      for (const partition of await this.sources[0]!.plan(range.start, range.end)) {
        const scan = { columns: ["word"], predicates: [] };
        for await (const batch of this.sources[0]!.read(partition, scan, signal)) rows.push(...rowsOf(batch));
      }
    }
    const changed = this.count(rows);
    const writes = await begin();
    const state = await this.store.commit(batchId + 1, fence);
    const messages = [await writeRows(writes[0]!, WORDS, rows), await writeRows(writes[1]!, COUNTS, changed)];
    return { messages, inputRows: [rows.length], eventTimes: [], operators: [], state, observedMetrics: {} };
  }

  maintain(oldestBatch: number): Promise<void> {
    return this.store.maintain(oldestBatch);
  }

  explain(): string {
    return "words -> count";
  }

  async close(): Promise<void> {
    await this.store?.close();
  }

  private count(rows: readonly Value[][]): Value[][] {
    const changed = new Map<Value, bigint>();
    for (const [word] of rows) changed.set(word!, (changed.get(word!) ?? this.known(word!)) + 1n);
    const result = [...changed].map(([word, count]) => [word, count]);
    const { columns } = batchFromRows(COUNTS, result);
    this.counts.put([columns[0]!], [columns[1]!], result.length);
    return result;
  }

  private known(word: Value): bigint {
    const { positions, values } = this.counts.get(batchFromRows(WORDS, [[word]]).columns, 1);
    return positions[0]! < 0 ? 0n : (valueAt(values[0]!, positions[0]!) as bigint);
  }
}

async function writeRows(write: BatchWrite, schema: typeof WORDS, rows: Value[][]): Promise<CommitMessage[]> {
  if (write.alreadyCommitted) return [];
  const writer = await write.writer(0);
  await writer.write(batchFromRows(schema, rows));
  return [await writer.finish()];
}
