import { existsSync } from "node:fs";
import { join } from "node:path";
import { parquet } from "@ss/format-parquet";
import { fileSink } from "@ss/sink-file";
import { fileSource } from "@ss/source-file";
import { type DataFrame, SparkSession } from "@ss/sql";
import { dataSet } from "../data/generate.js";

/** The columns of an advertisement event. */
export const AD_EVENT =
  "user_id STRING, page_id STRING, ad_id STRING, ad_type STRING, event_type STRING, event_time TIMESTAMP, ip_address STRING";

/** Files taken by one batch, in every work. */
export const FILES_PER_BATCH = 4;

/** The events of a folder of JSON lines as a stream. */
export function jsonEvents(spark: SparkSession, input: string): DataFrame {
  return spark.readStream.schema(AD_EVENT).option("maxFilesPerTrigger", FILES_PER_BATCH).json(input);
}

/** The events of a folder of Parquet files as a stream. */
export function parquetEvents(spark: SparkSession, input: string): DataFrame {
  return spark.readStream.schema(AD_EVENT).option("maxFilesPerTrigger", FILES_PER_BATCH).parquet(input);
}

/** The JSON files of a folder as a table of DuckDB. */
export function duckdbJsonEvents(input: string): string {
  return `read_json('${input}/*.json', format='newline_delimited', columns={user_id:'VARCHAR',page_id:'VARCHAR',ad_id:'VARCHAR',ad_type:'VARCHAR',event_type:'VARCHAR',event_time:'TIMESTAMP',ip_address:'VARCHAR'})`;
}

const PARQUET = "_parquet";

/** The events as Parquet files, made from the JSON ones by this project; one file of each. */
export async function eventsAsParquet(root: string, rows: number): Promise<string> {
  const events = dataSet("ysb", root, rows);
  const folder = events + PARQUET;
  if (!existsSync(join(folder, "_SUCCESS"))) {
    const spark = await SparkSession.builder().use(fileSource(), parquet(), fileSink()).create();
    await spark.read.schema(AD_EVENT).json(events).write.mode("overwrite").parquet(folder);
    await spark.stop();
  }
  return folder;
}

/** The folder of JSON lines from which `eventsAsParquet` made its files. */
export function jsonBehind(folder: string): string {
  return folder.slice(0, -PARQUET.length);
}
