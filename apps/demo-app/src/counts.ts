import type { StreamingQuery } from "@ss/core";
import { type DataFrame, type SparkSession, window } from "@ss/sql";
import { peopleSchema } from "./people-files.js";

/** Where the query reads, writes and remembers. */
export interface Places {
  readonly people: string;
  readonly counts: string;
  readonly checkpoint: string;
}

/** People over 25 in windows of ten minutes, as a stream over a folder of Parquet files. */
export function countsOf(spark: SparkSession, people: string, infer: boolean): DataFrame {
  if (infer) spark.conf.set("spark.sql.streaming.schemaInference", true);
  const reader = infer ? spark.readStream : spark.readStream.schema(peopleSchema);
  return reader
    .parquet(people)
    .filter("age > 25")
    .withWatermark("timestamp", "15 minutes")
    .groupBy(window("timestamp", "10 minutes"))
    .count();
}

/** As in many a first try: mode update into files. Refused, because a file cannot take back what it has said. */
export function startUpdatesToFiles(counts: DataFrame, places: Places): Promise<StreamingQuery> {
  return counts.writeStream
    .outputMode("update")
    .format("parquet")
    .option("checkpointLocation", places.checkpoint)
    .start(places.counts);
}

/** The counts that a batch changed, on the console. */
export function startOnConsole(counts: DataFrame, places: Places, trigger: string): Promise<StreamingQuery> {
  return counts.writeStream
    .queryName("counts")
    .outputMode("update")
    .format("console")
    .option("truncate", false)
    .option("checkpointLocation", `${places.checkpoint}-console`)
    .trigger({ processingTime: trigger })
    .start();
}

/** The counts of windows that the watermark has closed, each once, in files. */
export function startToFiles(counts: DataFrame, places: Places, trigger: string): Promise<StreamingQuery> {
  return counts.writeStream
    .queryName("counts")
    .outputMode("append")
    .format("parquet")
    .option("checkpointLocation", `${places.checkpoint}-parquet`)
    .trigger({ processingTime: trigger })
    .start(places.counts);
}
