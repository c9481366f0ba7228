import type { FileSystem, OutputMode, Plugin, StreamingQuery } from "@ss/core";
import { fileSink } from "@ss/sink-file";
import { MemorySource, memorySource } from "@ss/source-memory";
import { type CollectingSink, collectingSink } from "@ss/testkit";
import { type DataFrame, SparkSession } from "../../../src/index.js";

/** A query, and the rows that it is given one addition after the other. */
export interface TrialOptions {
  /** The columns of the rows, as DDL. */
  readonly schema: string;
  readonly inputs: readonly (readonly (readonly unknown[])[])[];
  readonly query: (stream: DataFrame) => DataFrame;
  /** Default `append`. */
  readonly mode?: OutputMode;
  /** Where JSON files are written; without it rows go to the collecting sink. */
  readonly output?: string;
  /** Where JSON files of late rows are written; without it they are not. */
  readonly late?: string;
  /** Where JSON files of malformed rows are written; without it they are not. */
  readonly malformed?: string;
  readonly conf?: Readonly<Record<string, string>>;
}

export const CHECKPOINT = "/checkpoint";

let trials = 0;

/** What outlives the processes of a test: the source's rows and, where the query does not write files, the sink. */
export class Trial {
  readonly sink: CollectingSink = collectingSink();
  readonly source: string;
  readonly options: TrialOptions;
  /** Told the warnings of its sessions. */
  log: (message: string) => void = () => {};
  private fed = 0;

  constructor(options: TrialOptions, source = `trial-${trials++}`) {
    this.options = options;
    this.source = source;
  }

  /** The same source with the same rows, a sink of its own with the same rows, perhaps another query. */
  copy(changes: Partial<TrialOptions> = {}): Trial {
    const copy = new Trial({ ...this.options, ...changes }, this.source);
    copy.fed = this.fed;
    copy.sink.batches.push(...this.sink.batches);
    return copy;
  }

  /** A new session on a disk, as a new process has it. */
  session(disk: FileSystem, ...plugins: readonly Plugin[]): Promise<SparkSession> {
    const builder = SparkSession.builder()
      .use(memorySource(), fileSink(), this.sink.plugin(), { name: "disk", fileSystems: [disk] }, ...plugins)
      .config("spark.sql.session.timeZone", "UTC")
      .logTo((_level, message) => this.log(message));
    for (const [key, value] of Object.entries(this.options.conf ?? {})) builder.config(key, value);
    return builder.create();
  }

  stream(spark: SparkSession): DataFrame {
    return spark.readStream.format("memory").option("name", this.source).schema(this.options.schema).load();
  }

  start(spark: SparkSession): Promise<StreamingQuery> {
    const { query, mode = "append", output, late, malformed } = this.options;
    const results = query(this.stream(spark))
      .writeStream.outputMode(mode)
      .option("checkpointLocation", CHECKPOINT);
    const asking = late === undefined ? results : results.lateRowsTo("json", { path: late });
    const writer = malformed === undefined ? asking : asking.malformedRowsTo("json", { path: malformed });
    return output === undefined ? writer.format("collecting").start() : writer.format("json").start(output);
  }

  /** Adds the next rows; false if there are none left. */
  feed(): boolean {
    const rows = this.options.inputs[this.fed];
    if (rows === undefined) return false;
    this.fed++;
    MemorySource.addData(this.source, ...rows);
    return true;
  }

  /** A process that processes the next additions, so many, and is stopped. */
  async runSome(disk: FileSystem, additions: number): Promise<void> {
    const spark = await this.session(disk);
    const query = await this.start(spark);
    for (let k = 0; k < additions && this.feed(); k++) await query.processAllAvailable();
    await spark.stop();
  }

  /** A process that processes what is there, then each of the additions to come. */
  async run(disk: FileSystem): Promise<void> {
    const spark = await this.session(disk);
    try {
      const query = await this.start(spark);
      await query.processAllAvailable();
      while (this.feed()) await query.processAllAvailable();
    } finally {
      await spark.stop();
    }
  }

  /** The error with which a new process ends, without the wrapping that the query puts around it. */
  async failure(disk: FileSystem): Promise<Error & { readonly condition?: string }> {
    try {
      await this.run(disk);
    } catch (error) {
      return ((error as Error).cause as Error) ?? error;
    }
    throw new Error("the query went on");
  }

  /** The values that a reader of the sink's table sees, sorted. */
  table(): string[] {
    return this.sink.table().map(rowText).sort();
  }
}

/** Cells as text; 64-bit values and plain numbers look the same. */
export function rowText(cells: readonly unknown[]): string {
  return cells.map((cell) => (cell === null ? "NULL" : String(cell))).join(" ");
}
