import { type StreamingQuery, type StreamingQueryProgress, type StructType, valueAt } from "@ss/core";
import { MemorySource } from "@ss/source-memory";
import type { DataFrame, SparkSession } from "@ss/sql";
import { buildPipeline } from "./build-pipeline.js";
import { plainValue } from "./plain-value.js";
import type { InputRows, Pipeline, Scenario } from "./scenario.js";

let runCount = 0;

/** The query of a scenario: started, fed, stopped and started again, with everything it handed over. */
export class StreamRun {
  /** Progress reports of the batches that ran, oldest first, over all starts of the query. */
  readonly batches: StreamingQueryProgress[] = [];
  pipeline: Pipeline;
  once = false;
  private readonly spark: SparkSession;
  private readonly scenario: Scenario;
  private readonly run: number = ++runCount;
  private readonly rowsByBatch: Map<number, unknown[][]> = new Map();
  private readonly inputs: Map<string, DataFrame> = new Map();
  private query: StreamingQuery | undefined;
  private seenReports = 0;

  constructor(spark: SparkSession, scenario: Scenario) {
    this.spark = spark;
    this.scenario = scenario;
    this.pipeline = scenario.pipeline;
    for (const [input, ddl] of Object.entries(scenario.inputs)) {
      const reader = spark.readStream.format("memory").option("name", this.sourceName(input)).schema(ddl);
      this.inputs.set(input, reader.load());
    }
  }

  /** The table that the pipeline makes. */
  table(): DataFrame {
    return buildPipeline(this.spark, this.pipeline, this.inputs);
  }

  /** Adds rows to inputs. The query cannot see one addition without the others: nothing else runs in between. */
  add(rows: Readonly<Record<string, InputRows>>): void {
    for (const [input, values] of Object.entries(rows))
      MemorySource.addData(this.sourceName(input), ...values);
  }

  /** Runs all there is, batches without data included; starts the query if it is not running. */
  async process(): Promise<void> {
    this.query ??= await this.start();
    if (this.once) await this.query.awaitTermination();
    else await this.query.processAllAvailable();
    this.collectProgress();
    if (this.once) this.query = undefined;
  }

  /** Stops the query; the next batch continues from the checkpoint. */
  async stop(): Promise<void> {
    const { query } = this;
    this.query = undefined;
    await query?.stop();
  }

  /** Stops, and forgets what was added. */
  async close(): Promise<void> {
    await this.stop();
    for (const input of this.inputs.keys()) MemorySource.reset(this.sourceName(input));
  }

  /** Rows of the batches after the first `from`, in order. */
  rows(from = 0): unknown[][] {
    return [...this.rowsByBatch.values()].slice(from).flat();
  }

  /** Rows of the last batch that had any: in complete mode the whole result. */
  lastRows(): unknown[][] {
    return [...this.rowsByBatch.values()].at(-1) ?? [];
  }

  /** How many batches handed over rows, or none, so far. */
  get batchCount(): number {
    return this.rowsByBatch.size;
  }

  private start(): Promise<StreamingQuery> {
    this.seenReports = 0;
    const writer = this.table()
      .writeStream.outputMode(this.scenario.mode)
      .option("checkpointLocation", `memory:///checkpoint-${this.run}`)
      .foreachBatch((batch, batchId) => this.collect(batch, batchId));
    return (this.once ? writer.trigger({ once: true }) : writer).start();
  }

  private async collect(batch: DataFrame, batchId: number): Promise<void> {
    const schema = await batch.schema();
    const rows: unknown[][] = [];
    for await (const { columns, rowCount } of (await batch.executor.execute(batch.plan)).rows) {
      for (let i = 0; i < rowCount; i++)
        rows.push(columns.map((column, k) => plainValue(valueAt(column, i), typeAt(schema, k))));
    }
    this.rowsByBatch.set(batchId, rows);
  }

  private collectProgress(): void {
    const reports = this.query!.recentProgress;
    const executed = reports.slice(this.seenReports).filter(({ durationMs }) => "addBatch" in durationMs);
    this.batches.push(...executed);
    this.seenReports = reports.length;
  }

  private sourceName(input: string): string {
    return `${this.scenario.id}-${this.run}-${input}`;
  }
}

function typeAt(schema: StructType, k: number): StructType["fields"][number]["type"] {
  return schema.fields[k]!.type;
}
