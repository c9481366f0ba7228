import { type Plugin, StreamError, type WriteRequest } from "@ss/core";
import { timeZone } from "@ss/kernels";
import { ConsoleSink, type TextStream } from "./console-sink.js";

/** What {@link consoleSink} takes. */
export interface ConsoleSinkOptions {
  /** Default `process.stdout`. */
  readonly stream?: TextStream;
}

/**
 * Brings the sink format `console`.
 *
 * @example
 * ```ts
 * const spark = await SparkSession.builder().use(consoleSink()).getOrCreate();
 * await counts.writeStream.format("console").outputMode("complete").option("truncate", false).start();
 * ```
 */
export function consoleSink(options: ConsoleSinkOptions = {}): Plugin {
  const stream = options.stream ?? process.stdout;
  return {
    name: "@ss/sink-console",
    sinks: [
      {
        names: ["console"],
        outputModes: ["append", "update", "complete"],
        stream: async (request) => makeSink(request, stream, true),
        batch: async (request) => makeSink(request, stream, false),
      },
    ],
  };
}

function makeSink({ options, session }: WriteRequest, stream: TextStream, titled: boolean): ConsoleSink {
  const zone = timeZone(session.timeZone);
  if (!zone) throw unknownZone(session.timeZone);
  const numRows = options.integer("numRows", 20, 0);
  return new ConsoleSink({ stream, numRows, truncate: options.boolean("truncate", true), zone, titled });
}

function unknownZone(id: string): StreamError {
  return new StreamError({
    condition: "INVALID_CONF_VALUE.TIME_ZONE",
    sqlState: "22022",
    parameters: { confName: "spark.sql.session.timeZone", confValue: id },
    message: `The value '${id}' of spark.sql.session.timeZone is no time zone: use a name such as Europe/Berlin, an offset or UTC.`,
  });
}
