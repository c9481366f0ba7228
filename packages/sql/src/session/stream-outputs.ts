import {
  assert,
  checkedSink,
  Options,
  type Sink,
  StreamError,
  type StructType,
  type WriteRequest,
} from "@ss/core";
import { DataFrame, rowMaker } from "../dataframe/dataframe.js";
import type { BatchSave, Executor, SideTarget, StreamStart, StreamTarget } from "../dataframe/executor.js";
import { Stage } from "../execution/codegen/stage.js";
import type { MemoryBudget } from "../execution/memory-budget.js";
import { LATE_ROWS_SCHEMA } from "../execution/operators/late-rows.js";
import { type Attribute, freshId } from "../expression/expression.js";
import { outputOf } from "../logical/output.js";
import type { Rows } from "../logical/rows.js";
import { reportMalformedRows } from "../optimizer/report-malformed-rows.js";
import { ForeachBatchSink } from "../streaming/sinks/foreach-batch-sink.js";
import { ForeachSink } from "../streaming/sinks/foreach-sink.js";
import { MemorySink } from "../streaming/sinks/memory-sink.js";
import { NoopSink } from "../streaming/sinks/noop-sink.js";
import type { SqlOutput } from "../streaming/sql-stream-plan.js";
import type { Catalog } from "./catalog.js";
import { queryNameMissing, unsupportedSinkMode } from "./errors.js";
import type { Plugins } from "./plugins.js";
import { type Analyzed, type Preparation, schemaOfPlan } from "./prepare.js";
import type { RuntimeConfig } from "./runtime-config.js";
import { checkSideTarget, columnsOfSchema, type SideRows, withOptionsOf } from "./side-outputs.js";

/** The parts of a session that outputs are made from. */
export interface OutputParts {
  readonly plugins: Plugins;
  readonly catalog: Catalog;
  readonly config: RuntimeConfig;
  readonly preparation: Preparation;
  readonly memory: MemoryBudget;
  /** Runs the tables that functions of the program are given. */
  readonly executor: Executor;
}

/** Where a query writes to, and the plan that gives the rows for all of it. */
export interface QueryOutputs {
  readonly outputs: readonly SqlOutput[];
  readonly running: Analyzed;
  /** The columns of reports of malformed rows, where these are asked for. */
  readonly malformedReport: StructType | undefined;
}

/** An output, as far as it may be the same as another. */
type SinkPlace = Pick<StreamStart, "target" | "queryName">;

/** What a sink is chosen by. */
type SinkRequest = Pick<StreamStart, "target" | "options" | "mode" | "queryName" | "partitionBy">;

/** Finds the sinks of a streaming query: of its results, and of the rows that it puts out beside them. */
export class StreamOutputs {
  private readonly parts: OutputParts;

  constructor(parts: OutputParts) {
    this.parts = parts;
  }

  async of(request: StreamStart, analyzed: Analyzed): Promise<QueryOutputs> {
    const schema = schemaOfPlan(analyzed);
    const sink = await this.sink(request, schema, outputOf(analyzed.plan));
    const outputs: SqlOutput[] = [{ rows: "result", sink, schema }];
    const places: SinkPlace[] = [request];
    const { lateRows, malformedRows } = request;
    let running = analyzed;
    if (lateRows) {
      outputs.push(await this.sideOutput("late", lateRows, LATE_ROWS_SCHEMA, places));
      places.push({ target: lateRows.target, queryName: new Options(lateRows.options).get("queryName") });
      running = this.parts.preparation.reportLateRows(running, request.mode);
    }
    if (!malformedRows) return { outputs, running, malformedReport: undefined };
    const { plan, report } = reportMalformedRows(running.plan);
    outputs.push(await this.sideOutput("malformed", malformedRows, report, places));
    return { outputs, running: { ...running, plan }, malformedReport: report };
  }

  /** An output of the query beside its results, whose rows may not get in the way of the others'. */
  private async sideOutput(
    rows: SideRows,
    { target, options }: SideTarget,
    report: StructType,
    others: readonly SinkPlace[],
  ): Promise<SqlOutput> {
    const queryName = new Options(options).get("queryName");
    checkSideTarget(rows, { target, queryName }, others);
    const request: SinkRequest = { target, options, mode: "append", queryName, partitionBy: [] };
    const shaped = rows === "malformed" ? await this.shaped(target, report) : undefined;
    const schema = shaped?.schema ?? report;
    const sink = await withOptionsOf(rows, target, () => this.sink(request, schema, columnsOfSchema(schema)));
    return { rows, sink, schema, shape: shaped?.shape };
  }

  /** How a sink with columns of its own gets reports of malformed rows; undefined for one that takes them as they are. */
  private async shaped(
    target: StreamTarget,
    report: StructType,
  ): Promise<{ readonly schema: StructType; readonly shape: SqlOutput["shape"] } | undefined> {
    if (target.kind !== "format" || ["noop", "memory"].includes(target.format.toLowerCase()))
      return undefined;
    const texts = this.parts.plugins.sink(target.format).malformedColumns?.(report);
    if (texts === undefined) return undefined;
    const rows = this.held(columnsOfSchema(report), () => []);
    const analyzed = await this.parts.preparation.analyze(rows.selectExpr(...texts).plan);
    const { plan } = analyzed;
    assert(plan.kind === "project", "a select list is a projection");
    const spec = { input: outputOf(plan.child), conditions: [], outputs: plan.expressions };
    const stage = new Stage(spec, this.parts.preparation.settings);
    return {
      schema: schemaOfPlan(analyzed),
      shape: ({ columns, rowCount }, clock) => stage.run(columns, rowCount, clock),
    };
  }

  private async sink(
    request: SinkRequest,
    schema: StructType,
    attributes: readonly Attribute[],
  ): Promise<Sink> {
    const { target } = request;
    if (target.kind === "foreach")
      return new ForeachSink(target.writer, rowMaker(schema, this.parts.executor));
    if (target.kind === "foreachBatch") {
      const { run } = target;
      const call = async (rows: readonly Rows[], batchId: number): Promise<void> => {
        const table = this.held(attributes, () => rows);
        await run(table, batchId);
      };
      return new ForeachBatchSink(call, this.parts.memory);
    }
    const format = target.format.toLowerCase();
    if (format === "noop") return new NoopSink();
    if (format === "memory") return this.memorySink(request, attributes);
    const provider = this.parts.plugins.sink(target.format);
    if (!provider.outputModes.includes(request.mode)) throw unsupportedSinkMode(target.format, request.mode);
    if (!provider.stream) throw noStreamWrite(target.format);
    const { options, partitionBy } = request;
    const write = { format: target.format, path: target.path, options, partitionBy };
    const made = await provider.stream(writeRequest(write, schema, this.parts));
    return checkedSink(target.format, "stream", made);
  }

  private memorySink(request: SinkRequest, attributes: readonly Attribute[]): Sink {
    if (!request.queryName) throw queryNameMissing();
    const sink = new MemorySink(this.parts.memory, request.queryName);
    const table = this.held(attributes, () => sink.rows());
    this.parts.catalog.createView([request.queryName], table.plan, true);
    return sink;
  }

  /** Rows that the process holds, as a table of some columns. */
  private held(columns: readonly Attribute[], rows: () => readonly Rows[]): DataFrame {
    const attributes = columns.map((a): Attribute => ({ ...a, id: freshId(), metadata: undefined }));
    return new DataFrame({ kind: "columnar", attributes, rows }, this.parts.executor);
  }
}

/** What a sink's plug-in is told of a write. */
export function writeRequest(
  request: Pick<BatchSave, "format" | "path" | "options" | "partitionBy">,
  schema: StructType,
  { plugins, config }: Pick<OutputParts, "plugins" | "config">,
): WriteRequest {
  const { format, path, partitionBy } = request;
  return {
    format,
    path,
    partitionBy,
    schema,
    options: new Options(request.options),
    session: plugins.sessionWith(config),
  };
}

function noStreamWrite(format: string): StreamError {
  return new StreamError({
    condition: "UNSUPPORTED_FEATURE.TABLE_OPERATION",
    sqlState: "0A000",
    parameters: { tableName: `\`${format}\``, operation: "streaming write" },
    message: `The sink '${format}' does not take streams: write with df.write, or choose another format.`,
  });
}
