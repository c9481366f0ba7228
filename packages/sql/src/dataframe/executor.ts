import type { OutputMode, SaveMode, StreamingQuery, StructType, Trigger, Value } from "@ss/core";
import type { ExternalOptions } from "../expression/external-value.js";
import type { LogicalPlan, Name } from "../logical/plan.js";
import type { Rows } from "../logical/rows.js";
import type { ParserConf } from "../parser/parser-conf.js";
import type { DataFrame } from "./dataframe.js";
import type { AnyRow } from "./row-types.js";

/** Where a row of `foreach` goes. All methods may return promises. */
export interface ForeachWriter<Row = AnyRow> {
  /** False skips the rows of this partition and epoch: they were processed before. */
  open?(partitionId: number, epochId: number): boolean | Promise<boolean>;
  process(row: Row): void | Promise<void>;
  /** After the last row; `error` is what ended the partition early. */
  close?(error: unknown): void | Promise<void>;
}

/** Where a streaming query writes. */
export type StreamTarget =
  | { readonly kind: "format"; readonly format: string; readonly path: string | undefined }
  | { readonly kind: "foreach"; readonly writer: ForeachWriter }
  | {
      readonly kind: "foreachBatch";
      readonly run: (batch: DataFrame, batchId: number) => void | Promise<void>;
    };

/** Where late rows go, or malformed ones: an output beside that of the results. */
export interface SideTarget {
  readonly target: StreamTarget;
  readonly options: Readonly<Record<string, string>>;
}

/** What `writeStream...start()` asks for. */
export interface StreamStart {
  readonly target: StreamTarget;
  readonly options: Readonly<Record<string, string>>;
  readonly mode: OutputMode;
  readonly queryName: string | undefined;
  readonly trigger: Trigger;
  readonly partitionBy: readonly string[];
  readonly lateRows?: SideTarget | undefined;
  readonly malformedRows?: SideTarget | undefined;
}

/** What `write...save()` asks for. */
export interface BatchSave {
  readonly format: string;
  readonly path: string | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly mode: SaveMode;
  readonly partitionBy: readonly string[];
}

/** A query that is ready to run: analyzed once, its inputs found. */
export interface Execution {
  readonly schema: StructType;
  /** Runs the query. Leaving the loop early ends the reads that are under way. To be iterated once. */
  readonly rows: AsyncIterable<Rows>;
}

/** What a DataFrame needs of its session: the back end that runs plans. */
export interface Executor {
  schema(plan: LogicalPlan): Promise<StructType>;
  /** Prepares an action: everything that it needs of the plan comes from one analysis. */
  execute(plan: LogicalPlan): Promise<Execution>;
  explain(plan: LogicalPlan, mode: "simple" | "extended" | "codegen"): Promise<string>;
  save(plan: LogicalPlan, request: BatchSave): Promise<void>;
  start(plan: LogicalPlan, request: StreamStart): Promise<StreamingQuery>;
  isStreaming(plan: LogicalPlan): boolean;
  createView(
    name: Name,
    plan: LogicalPlan,
    options: { readonly replace: boolean; readonly global: boolean },
  ): void;
  /** The text of a boxed value, as `show` prints it. */
  cellTexts(schema: StructType): readonly ((value: Value) => string)[];
  conf(key: string): string | undefined;
  /** What SQL text is read by. */
  parserConf(): ParserConf;
  readonly external: ExternalOptions;
  /** Where `show` and `printSchema` print. */
  print(text: string): void;
}
