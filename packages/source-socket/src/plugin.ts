import { type Plugin, type SourceProvider, type SourceSpec, StreamError } from "@ss/core";
import { SocketSource } from "./socket-source.js";

/** What {@link socket} takes. */
export interface SocketOptions {
  readonly host: string;
  readonly port: number;
  /** Adds a column `timestamp` with the time of arrival; default false. */
  readonly includeTimestamp?: boolean;
  /** Default: the parallelism of the session. */
  readonly numPartitions?: number;
}

const BUFFER_BYTES = 64 * 1024 * 1024;

const provider: SourceProvider = {
  names: ["socket"],
  fixedSchema: true,
  async stream({ options, session }) {
    const host = options.required("host", "socket");
    options.required("port", "socket");
    const port = options.integer("port", 0, 0);
    if (port > 65535) throw invalidPort(port);
    const parallelism = Number(session.conf("spark.default.parallelism") ?? 1);
    const numPartitions = options.integer("numPartitions", parallelism > 0 ? Math.floor(parallelism) : 1, 1);
    const includeTimestamp = options.boolean("includeTimestamp", false);
    return new SocketSource({ host, port, includeTimestamp, numPartitions, bufferBytes: BUFFER_BYTES });
  },
};

/**
 * Brings the source format `socket`.
 *
 * @example
 * ```ts
 * const spark = await SparkSession.builder().use(socketSource()).getOrCreate();
 * const lines = spark.readStream.format("socket").option("host", "localhost").option("port", 9999).load();
 * ```
 */
export function socketSource(): Plugin {
  return { name: "@ss/source-socket", sources: [provider] };
}

/** The socket source as a value: `readStream.from(socket({ host: "localhost", port: 9999 }))`. */
export function socket(options: SocketOptions): SourceSpec {
  return { format: "socket", options: { ...options } };
}

function invalidPort(port: number): StreamError {
  return new StreamError({
    condition: "SS_INVALID_OPTION",
    sqlState: "22023",
    parameters: { option: "port", value: String(port), expected: "at most 65535" },
    message: `The option 'port' is '${port}', but it has to be at most 65535.`,
  });
}
