import { type DataFrame, expr, type SparkSession } from "@ss/sql";
import type { Pipeline } from "./scenario.js";

type Build = (df: DataFrame, ...args: readonly never[]) => DataFrame;

/** A DataFrame from a pipeline; `inputs` are the tables that `from` names. */
export function buildPipeline(
  spark: SparkSession,
  pipeline: Pipeline,
  inputs: ReadonlyMap<string, DataFrame>,
): DataFrame {
  let df: DataFrame | undefined;
  for (const [name, ...args] of pipeline) {
    const starts = startsOf(spark, inputs)[name];
    if (starts) df = starts(...(args as never[]));
    else if (df && changes[name]) df = changes[name](df, ...(args as never[]));
    else if (df && name === "sqlOver") df = sqlOver(spark, df, ...(args as [string, string]));
    else throw new Error(`the operation '${name}' is not known to this runner`);
  }
  if (df === undefined) throw new Error("the pipeline is empty");
  return df;
}

/** Operations that begin a table. */
function startsOf(
  spark: SparkSession,
  inputs: ReadonlyMap<string, DataFrame>,
): Readonly<Record<string, (...args: readonly never[]) => DataFrame>> {
  const build = (pipeline: Pipeline): DataFrame => buildPipeline(spark, pipeline, inputs);
  return {
    from: (input: string) => inputs.get(input)!,
    sql: (text: string) => spark.sql(text),
    join: (left: Pipeline, right: Pipeline, condition: string, type: string) =>
      build(left).join(build(right), expr(condition), type),
    joinUsing: (left: Pipeline, right: Pipeline, columns: readonly string[], type: string) =>
      build(left).join(build(right), columns, type),
    union: (...parts: readonly Pipeline[]) => parts.map(build).reduce((all, next) => all.union(next)),
    except: (left: Pipeline, right: Pipeline) => build(left).except(build(right)),
  };
}

const changes: Readonly<Record<string, Build>> = {
  withColumn: (df, name: string, text: string) => df.withColumn(name, expr(text)),
  watermark: (df, column: string, delay: string) => df.withWatermark(column, delay),
  select: (df, ...texts: readonly string[]) => df.selectExpr(...texts),
  where: (df, text: string) => df.filter(text),
  groupBy: (df, keys: readonly string[], aggregates: readonly string[]) =>
    df.groupBy(...keys.map((key) => expr(key))).agg(...aggregates.map((text) => expr(text))),
  dedup: (df, columns: readonly string[] | null) =>
    columns === null ? df.dropDuplicates() : df.dropDuplicates(columns),
  dedupWithin: (df, columns: readonly string[] | null) =>
    columns === null ? df.dropDuplicatesWithinWatermark() : df.dropDuplicatesWithinWatermark(columns),
  limit: (df, count: number) => df.limit(count),
  offset: (df, count: number) => df.offset(count),
  orderBy: (df, ...texts: readonly string[]) => df.orderBy(...texts.map((text) => expr(text))),
  alias: (df, name: string) => df.alias(name),
};

function sqlOver(spark: SparkSession, df: DataFrame, view: string, text: string): DataFrame {
  df.createOrReplaceTempView(view);
  return spark.sql(text);
}
