import type { StreamingQuery, StreamingQueryListener } from "@ss/core";
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
  const groups = linesFor(form);
  const server = await startLineServer();
  const lines = lineCounter();
  spark.streams.addListener(lines.listener);
  try {
    const query = await startCounting(spark, form, { host: "127.0.0.1", port: server.port });
    for (const group of groups) {
      await server.say(group);
      await Promise.race([lines.counted(group.length), query.awaitTermination()]);
    }
    await query.stop();
  } finally {
    spark.streams.removeListener(lines.listener);
    await server.close();
  }
}

/** Tells when as many further lines went through the query as were said: what is on its way in a socket, the query cannot know. */
function lineCounter(): { listener: StreamingQueryListener; counted(lines: number): Promise<void> } {
  let pending = 0;
  let resolve: () => void = () => {};
  return {
    listener: {
      onQueryProgress({ progress }) {
        pending -= progress.numInputRows;
        if (pending <= 0) resolve();
      },
    },
    counted(lines) {
      pending += lines;
      return pending <= 0 ? Promise.resolve() : new Promise((done) => (resolve = done));
    },
  };
}
