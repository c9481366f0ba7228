import { type OutputMode, StreamError, type StreamingQuery, type Trigger } from "@ss/core";
import type { LogicalPlan } from "../logical/plan.js";
import { listOf, type OneOrMore } from "./column-list.js";
import type { DataFrame } from "./dataframe.js";
import { optionalPath } from "./dataframe-writer.js";
import type { Executor, ForeachWriter, SideTarget, StreamStart, StreamTarget } from "./executor.js";
import { withOption, withOptions } from "./option-map.js";
import type { AnyRow } from "./row-types.js";
import {
  formatArgument,
  functionArgument,
  objectArgument,
  pathArgument,
  textArgument,
} from "./text-argument.js";
import { type TriggerOptions, triggerOf } from "./trigger.js";

/** Starts streaming queries: `df.writeStream.format("parquet").option("checkpointLocation", c).start(path)`. Immutable. */
export class DataStreamWriter<Row extends object = AnyRow> {
  private readonly plan: LogicalPlan;
  private readonly executor: Executor;
  private readonly state: StreamStart;

  constructor(plan: LogicalPlan, executor: Executor, state?: StreamStart) {
    this.plan = plan;
    this.executor = executor;
    this.state = state ?? {
      target: {
        kind: "format",
        format: executor.conf("spark.sql.sources.default") ?? "parquet",
        path: undefined,
      },
      options: {},
      mode: "append",
      queryName: undefined,
      trigger: { kind: "default" },
      partitionBy: [],
    };
  }

  private with(change: Partial<StreamStart>): DataStreamWriter<Row> {
    return new DataStreamWriter<Row>(this.plan, this.executor, { ...this.state, ...change });
  }

  /** Where the rows go: `console`, `memory`, `noop`, `csv`, `json`, `text`, `parquet`, or any connector in use. */
  format(name: string): DataStreamWriter<Row> {
    return this.with({ target: { kind: "format", format: formatArgument(name), path: undefined } });
  }

  /** Which rows a batch hands over: `append` (default), `update`, `complete`. */
  outputMode(mode: OutputMode | (string & {})): DataStreamWriter<Row> {
    const known = (["append", "update", "complete"] as const).find(
      (one) => one === String(mode).toLowerCase(),
    );
    if (known) return this.with({ mode: known });
    throw new StreamError({
      condition: "STREAMING_OUTPUT_MODE.INVALID",
      sqlState: "42KDE",
      parameters: { outputMode: String(mode) },
      message: `There is no output mode '${mode}'; there are 'append', 'update' and 'complete'.`,
    });
  }

  /** When batches run: `Trigger.ProcessingTime("1 minute")` or `{ processingTime: "1 minute" }`. Default: as soon as there is something to do. */
  trigger(trigger: Trigger | TriggerOptions): DataStreamWriter<Row> {
    return this.with({ trigger: triggerOf(trigger) });
  }

  /** A name, unique among the running queries of the session; with the memory sink also the name of its table. */
  queryName(name: string): DataStreamWriter<Row> {
    return this.with({ queryName: textArgument("queryName", "name", name) });
  }

  option(name: string, value: string | number | boolean): DataStreamWriter<Row> {
    return this.with({ options: withOption(this.state.options, name, value) });
  }

  options(values: Readonly<Record<string, string | number | boolean>>): DataStreamWriter<Row> {
    return this.with({ options: withOptions(this.state.options, values) });
  }

  /** Folders by the values of some columns. */
  partitionBy(...columns: OneOrMore<string>): DataStreamWriter<Row> {
    return this.with({
      partitionBy: listOf(columns).map((name) => textArgument("partitionBy", "column", name)),
    });
  }

  /** Hands every row to a function or a writer. At least once: after a crash a batch may come again. */
  foreach(writer: ForeachWriter<Row> | ((row: Row) => void | Promise<void>)): DataStreamWriter<Row> {
    const full = typeof writer === "function" ? { process: writer } : writer;
    functionArgument(
      "foreach",
      "writer",
      objectArgument("foreach", "writer", full, "a function or an object with the method process").process,
    );
    return this.with({ target: { kind: "foreach", writer: full as ForeachWriter } });
  }

  /** Hands every batch to a function as a DataFrame, with its id. At least once: use the id to drop what came before. */
  foreachBatch(run: (batch: DataFrame<Row>, batchId: number) => void | Promise<void>): DataStreamWriter<Row> {
    functionArgument("foreachBatch", "run", run);
    return this.with({
      target: {
        kind: "foreachBatch",
        run: run as (batch: DataFrame, batchId: number) => void | Promise<void>,
      },
    });
  }

  /**
   * Where the rows go that stateful operators drop for being late: another sink of the same query, under the same checkpoint, so that each of
   * them is written as often as that sink promises. A row has the columns `operator` (its name in progress reports), `watermark` and
   * `eventTime`, and is itself the text of a JSON object in the column `row`, with all columns that the operator's input has. Results and
   * progress are the same with and without it.
   *
   * @example
   * await counts.writeStream.format("parquet")
   *   .lateRowsTo("json", { path: "data/late" })
   *   .option("checkpointLocation", "data/checkpoint").start("data/counts");
   */
  lateRowsTo(
    format: string,
    options?: Readonly<Record<string, string | number | boolean>>,
  ): DataStreamWriter<Row>;
  /** Hands late rows to a function, batch by batch. At least once, as with `foreachBatch`. */
  lateRowsTo(run: (rows: DataFrame, batchId: number) => void | Promise<void>): DataStreamWriter<Row>;
  lateRowsTo(
    to: string | ((rows: DataFrame, batchId: number) => void | Promise<void>),
    values: Readonly<Record<string, string | number | boolean>> = {},
  ): DataStreamWriter<Row> {
    return this.with({ lateRows: sideTarget("lateRowsTo", to, values) });
  }

  /**
   * Where the rows go that `from_json`, `from_csv`, `from_avro` or `from_protobuf` cannot decode: another sink of the same query, under the
   * same checkpoint, so that each of them is written as often as that sink promises. They do not go on among the results, whatever the mode of the
   * function says. A row has all columns of the record as it was read (of Kafka: key, value, topic, partition, offset and so on) and those
   * that the function's row has besides, then `_function`, the call as text, and `_reason`. A sink whose columns have a fixed meaning gets
   * rows that suit it: `kafka` the record with its key and value, and all else as headers.
   *
   * @example
   * await events.select(from_json(col("value").cast("string"), "id INT, at TIMESTAMP").as("e")).select("e.*")
   *   .writeStream.format("parquet")
   *   .malformedRowsTo("json", { path: "data/malformed" })
   *   .option("checkpointLocation", "data/checkpoint").start("data/events");
   */
  malformedRowsTo(
    format: string,
    options?: Readonly<Record<string, string | number | boolean>>,
  ): DataStreamWriter<Row>;
  /** Hands malformed rows to a function, batch by batch. At least once, as with `foreachBatch`. */
  malformedRowsTo(run: (rows: DataFrame, batchId: number) => void | Promise<void>): DataStreamWriter<Row>;
  malformedRowsTo(
    to: string | ((rows: DataFrame, batchId: number) => void | Promise<void>),
    values: Readonly<Record<string, string | number | boolean>> = {},
  ): DataStreamWriter<Row> {
    return this.with({ malformedRows: sideTarget("malformedRowsTo", to, values) });
  }

  /** Starts the query; resolves once its checkpoint is open and its first batch may run. */
  async start(path?: string): Promise<StreamingQuery> {
    const { target, options } = this.state;
    const given = pathArgument("start", path);
    if (target.kind !== "format") return this.executor.start(this.plan, this.state);
    const chosen = given ?? optionalPath(options);
    return this.executor.start(this.plan, { ...this.state, target: { ...target, path: chosen } });
  }
}

function sideTarget(
  method: string,
  to: string | ((rows: DataFrame, batchId: number) => void | Promise<void>),
  values: Readonly<Record<string, string | number | boolean>>,
): SideTarget {
  const options = withOptions({}, values);
  const target: StreamTarget =
    typeof to === "string"
      ? { kind: "format", format: formatArgument(to), path: optionalPath(options) }
      : { kind: "foreachBatch", run: functionArgument(method, "to", to) };
  return { target, options };
}
