import type { OutputMode } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import {
  type DataFrame,
  GroupStateTimeout,
  SparkSession,
  StatefulProcessor,
  TimeMode,
} from "../../../src/index.js";

/** The columns of every input. */
export interface In {
  readonly k: string;
  readonly v: number;
  readonly t: Date;
}

const COLUMNS = { k: "string", v: "int", t: "timestamp" } as const;

/** A session with inputs of one shape, and the programs over keys that queries are made of. */
export class Inputs {
  readonly spark: SparkSession;
  /** The stream that `add` feeds. */
  readonly stream: DataFrame;
  private readonly prefix: string;
  private streams = 0;

  private constructor(spark: SparkSession, prefix: string) {
    this.spark = spark;
    this.prefix = prefix;
    this.stream = this.named(`${prefix}-0`);
  }

  static async create(prefix: string, conf: Readonly<Record<string, unknown>> = {}): Promise<Inputs> {
    const builder = SparkSession.builder()
      .config("spark.sql.session.timeZone", "UTC")
      .config("spark.sql.shuffle.partitions", 2)
      .logTo(() => {})
      .use(memorySource());
    for (const [key, value] of Object.entries(conf)) builder.config(key, value as string);
    MemorySource.reset(`${prefix}-0`);
    return new Inputs(await builder.create(), prefix);
  }

  /** Another stream each time. */
  get other(): DataFrame {
    return this.named(`${this.prefix}-${++this.streams}`);
  }

  get marked(): DataFrame {
    return this.stream.withWatermark("t", "10 seconds");
  }

  get otherMarked(): DataFrame {
    return this.other.withWatermark("t", "10 seconds");
  }

  get table(): DataFrame {
    return this.spark.sql(
      "SELECT * FROM VALUES ('a', 1, timestamp_seconds(0)), ('z', 1, timestamp_seconds(0)) AS x(k, v, t)",
    );
  }

  /** SQL text over the stream, or the one with a watermark, as the view `s`. */
  sql(text: string, from: DataFrame = this.stream): DataFrame {
    from.createOrReplaceTempView("s");
    return this.spark.sql(text);
  }

  /** A row is its key, its value, and its time in seconds. */
  add(...rows: readonly (readonly [k: string, v: number, seconds: number])[]): void {
    const values = rows.map(([k, v, seconds]) => [k, v, new Date(seconds * 1000)]);
    MemorySource.addData(`${this.prefix}-0`, ...values);
  }

  private named(name: string): DataFrame {
    const schema = "k STRING, v INT, t TIMESTAMP";
    return this.spark.readStream.format("memory").option("name", name).schema(schema).load();
  }
}

/** `mapGroupsWithState` that counts the rows of a key. */
export function counted(
  rows: DataFrame,
  timeout: GroupStateTimeout = GroupStateTimeout.NoTimeout,
): DataFrame {
  return rows
    .groupByKey("k")
    .mapGroupsWithState({ state: "int", output: COLUMNS, timeout }, (k, given, state) => {
      state.update((state.getOption() ?? 0) + [...given].length);
      return { k: k as string, v: state.get(), t: new Date(0) };
    });
}

/** `flatMapGroupsWithState` that gives out the number of rows of a key so far, at the time of its latest row. */
export function running(
  rows: DataFrame,
  outputMode: OutputMode = "append",
  timeout: GroupStateTimeout = GroupStateTimeout.NoTimeout,
): DataFrame {
  return rows
    .groupByKey("k")
    .flatMapGroupsWithState({ state: "int", output: COLUMNS, outputMode, timeout }, (k, given, state) => {
      const all = [...given] as unknown as In[];
      state.update((state.getOption() ?? 0) + all.length);
      return [{ k: k as string, v: state.get(), t: all.at(-1)?.t ?? new Date(0) }];
    });
}

class PassedOn extends StatefulProcessor<string, In, In> {
  override *handleInputRows(_: string, rows: Iterable<In>): Iterable<In> {
    yield* rows;
  }
}

/** `transformWithState` that hands its rows on, with their time as event time if wanted. */
export function passedOn(
  rows: DataFrame,
  eventTimeColumn?: string,
  timeMode: TimeMode = TimeMode.None,
): DataFrame {
  return rows.groupByKey("k").transformWithState(() => new PassedOn() as never, {
    output: COLUMNS,
    outputMode: "append",
    ...(eventTimeColumn === undefined ? { timeMode } : { eventTimeColumn }),
  });
}
