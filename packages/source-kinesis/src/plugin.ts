import type { Options, Plugin, SourceProvider, SourceSpec } from "@ss/core";
import { connectToAws } from "./aws-client.js";
import { invalidOption } from "./errors.js";
import { parseInitialPosition } from "./initial-position.js";
import type { KinesisClient } from "./kinesis-client.js";
import { type KinesisSettings, KinesisSource } from "./kinesis-source.js";
import { KinesisTable } from "./kinesis-table.js";
import type { KinesisOffset } from "./position.js";

/** What {@link kinesis} takes. */
export interface KinesisOptions {
  /** One stream, or several with commas between them. */
  readonly streamName: string | readonly string[];
  /** Default: that of the environment. */
  readonly region?: string;
  /** Another server than that of the region. */
  readonly endpointUrl?: string;
  /** Where a new query begins; default `latest`. Where a table is read: `trim_horizon`. */
  readonly initialPosition?:
    | "latest"
    | "trim_horizon"
    | "earliest"
    | { readonly at_timestamp: string | number; readonly format?: string }
    | KinesisOffset;
  /** Both keys, or none: then those of the environment, a profile or the machine. */
  readonly awsAccessKey?: string;
  readonly awsSecretKey?: string;
  readonly awsSessionToken?: string;
  /** Whether records that were deleted before they were read end the query; default true. */
  readonly failOnDataLoss?: boolean;
  /** Records of one request at most; default 10,000, which is also the most. */
  readonly maxRecordsPerFetch?: number;
  /** Megabytes a second and shard; default 1. */
  readonly maxFetchRate?: number;
  /** Time between two requests to a shard, of which the service takes five a second; default `400ms`, at least `200ms`. */
  readonly minFetchPeriod?: string;
  /** Bytes that wait for a batch from which on no more are read; default `64mb`. */
  readonly fetchBufferSize?: string;
  /** How often the shards are listed; default `10s`, at least `100ms`. */
  readonly shardFetchInterval?: string;
  /** How often a request that failed is made again; default 5. */
  readonly clientRetries?: number;
  /** Records that a batch takes at most. */
  readonly maxRecordsPerTrigger?: number;
  /** Bytes that a batch takes at most, `10mb`. */
  readonly maxBytesPerTrigger?: string;
  /** `efo`: enhanced fan-out, under the name that follows; default `polling`. */
  readonly consumerMode?: "polling" | "efo";
  readonly consumerName?: string;
  /** Whether the consumer is given up when the query ends; default false. */
  readonly requireConsumerDeregistration?: boolean;
}

const provider: SourceProvider = {
  names: ["kinesis"],
  fixedSchema: true,
  async stream({ options, session }) {
    const aws = awsSettings(options);
    const settings = readSettings(options, session.timeZone, () => connectToAws(aws));
    return new KinesisSource({ ...settings, warn: (message) => session.warn?.(message) });
  },
  async table({ options, session }) {
    const aws = awsSettings(options);
    const settings = readSettings(options, session.timeZone, () => connectToAws(aws), "trim_horizon");
    if (settings.initialPosition.type === "LATEST")
      throw invalidOption(
        "initialPosition",
        "latest",
        "another one where a table is read, which ends at the latest record",
      );
    return new KinesisTable({
      ...settings,
      clock: session.clock,
      warn: (message) => session.warn?.(message),
    });
  },
};

/**
 * Brings the source format `kinesis`.
 *
 * @example
 * ```ts
 * const spark = await SparkSession.builder().use(kinesisSource()).getOrCreate();
 * const records = spark.readStream.format("kinesis").option("streamName", "clicks").option("region", "eu-west-1").load();
 * ```
 */
export function kinesisSource(): Plugin {
  return { name: "@ss/source-kinesis", sources: [provider] };
}

/** The Kinesis source as a value: `readStream.from(kinesis({ streamName: "clicks", region: "eu-west-1" }))`. */
export function kinesis(options: KinesisOptions): SourceSpec {
  const { streamName, initialPosition, ...rest } = options;
  return {
    format: "kinesis",
    options: {
      ...rest,
      streamName: typeof streamName === "string" ? streamName : streamName.join(","),
      ...(initialPosition !== undefined && {
        initialPosition:
          typeof initialPosition === "string" ? initialPosition : JSON.stringify(initialPosition),
      }),
    },
  };
}

/** What the service gives in answer to one request. */
const RECORDS_MAX = 10_000;

/** The settings that options say. */
export function readSettings(
  options: Options,
  timeZone: string,
  connect: () => Promise<KinesisClient>,
  defaultPosition = "latest",
): Omit<KinesisSettings, "warn"> {
  const names = options.required("streamName", "kinesis").split(",");
  const streams = [...new Set(names.map((name) => name.trim()).filter((name) => name !== ""))].sort();
  const initialPosition = parseInitialPosition(options.text("initialPosition", defaultPosition), timeZone);
  if (initialPosition.type === "OFFSET") {
    const missing = streams.find((stream) => initialPosition.offset[stream] === undefined);
    if (missing !== undefined)
      throw invalidOption(
        "initialPosition",
        options.text("initialPosition", ""),
        `one that has '${missing}'`,
      );
  }
  const maxBytes = options.has("maxBytesPerTrigger") ? bytesOf(options, "maxBytesPerTrigger", "") : undefined;
  return {
    streams,
    initialPosition,
    failOnDataLoss: options.boolean("failOnDataLoss", true),
    pace: {
      maxRecordsPerFetch: recordsPerFetchOf(options),
      minFetchPeriodMs: atLeast(
        options,
        "minFetchPeriod",
        400,
        200,
        "as the service takes five requests a second and shard",
      ),
      maxFetchBytesPerSecond: rateOf(options),
      clientRetries: options.integer("clientRetries", 5, 0),
    },
    maxRecordsPerTrigger: options.optionalInteger("maxRecordsPerTrigger", 1),
    maxBytesPerTrigger: maxBytes,
    fetchBufferBytes: bytesOf(options, "fetchBufferSize", "64mb"),
    shardFetchIntervalMs: atLeast(
      options,
      "shardFetchInterval",
      10_000,
      100,
      "as the service limits how often shards are listed",
    ),
    ...consumerOf(options),
    connect,
  };
}

/** A time span that may not be shorter than what the service keeps up with. */
function atLeast(options: Options, name: string, fallbackMs: number, minMs: number, reason: string): number {
  const ms = options.durationMs(name, fallbackMs);
  if (ms >= minMs) return ms;
  throw invalidOption(name, options.text(name, ""), `at least ${minMs}ms, ${reason}`);
}

function recordsPerFetchOf(options: Options): number {
  const count = options.integer("maxRecordsPerFetch", RECORDS_MAX, 1);
  if (count <= RECORDS_MAX) return count;
  throw invalidOption(
    "maxRecordsPerFetch",
    String(count),
    `at most ${RECORDS_MAX}, as the service gives no more`,
  );
}

function consumerOf(options: Options): Pick<KinesisSettings, "consumer"> {
  if (options.choice("consumerMode", ["polling", "efo"], "polling") === "polling") return {};
  const name = options.required("consumerName", "kinesis");
  return { consumer: { name, deregisters: options.boolean("requireConsumerDeregistration", false) } };
}

function awsSettings(options: Options): Parameters<typeof connectToAws>[0] {
  const [accessKey, secretKey] = [options.get("awsAccessKey"), options.get("awsSecretKey")];
  if ((accessKey === undefined) !== (secretKey === undefined))
    options.required(accessKey === undefined ? "awsAccessKey" : "awsSecretKey", "kinesis");
  const sessionToken = options.get("awsSessionToken");
  return {
    region: options.get("region"),
    endpointUrl: options.get("endpointUrl") ?? options.get("endpoint"),
    accessKey,
    secretKey,
    sessionToken,
  };
}

/** Megabytes a second; a shard gives two, to all of its readers. */
function rateOf(options: Options): number {
  const text = options.text("maxFetchRate", "1.0").trim();
  const rate = Number(text);
  if (text === "" || !(rate > 0 && rate <= 2))
    throw invalidOption("maxFetchRate", text, "above 0 and at most 2");
  return rate * 1_000_000;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 };

function bytesOf(options: Options, name: string, fallback: string): number {
  const text = options.text(name, fallback);
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const scale = UNITS[(unit ?? "?").toLowerCase()];
  const bytes = Number(digits) * (scale ?? Number.NaN);
  if (!(bytes >= 1)) throw invalidOption(name, text, "a number of bytes such as 500kb, 10mb or 1gb");
  return Math.floor(bytes);
}
