import { type SourceSpec, StructType, type TypedStructType } from "@ss/core";
import { freshId } from "../expression/expression.js";
import { parseTableName } from "../parser/parser.js";
import { DataFrame } from "./dataframe.js";
import type { Executor } from "./executor.js";
import { withOption, withOptions } from "./option-map.js";
import type { AnyRow } from "./row-types.js";
import { formatArgument, objectArgument, pathArguments, textArgument } from "./text-argument.js";

interface ReaderState {
  readonly format: string | undefined;
  readonly schema: StructType | undefined;
  readonly options: Readonly<Record<string, string>>;
}

const NEW: ReaderState = { format: undefined, schema: undefined, options: {} };

/** Reads tables (`spark.read`) or streams (`spark.readStream`). Immutable: each method returns a new reader. */
export class Reader<Row extends object = AnyRow> {
  private readonly executor: Executor;
  private readonly streaming: boolean;
  private readonly state: ReaderState;

  constructor(executor: Executor, streaming: boolean, state: ReaderState = NEW) {
    this.executor = executor;
    this.streaming = streaming;
    this.state = state;
  }

  private with<R extends object = Row>(change: Partial<ReaderState>): Reader<R> {
    return new Reader<R>(this.executor, this.streaming, { ...this.state, ...change });
  }

  /** What to read: `csv`, `json`, `text`, `parquet`, `rate`, or the name of any connector in use. Default: `spark.sql.sources.default`. */
  format(name: string): Reader<Row> {
    return this.with({ format: formatArgument(name) });
  }

  /** The schema: a typed one makes the DataFrame typed; DDL text and Spark's JSON work too. Refused by sources whose schema is fixed. */
  schema<R extends object>(schema: TypedStructType<R>): Reader<R>;
  schema(schema: StructType | string): Reader;
  schema(schema: StructType | string): Reader {
    if (typeof schema === "string") return this.with({ schema: schemaOfText(schema) });
    return this.with({
      schema: objectArgument("schema", "schema", schema, "a StructType or a text", ["fields"]),
    });
  }

  /** An option of the source. Names without regard to case. */
  option(name: string, value: string | number | boolean): Reader<Row> {
    return this.with({ options: withOption(this.state.options, name, value) });
  }

  /** Several options. */
  options(values: Readonly<Record<string, string | number | boolean>>): Reader<Row> {
    return this.with({ options: withOptions(this.state.options, values) });
  }

  /** The table or stream. Nothing is opened before it runs. */
  load(...paths: readonly string[]): DataFrame<Row> {
    return this.loadBy("load", paths);
  }

  private loadBy(method: string, given: readonly string[]): DataFrame<Row> {
    const paths = pathArguments(method, given);
    const { format, schema, options } = this.state;
    const path = Object.entries(options).find(([name]) => name.toLowerCase() === "path");
    const plan = {
      kind: "read",
      format: format ?? this.executor.conf("spark.sql.sources.default") ?? "parquet",
      options,
      paths: paths.length > 0 ? paths : path ? [path[1]] : [],
      streaming: this.streaming,
      readId: freshId(),
    } as const;
    return new DataFrame<Row>(schema ? { ...plan, schema } : plan, this.executor);
  }

  /** The typed way in: `readStream.from(memory({ name: "numbers" }))`. */
  from(spec: SourceSpec): DataFrame<Row> {
    objectArgument("from", "spec", spec, "a source as a plug-in's function makes it");
    const reader = this.format(spec.format).options(spec.options as Record<string, string>);
    return (spec.schema ? reader.with({ schema: spec.schema }) : reader).load();
  }

  csv(...paths: readonly string[]): DataFrame<Row> {
    return this.format("csv").loadBy("csv", paths);
  }
  json(...paths: readonly string[]): DataFrame<Row> {
    return this.format("json").loadBy("json", paths);
  }
  text(...paths: readonly string[]): DataFrame<Row> {
    return this.format("text").loadBy("text", paths);
  }
  textFile(...paths: readonly string[]): DataFrame<Row> {
    return this.format("text").loadBy("textFile", paths);
  }
  parquet(...paths: readonly string[]): DataFrame<Row> {
    return this.format("parquet").loadBy("parquet", paths);
  }
  orc(...paths: readonly string[]): DataFrame<Row> {
    return this.format("orc").loadBy("orc", paths);
  }

  /** A table or view by name. */
  table(name: string): DataFrame {
    const plan = {
      kind: "unresolvedRelation",
      name: parseTableName(textArgument("table", "name", name)),
      streaming: this.streaming,
    } as const;
    return new DataFrame(plan, this.executor);
  }
}

function schemaOfText(text: string): StructType {
  return text.trim().startsWith("{") ? StructType.fromJSON(text) : StructType.fromDDL(text);
}
