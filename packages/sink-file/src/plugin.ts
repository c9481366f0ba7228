import type { Plugin } from "@ss/core";
import { csvFormat } from "./format/csv-format.js";
import { jsonFormat } from "./format/json-format.js";
import { textFormat } from "./format/text-format.js";
import { fileSinkProvider } from "./provider.js";

/**
 * Files as the output of streams, exactly once, and of tables: csv, json and text, and every further format that the session
 * is given.
 *
 * @example
 * ```ts
 * const spark = await SparkSession.builder().use(fileSource(), fileSink()).getOrCreate();
 * await rows.writeStream.format("json").option("checkpointLocation", "data/chk").start("data/out");
 * ```
 */
export function fileSink(): Plugin {
  return {
    name: "@ss/sink-file",
    sinks: [fileSinkProvider(["csv", "json", "text"], true)],
    formats: [csvFormat, jsonFormat, textFormat],
  };
}
