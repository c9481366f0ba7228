import type { StreamingQuery } from "@ss/core";
import { avg, count, type DataFrame, lit, type SparkSession, window } from "@ss/sql";
import { readingSchema } from "./reading-files.js";

/** Where the query reads, writes and remembers. */
export interface Places {
  readonly readings: string;
  readonly hourly: string;
  readonly checkpoint: string;
}

/** Readings and their mean by the hour, over a folder that is read two files at a time. */
export function hourlyOf(spark: SparkSession, { readings }: Places): DataFrame {
  return spark.readStream
    .schema(readingSchema)
    .option("maxFilesPerTrigger", 2)
    .csv(readings)
    .withWatermark("time", "10 minutes")
    .groupBy(window("time", "1 hour"))
    .agg(count(lit(1)).as("readings"), avg("celsius").as("celsius"));
}

/** Appends every hour to a folder of Parquet files, once the watermark has passed it. */
export function startHourly(spark: SparkSession, places: Places): Promise<StreamingQuery> {
  return hourlyOf(spark, places)
    .writeStream.format("parquet")
    .outputMode("append")
    .option("checkpointLocation", places.checkpoint)
    .start(places.hourly);
}

/** What has been written so far, by SQL. */
export function lookAt(spark: SparkSession, { hourly }: Places): DataFrame {
  spark.read.parquet(hourly).createOrReplaceTempView("hourly");
  return spark.sql(`
    SELECT date_format(window.start, 'HH:mm') AS hour, readings, round(celsius, 1) AS celsius
    FROM hourly ORDER BY hour`);
}
