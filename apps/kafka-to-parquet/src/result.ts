import { existsSync } from "node:fs";
import { foldersIn } from "./folders.js";
import { session } from "./pipeline.js";

/** What stands in the folders. */
export interface Result {
  /** Events by day. */
  readonly byDay: ReadonlyMap<string, number>;
  readonly events: number;
  /** Numbers of events that stand there; fewer than `events` where one came twice. */
  readonly distinct: number;
  readonly rejected: number;
}

/** Reads what the stream wrote. */
export async function readResult(data: string): Promise<Result> {
  const folders = foldersIn(data);
  const spark = await session();
  try {
    const events = spark.read.parquet(folders.events);
    const days = await events
      .groupBy("day")
      .count()
      .orderBy("day")
      .selectExpr("CAST(day AS STRING) AS day", "count")
      .collect();
    const [counts] = await events
      .selectExpr("count(*) AS events", "count(DISTINCT id) AS distinct")
      .collect();
    const rejected = existsSync(folders.rejected)
      ? await spark.read.schema("offset BIGINT").json(folders.rejected).count()
      : 0;
    return {
      byDay: new Map(days.map((row) => [String(row["day"]), Number(row["count"])])),
      events: Number(counts!["events"]),
      distinct: Number(counts!["distinct"]),
      rejected,
    };
  } finally {
    await spark.stop();
  }
}
