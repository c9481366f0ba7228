import type { Plugin, SaveMode, Sink, SinkProvider, WriteRequest } from "@ss/core";
import { checkSessionSettings } from "@ss/kafka";
import { wrongSaveMode } from "./errors.js";
import { writeSettings } from "./options/write-options.js";
import { malformedRecordColumns } from "./rows/malformed-record.js";
import { recordLayout } from "./rows/record-layout.js";
import { KafkaSink } from "./sink/kafka-sink.js";

/**
 * Brings the format `kafka` for writing.
 *
 * @example
 * ```ts
 * const spark = await SparkSession.builder().use(kafkaSink()).getOrCreate();
 * const query = await counts.selectExpr("page AS key", "to_json(struct(*)) AS value")
 *   .writeStream.format("kafka")
 *   .option("kafka.bootstrap.servers", "localhost:9092")
 *   .option("topic", "counts")
 *   .option("delivery", "exactlyOnce")
 *   .option("checkpointLocation", "data/checkpoint")
 *   .outputMode("update")
 *   .start();
 * ```
 */
export function kafkaSink(): Plugin {
  return { name: "@ss/sink-kafka", sinks: [provider] };
}

const provider: SinkProvider = {
  names: ["kafka"],
  outputModes: ["append", "update", "complete"],
  malformedColumns: malformedRecordColumns,
  async stream(request: WriteRequest): Promise<Sink> {
    return sinkOf(request, true);
  },
  async batch(request: WriteRequest & { readonly mode: SaveMode }): Promise<Sink> {
    const { mode } = request;
    if (mode !== "append" && mode !== "errorifexists") throw wrongSaveMode(mode);
    return sinkOf(request, false);
  },
};

function sinkOf({ options, schema, session }: WriteRequest, isStream: boolean): Sink {
  checkSessionSettings(session);
  const write = writeSettings(options, session.warn);
  recordLayout(schema, write.topic !== null);
  return new KafkaSink({ write, clock: session.clock, isStream });
}
