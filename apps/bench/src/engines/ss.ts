import { parquet } from "@ss/format-parquet";
import { fileSink } from "@ss/sink-file";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import type { Places, Work } from "../works/work.js";
import { type Measured, measure } from "./measured.js";

/** This project's engine, by its public packages. */
export async function runSs(work: Work, places: Places, threads: number): Promise<Measured> {
  const spark = await SparkSession.builder()
    .master(`local[${threads}]`)
    .config("spark.sql.session.timeZone", "UTC")
    .use(fileSource(), fileSink(), parquet())
    .create();
  try {
    return await measure(() => work.stream(spark, places));
  } finally {
    await spark.stop();
  }
}
