import type { StreamingQuery } from "@ss/core";
import { fileSink } from "@ss/sink-file";
import { MemorySource, memorySource } from "@ss/source-memory";
import { type DataFrame, SparkSession, Trigger } from "@ss/sql";
import { FaultyFileSystem, type SeededRandom, seededRandom } from "@ss/testkit";
import { checkRun } from "./check-run.js";
import { Journal } from "./disk/journal.js";
import { comesFromDisk, comesFromRival, isNotToRepartition, randomFault } from "./disk/random-fault.js";
import { JumpingClock } from "./jumping-clock.js";
import { queryFrame, queryText, type RandomQuery, randomQuery } from "./query/random-query.js";
import { type Row, RowGenerator, sourceRow } from "./query/row.js";
import { collecting } from "./sink/collecting.js";
import { foreachBatch } from "./sink/foreach-batch.js";
import { jsonFiles } from "./sink/json-files.js";
import { checkLateRows } from "./sink/late-files.js";
import { memoryTable } from "./sink/memory-table.js";
import { type ObservedSink, writerOf } from "./sink/observed-sink.js";
import { forgetRows, sendRows, sentRows } from "./source/sent-rows.js";

const CHECKPOINT = "sim://disk/checkpoint";
/** Steps of the disk in which a life's fault strikes: a batch makes some forty. */
const FAULT_WITHIN = 90;

/** The same for a repartition, which makes a few. */
const REPARTITION_WITHIN = 15;

/** How many of the runs have threads, which take much longer to start than the rest of a life. */
const THREADED = 0.02;

/** What a run did, for the counts. */
export interface RunReport {
  readonly operators: readonly string[];
  readonly text: string;
  readonly batches: number;
  readonly lives: number;
  readonly faults: number;
}

/** A run that went wrong: with what, and in which query. */
export class SimulationFailure extends Error {
  readonly operators: readonly string[];
  constructor(operators: readonly string[], text: string, cause: unknown) {
    super(`${text}\n  ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.operators = operators;
  }
}

/**
 * A random query with random rows on a disk that fails at random, from a seed; throws where its result is not the model's. Each session has a
 * random number of threads up to `threads`; by default few runs have more than one.
 */
export async function simulate(
  seed: number,
  operators: readonly string[] = [],
  threads?: number,
): Promise<RunReport> {
  const run = new Simulation(seed, operators, threads);
  try {
    return await run.execute();
  } catch (error) {
    throw new SimulationFailure(run.operators, run.text, error);
  } finally {
    await run.close();
  }
}

/** A session with the query running in it: what a process is outside of a simulation. */
interface Life {
  readonly spark: SparkSession;
  readonly query: StreamingQuery;
}

class Simulation {
  private readonly random: SeededRandom;
  private readonly query: RandomQuery;
  private readonly sink: ObservedSink;
  private readonly sources: readonly string[];
  private readonly generators: readonly RowGenerator[];
  /** The additions to each source so far. */
  private readonly fed: Row[][][];
  private readonly journal: Journal = new Journal("/disk/checkpoint");
  private readonly clock: JumpingClock = new JumpingClock();
  private readonly conf: Readonly<Record<string, string>>;
  private readonly threads: number;
  private disk: FaultyFileSystem = new FaultyFileSystem({ schemes: ["sim"] });
  private additionsLeft: number;
  private readonly sessions: SparkSession[] = [];
  private lives = 0;
  private faults = 0;

  constructor(seed: number, operators: readonly string[], threads: number | undefined) {
    this.random = seededRandom(seed);
    this.threads = threads ?? (this.random.chance(THREADED) ? 3 : 1);
    this.query = randomQuery(this.random, operators);
    this.sink = this.chooseSink();
    this.sources = Array.from({ length: this.query.sourceCount }, (_, k) => `simulation-${seed}-${k}`);
    this.generators = this.sources.map(() => new RowGenerator(this.random.fork()));
    this.fed = this.sources.map(() => []);
    this.additionsLeft = this.random.integer(3, 40);
    this.conf = {
      "spark.sql.session.timeZone": "UTC",
      "spark.sql.streaming.multipleWatermarkPolicy": this.random.pick(["min", "max"]),
      "spark.sql.streaming.noDataMicroBatches.enabled": String(this.random.chance(0.8)),
    };
  }

  get operators(): string[] {
    const { steps, terminal, sourceCount, sourceDelays, endDelay, reportsLate } = this.query;
    const watermarked = sourceDelays || endDelay !== null ? ["watermark"] : [];
    const union = sourceCount > 1 ? ["union"] : [];
    return [
      ...union,
      ...new Set(steps.map((step) => step.operator)),
      ...watermarked,
      terminal.operator,
      ...(reportsLate ? ["late rows"] : []),
      ...(this.threads > 1 ? ["threads"] : []),
      this.sink.name,
    ];
  }

  get text(): string {
    const threads = this.threads > 1 ? `, up to ${this.threads} threads` : "";
    return `${queryText(this.query)} into ${this.sink.name}${threads}`;
  }

  /** Ends what still runs, also after a failure, and forgets the rows. */
  async close(): Promise<void> {
    await Promise.allSettled(this.sessions.map((spark) => spark.stop()));
    for (const name of this.sources) {
      MemorySource.reset(name);
      forgetRows(name);
    }
  }

  async execute(): Promise<RunReport> {
    while (this.additionsLeft > 0) await this.liveOnce();
    const batches = await this.finish();
    const { operators, text, lives, faults } = this;
    return { operators, text, batches, lives, faults };
  }

  private chooseSink(): ObservedSink {
    const sinks = [collecting(), foreachBatch(), memoryTable(), jsonFiles()];
    return this.random.pick(sinks.filter((sink) => sink.takes(this.query.terminal)));
  }

  private async newSession(): Promise<SparkSession> {
    const { random } = this;
    const builder = SparkSession.builder()
      .master(`local[${random.integer(1, this.threads)}]`)
      .use(memorySource(), sentRows(), fileSink(), ...this.sink.plugins, {
        name: "simulated disk",
        fileSystems: [this.disk],
      })
      .withClock(this.clock)
      .logTo(() => {});
    const settings = {
      ...this.conf,
      "spark.sql.shuffle.partitions": random.pick(["1", "2", "5", "16"]),
      "spark.sql.streaming.minBatchesToRetain": random.pick(["6", "10", "100"]),
      "spark.sql.streaming.stateStore.minDeltasForSnapshot": random.pick(["1", "2", "3", "10"]),
      "spark.sql.streaming.fileSink.log.compactInterval": random.pick(["2", "3", "10"]),
      "spark.sql.streaming.fileSink.log.cleanupDelay": random.pick(["0", "600000"]),
    };
    for (const [key, value] of Object.entries(settings)) builder.config(key, value);
    const spark = await builder.create();
    this.sessions.push(spark);
    return spark;
  }

  private async start(): Promise<Life> {
    const { random } = this;
    const spark = await this.newSession();
    const trigger = random.pick([
      Trigger.ProcessingTime(0),
      Trigger.ProcessingTime(0),
      Trigger.ProcessingTime(700),
    ]);
    const writer = writerOf(this.frame(spark), this.query, CHECKPOINT);
    return { spark, query: await this.sink.start(writer.trigger(trigger)) };
  }

  private frame(spark: SparkSession): DataFrame {
    return queryFrame(this.query, spark, this.threads > 1 ? "sent" : "memory", this.sources);
  }

  /** One process from start to end: a fault of the disk, `stop()`, or a rival that takes the checkpoint over. */
  private async liveOnce(): Promise<void> {
    this.lives++;
    const ending = this.random.pick([
      "fault",
      "fault",
      "fault",
      "fault",
      "stop",
      "rival",
      "once",
      "repartition",
    ] as const);
    if (ending === "fault" || (ending === "repartition" && this.random.chance())) {
      this.faults++;
      const at =
        this.disk.operations.length +
        this.random.integer(0, ending === "fault" ? FAULT_WITHIN : REPARTITION_WITHIN);
      this.disk.faultAt(at, randomFault(this.random));
    }
    const partitions = this.random.pick([1, 2, 3, 16]);
    try {
      if (ending === "repartition") await this.repartition(partitions);
      else if (ending === "rival") await this.liveWithRival();
      else if (ending === "once") await this.liveByTrigger();
      else await this.live(ending === "stop");
    } catch (error) {
      if (!comesFromDisk(error)) throw error;
    }
    if (this.disk.crashed) this.disk = this.disk.restart();
    else this.disk.flush();
    this.disk.clearFaults();
    // what a fault has left unfinished is to be repeated before a query starts
    if (ending === "repartition") await this.repartition(partitions);
    this.journal.read(this.disk);
  }

  /** A tool that gives the state another number of partitions. */
  private async repartition(partitions: number): Promise<void> {
    const spark = await this.newSession();
    try {
      await spark.streams.repartition(CHECKPOINT, partitions);
    } catch (error) {
      if (!isNotToRepartition(error)) throw error;
    } finally {
      await spark.stop();
    }
  }

  /** Feeds a running query until it fails, is stopped, or there is nothing left to feed. */
  private async live(stopsInBatch: boolean): Promise<void> {
    const { spark, query } = await this.start();
    try {
      await this.feedRunning(query, stopsInBatch);
    } finally {
      await spark.stop();
    }
    // what ended a query that nobody waited for
    if (query.exception && !comesFromDisk(query.exception)) throw query.exception;
  }

  private async feedRunning(query: StreamingQuery, stopsInBatch: boolean): Promise<void> {
    for (let count = this.random.integer(1, 8); count > 0 && this.additionsLeft > 0; count--) {
      this.feed();
      if (stopsInBatch && this.random.chance(0.3)) {
        await turns(this.random.integer(0, 60));
        return;
      }
      if (this.random.chance(0.8)) await query.processAllAvailable();
      this.journal.read(this.disk);
    }
  }

  /** Two processes on one checkpoint: at most one goes on, the other says why not. */
  private async liveWithRival(): Promise<void> {
    const first = await this.start();
    this.feed();
    await turns(this.random.integer(0, 60));
    const second = await this.start();
    const settled = [first, second].map(({ query }) => query.processAllAvailable().catch(() => {}));
    await Promise.all(settled);
    this.journal.read(this.disk);
    if (this.additionsLeft > 0) this.feed();
    await Promise.all([first, second].map(({ query }) => query.processAllAvailable().catch(() => {})));
    await first.spark.stop();
    await second.spark.stop();
    for (const { query } of [first, second]) {
      if (query.exception && !comesFromRival(query.exception)) throw query.exception;
    }
  }

  /** A run with a trigger that has an end. */
  private async liveByTrigger(): Promise<void> {
    this.feed();
    const spark = await this.newSession();
    const trigger = this.random.chance() ? Trigger.AvailableNow() : Trigger.Once();
    const writer = writerOf(this.frame(spark), this.query, CHECKPOINT);
    const query = await this.sink.start(writer.trigger(trigger));
    await query.awaitTermination();
    await spark.stop();
  }

  private feed(): void {
    const count = Math.min(this.additionsLeft, this.random.pick([1, 1, 2, 3]));
    this.additionsLeft -= count;
    for (let k = 0; k < count; k++) this.addTo(this.random.integer(0, this.sources.length - 1));
  }

  private addTo(source: number): void {
    const rows = this.generators[source]!.rows();
    this.fed[source]!.push(rows);
    if (this.threads > 1) sendRows(this.sources[source]!, rows);
    else MemorySource.addData(this.sources[source]!, ...rows.map(sourceRow));
  }

  /** Runs to the end without faults, and compares. */
  private async finish(): Promise<number> {
    this.lives++;
    const { spark, query } = await this.start();
    await query.processAllAvailable();
    this.journal.read(this.disk);
    // a batch of this session, as the memory sink knows no other
    this.addTo(0);
    await query.processAllAvailable();
    this.journal.read(this.disk);
    const batches = this.journal.batches();
    const withoutData = this.conf["spark.sql.streaming.noDataMicroBatches.enabled"] === "true";
    const policy = this.conf["spark.sql.streaming.multipleWatermarkPolicy"] as "min" | "max";
    const expected = checkRun(this.query, batches, this.fed, { policy, withoutData });
    await this.sink.check(expected.batches, this.query.terminal, this.disk, spark);
    if (this.query.reportsLate) checkLateRows(this.disk, expected.late);
    await spark.stop();
    return batches.length;
  }
}

/** Lets others go on, so many rounds of the event loop. */
async function turns(count: number): Promise<void> {
  for (let k = 0; k < count; k++) await new Promise((resolve) => setImmediate(resolve));
}
