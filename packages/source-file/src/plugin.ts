import type { Plugin } from "@ss/core";
import { csvFormat } from "./csv/csv-format.js";
import { jsonFormat } from "./json/json-format.js";
import { fileProvider } from "./provider.js";
import { textFormat } from "./text/text-format.js";

/**
 * Files as tables and as streams: csv, json and text, and every further format that the session is given.
 *
 * @example
 * ```ts
 * const spark = await SparkSession.builder().use(fileSource()).getOrCreate();
 * const sales = spark.readStream.format("csv").schema("id INT, amount DOUBLE").load("data/in");
 * ```
 */
export function fileSource(): Plugin {
  return { name: "@ss/source-file", sources: [fileProvider], formats: [csvFormat, jsonFormat, textFormat] };
}
