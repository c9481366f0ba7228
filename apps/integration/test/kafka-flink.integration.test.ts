import {
  createTopics,
  type Flink,
  INSTALL_MS,
  type Kafka,
  missingForFlink,
  missingForKafka,
  startFlink,
  startKafka,
  temporaryFolder,
} from "@ss/app-servers";
import { kafkaSink } from "@ss/sink-kafka";
import { kafkaSource } from "@ss/source-kafka";
import { expr, SparkSession, window } from "@ss/sql";
import { type Admin, Kafka as Client, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

/** 2023-11-14 22:13:20, the begin of a window of 10 s. */
const BEGIN_MS = 1_700_000_000_000;
const EVENTS = 20_000;
const EVENT_MS = 10;
const KEYS = 5;
const WINDOW_MS = 10_000;
const WINDOWS = (EVENTS * EVENT_MS) / WINDOW_MS;
/** Windows that the events close themselves: all but those of the last delay and of the last event. */
const CLOSED = WINDOWS - 2;
const LIMIT_MS = 400_000;
const PATIENCE = { timeout: 120_000, interval: 200 };

interface KeyedAmount {
  readonly k: string;
  readonly amount: number;
}

describeWith([missingForKafka(), missingForFlink()], "beside Apache Flink on one Kafka", () => {
  let kafka: Kafka;
  let flink: Flink;
  let admin: Admin;
  let spark: SparkSession;

  beforeAll(
    async () => {
      // transactions that are open for too long are looked for each 10 s, unless told
      const properties = { "transaction.abort.timed.out.transaction.cleanup.interval.ms": "100" };
      kafka = await startKafka({ properties });
      flink = await startFlink();
      admin = new Client({ brokers: kafka.bootstrap.split(","), logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      spark = await SparkSession.builder().use(kafkaSource(), kafkaSink()).create();
    },
    2 * INSTALL_MS + 120_000,
  );

  afterAll(async () => {
    await spark?.stop();
    await admin?.disconnect();
    await flink?.stop();
    await kafka?.stop();
  });

  const createTopic = (topic: string, numPartitions: number): Promise<void> =>
    createTopics(admin, { topic, numPartitions });

  /** A table of Flink over a topic of JSON records, whose key is the column k. */
  const topicTable = (name: string, columns: string, topic: string): string => {
    const options = {
      connector: "kafka",
      topic,
      "properties.bootstrap.servers": kafka.bootstrap,
      "properties.isolation.level": "read_committed",
      "properties.transaction.timeout.ms": "30000",
      "scan.startup.mode": "earliest-offset",
      "scan.bounded.mode": "latest-offset",
      "key.format": "raw",
      "key.fields": "k",
      "value.format": "json",
      "value.json.timestamp-format.standard": "ISO-8601",
      "sink.delivery-guarantee": "exactly-once",
      "sink.transactional-id-prefix": topic,
    };
    const pairs = Object.entries(options).map(([key, value]) => `'${key}' = '${value}'`);
    return `CREATE TABLE ${name} (${columns}) WITH (${pairs.join(", ")})`;
  };

  const numbersTable = (count: number, perSecond: number): string =>
    `CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '${perSecond}',
       'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '${count - 1}')`;

  const eventColumns = "k STRING, amount BIGINT, happened TIMESTAMP_LTZ(3)";

  const readTopic = (topic: string, isolation = "read_committed") =>
    spark.read
      .format("kafka")
      .option("kafka.bootstrap.servers", kafka.bootstrap)
      .option("kafka.isolation.level", isolation)
      .option("subscribe", topic)
      .load();

  test("a topic that its SQL writes in transactions is read and windowed meanwhile, and the counts are read back by it", {
    timeout: LIMIT_MS,
  }, async () => {
    await createTopic("flink-events", 1);
    await createTopic("counts", 3);
    const events = topicTable("events", eventColumns, "flink-events");
    const query = await spark.readStream
      .format("kafka")
      .option("kafka.bootstrap.servers", kafka.bootstrap)
      .option("kafka.isolation.level", "read_committed")
      .option("subscribe", "flink-events")
      .option("startingOffsets", "earliest")
      .load()
      .selectExpr("from_json(CAST(value AS STRING), 'k STRING, amount BIGINT, happened TIMESTAMP') AS event")
      .select("event.*")
      .withWatermark("happened", "10 seconds")
      .groupBy(window("happened", "10 seconds"), "k")
      .agg(expr("count(*) AS n"), expr("sum(amount) AS total"))
      .selectExpr(
        "k AS key",
        "to_json(named_struct('opened', window.start, 'k', k, 'n', n, 'total', total)) AS value",
      )
      .writeStream.format("kafka")
      .option("kafka.bootstrap.servers", kafka.bootstrap)
      .option("topic", "counts")
      .option("delivery", "exactlyOnce")
      .option("checkpointLocation", temporaryFolder("flink-counts"))
      .start();
    await flink.run(
      [
        events,
        numbersTable(EVENTS, 5_000),
        `INSERT INTO events SELECT 'k' || CAST(MOD(n, ${KEYS}) AS STRING), n,
           TO_TIMESTAMP_LTZ(${BEGIN_MS} + n * ${EVENT_MS}, 3) FROM numbers`,
      ],
      { "execution.checkpointing.interval": "500ms" },
    );
    await expect.poll(() => readTopic("counts").count(), PATIENCE).toBe(CLOSED * KEYS);
    // an event long after the others closes all windows
    const closing = BEGIN_MS + EVENTS * EVENT_MS + 3_600_000;
    await flink.run([events, `INSERT INTO events VALUES ('end', 0, TO_TIMESTAMP_LTZ(${closing}, 3))`]);
    await expect.poll(() => readTopic("counts").count(), PATIENCE).toBe(WINDOWS * KEYS);
    await query.stop();

    const found = await flink.run(
      [
        topicTable("counts", "k STRING, opened TIMESTAMP_LTZ(3), n BIGINT, total BIGINT", "counts"),
        "SELECT k, CAST(opened AS STRING), n, total FROM counts",
      ],
      { "execution.runtime-mode": "batch" },
    );
    expect(found.sort()).toEqual(expectedCounts());
    const amounts = found.map(([, , , total]) => Number(total));
    expect(amounts.reduce((a, b) => a + b)).toBe((EVENTS * (EVENTS - 1)) / 2);
  });

  test("what a job wrote in a transaction that was killed is read by nobody", {
    timeout: LIMIT_MS,
  }, async () => {
    await createTopic("flink-killed", 4);
    const events = topicTable("events", eventColumns, "flink-killed");
    const write = (count: number, perSecond: number): Promise<string[][]> =>
      flink.run(
        [
          events,
          numbersTable(count, perSecond),
          `INSERT INTO events SELECT 'k' || CAST(n AS STRING), n, TO_TIMESTAMP_LTZ(${BEGIN_MS} + n, 3) FROM numbers`,
        ],
        { "execution.checkpointing.interval": "1h" },
      );
    const written = write(500_000, 1000);
    const isSeen = expect
      .poll(() => readTopic("flink-killed", "read_uncommitted").count(), PATIENCE)
      .toBeGreaterThan(500);
    await Promise.race([written, isSeen]);
    await flink.kill();
    await expect(written).rejects.toThrow();
    await flink.restart();
    await write(3000, 3000);
    const values = async (isolation: string): Promise<readonly KeyedAmount[]> => {
      const rows = await readTopic("flink-killed", isolation)
        .selectExpr(
          "CAST(key AS STRING) AS k",
          "CAST(get_json_object(CAST(value AS STRING), '$.amount') AS INT) AS amount",
        )
        .collect();
      return rows as unknown as KeyedAmount[];
    };
    await expect.poll(async () => (await values("read_committed")).length, PATIENCE).toBe(3000);
    const rows = await values("read_committed");
    expect(rows.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 3000 }, (_, n) => n),
    );
    for (const { k, amount } of rows) expect(k).toBe(`k${amount}`);
    expect((await values("read_uncommitted")).length).toBeGreaterThan(3500);
  });
});

/** What arithmetic gives for each window and key: its numbers are those that leave the key's remainder. */
function expectedCounts(): string[][] {
  const perWindow = WINDOW_MS / EVENT_MS;
  const rows: string[][] = [];
  for (let key = 0; key < KEYS; key++)
    for (let from = 0; from < EVENTS; from += perWindow) {
      const opened = new Date(BEGIN_MS + from * EVENT_MS).toISOString().replace("T", " ").replace("Z", "");
      const n = perWindow / KEYS;
      const first = from + key;
      const last = first + (n - 1) * KEYS;
      rows.push([`k${key}`, opened, String(n), String((n * (first + last)) / 2)]);
    }
  return rows.sort();
}
