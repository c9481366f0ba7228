import {
  type BatchRequest,
  type FileSystem,
  MemoryFileSystem,
  type PlanContext,
  type QueryLog,
  type QueryOptions,
  type StreamingQuery,
  StreamingQueryManager,
  type Trigger,
} from "../../src/index.js";
import { CountPlan } from "./count-plan.js";
import { ListSource, type ListSourceOptions, NumberTopic } from "./list-source.js";
import { ManualClock } from "./manual-clock.js";
import { SinkTable } from "./table-sink.js";

/** A query over number topics, with what outlives its runs: topics, tables and the checkpoint. */
export class CountQuery {
  readonly topics: NumberTopic[];
  readonly tables: SinkTable[];
  readonly clock: ManualClock = new ManualClock();
  fileSystem: FileSystem = new MemoryFileSystem(this.clock);
  conf: Record<string, string> = {};
  source: ListSourceOptions = {};
  trigger: Trigger = { kind: "default" };
  delays: number[];
  pinnedConf: Record<string, string> = {};
  onRun: (request: BatchRequest) => void | Promise<void> = () => {};
  readonly warnings: string[] = [];
  readonly requests: BatchRequest[] = [];
  lastContext: PlanContext | null = null;
  private ids = 0;

  constructor(shape: { sources?: number; outputs?: number; delays?: number[] } = {}) {
    this.topics = Array.from({ length: shape.sources ?? 1 }, () => new NumberTopic());
    this.tables = Array.from({ length: shape.outputs ?? 1 }, () => new SinkTable());
    this.delays = shape.delays ?? this.topics.map(() => 10);
  }

  get topic(): NumberTopic {
    return this.topics[0]!;
  }

  get table(): SinkTable {
    return this.tables[0]!;
  }

  readonly log: QueryLog = (level, message) => {
    if (level !== "info") this.warnings.push(message);
  };

  manager(): StreamingQueryManager {
    return new StreamingQueryManager({ clock: this.clock, log: this.log, newId: () => `id-${this.ids++}` });
  }

  options(overrides: Partial<QueryOptions> = {}): QueryOptions {
    return {
      checkpointLocation: "/checkpoint",
      fileSystem: this.fileSystem,
      trigger: this.trigger,
      conf: (key) => this.conf[key],
      createPlan: (context) => {
        this.lastContext = context;
        return new CountPlan({
          sources: this.topics.map(
            (topic, k) => new ListSource(topic, { name: `topic-${k}`, ...this.source }),
          ),
          tables: this.tables,
          delays: this.delays,
          context,
          pinnedConf: this.pinnedConf,
          onRun: (request) => {
            this.requests.push(request);
            return this.onRun(request);
          },
        });
      },
      ...overrides,
    };
  }

  /** Starts a run in a session of its own. */
  start(overrides: Partial<QueryOptions> = {}): Promise<StreamingQuery> {
    return this.manager().start(this.options(overrides));
  }

  /** Runs all that is there, and stops. */
  async runOnce(): Promise<StreamingQuery> {
    const query = await this.start();
    try {
      await query.processAllAvailable();
    } finally {
      await query.stop();
    }
    return query;
  }

  /** The watermarks in seconds that the batches ran with. */
  get watermarks(): number[] {
    return this.requests.map((request) => request.watermarkMs / 1000);
  }

  async text(path: string): Promise<string | null> {
    const bytes = await this.fileSystem.readAll(`/checkpoint/${path}`);
    return bytes && Buffer.from(bytes).toString();
  }

  async names(folder: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { path } of this.fileSystem.list(`/checkpoint/${folder}`))
      names.push(path.split("/").at(-1)!);
    return names.sort();
  }
}
