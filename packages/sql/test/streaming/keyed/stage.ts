import type { OutputMode } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import {
  addData,
  type CollectingSink,
  collectingSink,
  perform,
  type StreamAction,
  startStream,
  stopStream,
  testStream,
  VirtualClock,
} from "@ss/testkit";
import { expect, test } from "vitest";
import { type DataFrame, SparkSession, Trigger } from "../../../src/index.js";

let stages = 0;

/** What a stateful operator reported since the last look. */
export interface StateCounts {
  readonly total?: number;
  readonly updated?: number;
  readonly removed?: number;
  readonly dropped?: number;
}

/** What a stage has beyond a session. */
export interface StageOptions {
  readonly clock?: boolean;
  readonly conf?: Readonly<Record<string, string>>;
}

/** A session with a source to be fed by hand, a sink that keeps what it gets and, if wanted, a clock to be moved by hand. */
export class Stage {
  readonly source: string = `stage-${stages++}`;
  readonly sink: CollectingSink = collectingSink();
  readonly spark: SparkSession;
  readonly clock: VirtualClock | undefined;
  /** Whether the query is stopped and started again before every addition but the first. */
  restarts = false;
  private seen: readonly [query: unknown, reports: number] = [null, 0];

  private constructor(spark: SparkSession, sink: CollectingSink, clock: VirtualClock | undefined) {
    this.spark = spark;
    this.sink = sink;
    this.clock = clock;
  }

  static async set(options: StageOptions = {}): Promise<Stage> {
    const sink = collectingSink();
    const clock = options.clock ? new VirtualClock() : undefined;
    const builder = SparkSession.builder()
      .use(memorySource(), sink.plugin())
      .config("spark.sql.session.timeZone", "UTC")
      .logTo(() => {});
    if (clock) builder.withClock(clock);
    for (const [key, value] of Object.entries(options.conf ?? {})) builder.config(key, value);
    return new Stage(await builder.create(), sink, clock);
  }

  input(schema: string, name: string = this.source): DataFrame {
    return this.spark.readStream.format("memory").option("name", name).schema(schema).load();
  }

  add(...rows: readonly unknown[]): StreamAction {
    return addData(MemorySource, this.source, ...rows);
  }

  /** Runs a query; with a clock a batch each second. */
  async run(frame: DataFrame, mode: OutputMode, ...actions: readonly StreamAction[]): Promise<void> {
    try {
      await testStream(
        frame as never,
        {
          sink: this.sink,
          outputMode: mode,
          ...(this.clock === undefined
            ? {}
            : { clock: this.clock, trigger: Trigger.ProcessingTime("1 second") }),
        },
        lookAround,
        ...(this.restarts ? withRestarts(actions) : actions),
      );
    } finally {
      await this.spark.stop();
    }
  }

  /** What the newest (or so-manieth from the sink upwards) operator says: total now, the rest summed since the last look. */
  state(expected: StateCounts): StreamAction {
    return perform("look at the state", async (test) => {
      await test.settle();
      const { query } = test;
      const [before, reports] = this.seen[0] === query ? this.seen : [query, 0];
      const all = query.recentProgress.map((progress) => progress.stateOperators[0]!);
      const fresh = all.slice(before === query ? reports : 0);
      this.seen = [query, all.length];
      const sum = (pick: (one: (typeof all)[number]) => number): number =>
        fresh.reduce((total, one) => total + pick(one), 0);
      const actual = {
        total: all.at(-1)?.numRowsTotal,
        updated: sum((one) => one.numRowsUpdated),
        removed: sum((one) => one.numRowsRemoved),
        dropped: sum((one) => one.numRowsDroppedByWatermark),
      };
      expect(actual).toMatchObject(expected);
    });
  }
}

/** The first trigger comes at once: what is to be added later has to wait for it. */
const lookAround: StreamAction = perform("wait for the first trigger", (test) =>
  test.settle().catch(() => {}),
);

/** Stop and start on the same checkpoint. */
export const restart: readonly StreamAction[] = [stopStream(), startStream(), lookAround];

function withRestarts(actions: readonly StreamAction[]): StreamAction[] {
  const isAddition = ({ name }: StreamAction): boolean => name.startsWith("addData");
  const first = actions.findIndex(isAddition);
  return actions.flatMap((action, k) => (k > first && isAddition(action) ? [...restart, action] : [action]));
}

/** A test of a query that is run straight through, and once more with a restart before every addition but the first. */
export function scenario(name: string, run: (set: typeof Stage.set) => Promise<void>): void {
  test(name, () => run((options) => Stage.set(options)));
  test(`${name}, with a restart before every addition`, () =>
    run(async (options) => {
      const stage = await Stage.set(options);
      stage.restarts = true;
      return stage;
    }));
}
