import { type Plugin, type ReadRequest, type SourceProvider, type SourceSpec, StreamError } from "@ss/core";
import { RateMicroBatchSource } from "./rate-micro-batch-source.js";
import { secondsMax } from "./rate-schedule.js";
import { RateSource } from "./rate-source.js";

/** What {@link rate} takes. */
export interface RateOptions {
  /** Default 1. */
  readonly rowsPerSecond?: number;
  /** How long the rate grows from nothing to `rowsPerSecond`, `"5s"` or a number of seconds; default 0. */
  readonly rampUpTime?: string | number;
  /** Default: the parallelism of the session. */
  readonly numPartitions?: number;
}

/** What {@link rateMicroBatch} takes. */
export interface RateMicroBatchOptions {
  readonly rowsPerBatch: number;
  /** Default: the parallelism of the session. */
  readonly numPartitions?: number;
  /** The time of the rows of the first batch, in milliseconds since 1970; default 0. */
  readonly startTimestamp?: number;
  /** Milliseconds between the times of two batches; default 1000. */
  readonly advanceMillisPerBatch?: number;
}

/**
 * Brings the source formats `rate` and `rate-micro-batch`.
 *
 * @example
 * ```ts
 * const spark = await SparkSession.builder().use(rateSource()).getOrCreate();
 * const ticks = spark.readStream.format("rate").option("rowsPerSecond", 10).load();
 * ```
 */
export function rateSource(): Plugin {
  return { name: "@ss/source-rate", sources: [rateProvider, rateMicroBatchProvider] };
}

/** The source `rate` as a value: `readStream.from(rate({ rowsPerSecond: 10 }))`. */
export function rate(options: RateOptions = {}): SourceSpec {
  return { format: "rate", options: { ...options } };
}

/** The source `rate-micro-batch` as a value: `readStream.from(rateMicroBatch({ rowsPerBatch: 10 }))`. */
export function rateMicroBatch(options: RateMicroBatchOptions): SourceSpec {
  return { format: "rate-micro-batch", options: { ...options } };
}

const rateProvider: SourceProvider = {
  names: ["rate"],
  fixedSchema: true,
  async stream(request) {
    const { options } = request;
    const rowsPerSecond = options.integer("rowsPerSecond", 1, 1);
    // a negative one has an error of its own
    const rampUpMs = options.durationMs("rampUpTime", 0, 1000, Number.NEGATIVE_INFINITY);
    const rampUpSeconds = Math.floor(rampUpMs / 1000);
    const settings = { rowsPerSecond, rampUpSeconds, ...partitionsOf(request) };
    if (rampUpSeconds < 0 || rampUpSeconds > secondsMax(settings))
      throw incorrectRampUp(rowsPerSecond, rampUpSeconds);
    return new RateSource(settings);
  },
};

const rateMicroBatchProvider: SourceProvider = {
  names: ["rate-micro-batch"],
  fixedSchema: true,
  async stream(request) {
    const { options } = request;
    options.required("rowsPerBatch", "rate-micro-batch");
    return new RateMicroBatchSource({
      rowsPerBatch: options.integer("rowsPerBatch", 0, 1),
      startTimestamp: options.integer("startTimestamp", 0, 0),
      advanceMillisPerBatch: options.integer("advanceMillisPerBatch", 1000, 0),
      ...partitionsOf(request),
    });
  },
};

function partitionsOf({ options, session }: ReadRequest): {
  numPartitions: number | null;
  defaultPartitions: number;
} {
  const parallelism = Number(session.conf("spark.default.parallelism") ?? 1);
  const defaultPartitions = Number.isInteger(parallelism) && parallelism > 0 ? parallelism : 1;
  return { numPartitions: options.optionalInteger("numPartitions", 1) ?? null, defaultPartitions };
}

function incorrectRampUp(rowsPerSecond: number, rampUpSeconds: number): StreamError {
  const max = secondsMax({ rowsPerSecond, rampUpSeconds });
  return new StreamError({
    condition: "INCORRECT_RAMP_UP_RATE",
    sqlState: "22003",
    parameters: {
      rowsPerSecond: String(rowsPerSecond),
      maxSeconds: String(max),
      rampUpTimeSeconds: String(rampUpSeconds),
    },
    message: `rampUpTime has to lie between 0 and ${max} seconds with ${rowsPerSecond} rowsPerSecond, but it is ${rampUpSeconds}.`,
  });
}
