import type { Plugin } from "@ss/core";
import { parquetFormat } from "@ss/format-parquet";
import { fileSinkProvider } from "@ss/sink-file";

/**
 * Parquet files as the output of streams, exactly once, and of tables.
 *
 * @example
 * ```ts
 * const spark = await SparkSession.builder().use(fileSource(), parquetSink()).getOrCreate();
 * await rows.writeStream.format("parquet").option("checkpointLocation", "data/chk").start("data/out");
 * ```
 */
export function parquetSink(): Plugin {
  return {
    name: "@ss/sink-parquet",
    sinks: [fileSinkProvider(["parquet"], false)],
    formats: [parquetFormat],
  };
}
