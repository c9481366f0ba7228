import type { StreamingQuery } from "@ss/core";
import { consoleSink, type TextStream } from "@ss/sink-console";
import { socketSource } from "@ss/source-socket";
import { SparkSession } from "@ss/sql";
import { counting } from "./counts.js";
import type { Form } from "./flags.js";
import { startLineServer } from "./line-server.js";
import { linesFor } from "./lines.js";

/** A session that reads sockets and prints to a stream. */
export function newSession(output: TextStream): Promise<SparkSession> {
  return SparkSession.builder()
    .appName("word-count")
    .config("spark.sql.session.timeZone", "UTC")
    .use(socketSource(), consoleSink({ stream: output }))
    .create();
}

/** Starts to count what comes from a socket; every batch prints the whole table. */
export function startCounting(
  spark: SparkSession,
  form: Form,
  address: { readonly host: string; readonly port: number },
): Promise<StreamingQuery> {
  const lines = spark.readStream
    .format("socket")
    .option("host", address.host)
    .option("port", address.port)
    .option("includeTimestamp", form === "hashtags")
    .load();
  return counting[form](lines)
    .writeStream.format("console")
    .outputMode("complete")
    .option("truncate", false)
    .start();
}

/** Counts the lines of the app's own server, a batch for each group of lines. */
export async function countOwnLines(spark: SparkSession, form: Form): Promise<void> {
  const server = await startLineServer(linesFor(form));
  try {
    const query = await startCounting(spark, form, { host: "127.0.0.1", port: server.port });
    while (await server.sayNext()) await query.processAllAvailable();
    await query.stop();
  } finally {
    await server.close();
  }
}
