import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createTopics,
  INSTALL_MS,
  type Kafka,
  missingForKafka,
  missingForPostgres,
  type Postgres,
  startKafka,
  startPostgres,
  temporaryFolder,
} from "@ss/app-servers";
import { parquetSink } from "@ss/sink-parquet";
import { fileSource } from "@ss/source-file";
import { kafkaSource } from "@ss/source-kafka";
import { SparkSession } from "@ss/sql";
import { type SeededRandom, seededRandom } from "@ss/testkit";
import { Kafka as Client, logLevel, type Producer } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";
import { Database } from "./postgres/database.js";
import { bundleProgram, Program } from "./programs/program.js";

const FIRST_START_MS = INSTALL_MS + 120_000;
/** How often each copying program is killed, and what decides when. */
const KILLS = Number(process.env["KILLS"] ?? 100);
const SEED = Number(process.env["KILLS_SEED"] ?? Date.now() % 1_000_000);
/** So many batches of 40 that no life of the program runs out of records. */
const RECORDS = 240;
const MOST_BATCHES = 3;
const PATIENCE = { timeout: 60_000, interval: 200 };
const LIMIT_MS = 120_000 + KILLS * 15_000;

const title = `and is killed ${KILLS} times at any moment of its work has every record there once (seed ${SEED})`;

describeWith([missingForKafka()], "a program that copies a topic", () => {
  let kafka: Kafka;
  let producer: Producer;
  let spark: SparkSession;
  let path: string;

  beforeAll(async () => {
    kafka = await startKafka();
    const client = new Client({ brokers: kafka.bootstrap.split(","), logLevel: logLevel.NOTHING });
    producer = client.producer();
    await producer.connect();
    const admin = client.admin();
    await admin.connect();
    const topics = ["for-topic", "for-postgres", "for-parquet", "copied"];
    await createTopics(
      admin,
      ...topics.map((topic) => ({ topic, numPartitions: topic === "copied" ? 3 : 2 })),
    );
    await admin.disconnect();
    path = await bundleProgram("copy-topic");
    spark = await SparkSession.builder().use(kafkaSource(), fileSource(), parquetSink()).create();
  }, FIRST_START_MS);

  afterAll(async () => {
    await spark?.stop();
    await producer?.disconnect();
    await kafka?.stop();
  });

  /** Has the program copy, killed again and again, and then to the end; gives the number of records that there were. */
  async function copyKilled(target: "topic" | "postgres" | "parquet", to: string): Promise<number> {
    const random = seededRandom(SEED);
    const checkpoint = temporaryFolder("killed");
    const topic = `for-${target}`;
    const program = (): Program => new Program(path, [kafka.bootstrap, topic, checkpoint, target, to]);
    const moments = new Moments(random);
    const met = { "before a log was written": 0, "within a batch": 0, "between batches": 0 };
    let count = 0;
    let next = program();
    for (let kills = 0; kills < KILLS; kills++) {
      const messages = Array.from({ length: RECORDS }, () => ({ key: `k${count}`, value: `${count++}` }));
      await producer.send({ topic, messages });
      const current = next;
      // loads while the other one works
      next = program();
      const before = logsOf(checkpoint);
      await moments.kill(current);
      expect(await current.ended, current.errors).toBe("SIGKILL");
      met[momentOf(before, logsOf(checkpoint))]++;
    }
    await next.order("finish");
    expect(await next.ended, next.errors).toBe(0);
    console.log(`Killed with the seed ${SEED}, ${target}: ${JSON.stringify(met)}`);
    return count;
  }

  test(`to another topic ${title}`, { timeout: LIMIT_MS }, async () => {
    const count = await copyKilled("topic", "copied");
    const copied = spark.read
      .format("kafka")
      .option("kafka.bootstrap.servers", kafka.bootstrap)
      .option("kafka.isolation.level", "read_committed")
      .option("subscribe", "copied")
      .load()
      .selectExpr("CAST(CAST(value AS STRING) AS INT) AS value");
    // records show some milliseconds after the commit of their transaction
    await expect.poll(() => copied.count(), PATIENCE).toBeGreaterThanOrEqual(count);
    expect(sortedValues(await copied.collect())).toEqual(numbersTo(count));
  });

  test(`to Parquet files ${title}`, { timeout: LIMIT_MS }, async () => {
    const folder = join(temporaryFolder("killed-files"), "copied");
    const count = await copyKilled("parquet", folder);
    const copied = spark.read.format("parquet").load(folder).selectExpr("CAST(value AS INT) AS value");
    expect(sortedValues(await copied.collect())).toEqual(numbersTo(count));
  });

  describeWith([missingForPostgres()], "and writes it", () => {
    let postgres: Postgres;
    beforeAll(async () => {
      postgres = await startPostgres();
    }, FIRST_START_MS);
    afterAll(() => postgres?.stop());

    test(`to PostgreSQL ${title}`, { timeout: LIMIT_MS }, async () => {
      const count = await copyKilled("postgres", postgres.url);
      const database = await Database.open(postgres);
      const rows = await database.rows("SELECT value::int FROM copied ORDER BY value");
      await database.close();
      expect(rows.flat()).toEqual(numbersTo(count));
    });
  });
});

/** Chooses when a program is killed, so that each part of its work is met, however fast the machine is just now. */
class Moments {
  private readonly random: SeededRandom;
  /** How long it took, the last time, from the order to the first batch, and from one batch to the next. */
  private firstMs = 1000;
  private laterMs = 100;

  constructor(random: SeededRandom) {
    this.random = random;
  }

  /** Has the program begin, and kills it before its first batch is committed, or while it writes one of those after it. */
  async kill(program: Program): Promise<void> {
    await program.order("begin");
    const batches = this.random.integer(0, MOST_BATCHES);
    let last = performance.now();
    for (let batch = 1; batch <= batches; batch++) {
      await program.committed(batch);
      const now = performance.now();
      if (batch === 1) this.firstMs = now - last;
      else this.laterMs = now - last;
      last = now;
    }
    await sleep(this.random.next() * (batches === 0 ? this.firstMs : this.laterMs));
    program.kill();
  }
}

/** The last batch that a checkpoint has begun, and the last that it has committed. */
interface Logs {
  readonly begun: number;
  readonly committed: number;
}

const logsOf = (checkpoint: string): Logs => ({
  begun: lastBatch(checkpoint, "offsets"),
  committed: lastBatch(checkpoint, "commits"),
});

/** What a checkpoint says of the moment of a kill. */
function momentOf(
  before: Logs,
  after: Logs,
): "before a log was written" | "within a batch" | "between batches" {
  if (after.begun === before.begun && after.committed === before.committed) return "before a log was written";
  return after.begun > after.committed ? "within a batch" : "between batches";
}

function lastBatch(checkpoint: string, log: "offsets" | "commits"): number {
  const folder = join(checkpoint, log);
  if (!existsSync(folder)) return -1;
  const batches = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  return batches.map(Number).reduce((a, b) => Math.max(a, b), -1);
}

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, k) => k);

const sortedValues = (rows: readonly object[]): number[] =>
  (rows as { readonly value: number }[]).map(({ value }) => value).sort((a, b) => a - b);
