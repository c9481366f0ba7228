// Both ways of reading records, side by side: by requests of our own, and by consumers of kafkajs.
import {
  createTopics,
  INSTALL_MS,
  type Kafka,
  missingForKafka,
  startKafka,
  temporaryFolder,
  until,
} from "@ss/app-servers";
import { kafkaSource } from "@ss/source-kafka";
import { memorySource } from "@ss/source-memory";
import { type DataFrame, SparkSession } from "@ss/sql";
import { type Admin, Kafka as Client, logLevel, type Message, type Transaction } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

const FIRST_START_MS = INSTALL_MS + 120_000;
const READERS = ["fetch", "consumer"] as const;
/** What serializers of integers make of 0; the marker of an aborted transaction has the same key. */
const ZERO = Buffer.alloc(4);

type Settings = Readonly<Record<string, unknown>>;

describeWith([missingForKafka()], "the two readers of records", () => {
  let server: Kafka;
  let client: Client;
  let admin: Admin;
  let spark: SparkSession;
  const warnings: string[] = [];

  beforeAll(async () => {
    const properties = { "log.cleaner.backoff.ms": "200", "log.initial.task.delay.ms": "100" };
    server = await startKafka({ properties });
    const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: 60 };
    client = new Client({ brokers: server.bootstrap.split(","), logLevel: logLevel.NOTHING, retry });
    admin = client.admin();
    await admin.connect();
    spark = await SparkSession.builder()
      .logTo((_, message) => void warnings.push(message))
      .use(kafkaSource(), memorySource())
      .create();
  }, FIRST_START_MS);

  afterAll(async () => {
    await spark?.stop();
    await admin?.disconnect();
    await server?.stop();
  });

  const create = async (topic: string, numPartitions: number, config: Record<string, string> = {}) => {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await createTopics(admin, { topic, numPartitions, configEntries });
  };

  const send = async (topic: string, messages: Message[]): Promise<void> => {
    const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    await producer.send({ topic, messages });
    await producer.disconnect();
  };

  const load = (settings: Settings): DataFrame =>
    spark.read
      .format("kafka")
      .options({
        "kafka.bootstrap.servers": server.bootstrap,
        includeHeaders: true,
        ...(settings as Record<string, string>),
      })
      .load();

  /** Every column of every record, as text. */
  const rowsOf = async (settings: Settings): Promise<string[]> => {
    const rows = await load(settings)
      .selectExpr(
        "topic",
        "partition",
        "offset",
        "hex(key) AS key",
        "hex(value) AS value",
        "unix_millis(timestamp) AS ms",
        "timestampType",
        "to_json(transform(headers, h -> concat(h.key, '=', hex(h.value)))) AS headers",
      )
      .orderBy("topic", "partition", "offset")
      .collect();
    return rows.map((row) => JSON.stringify(Object.values(row)));
  };

  /** What both readers give, which has to be the same. */
  const sameRows = async (settings: Settings): Promise<string[]> => {
    const [fetched, consumed] = [
      await rowsOf({ ...settings, recordReader: "fetch" }),
      await rowsOf({ ...settings, recordReader: "consumer" }),
    ];
    expect(consumed).toEqual(fetched);
    return consumed;
  };

  const offsetsOf = (rows: readonly string[]): number[] => rows.map((row) => JSON.parse(row)[2] as number);

  test.each([
    ["uncompressed", "CreateTime"],
    ["gzip", "CreateTime"],
    ["snappy", "LogAppendTime"],
    ["lz4", "CreateTime"],
    ["zstd", "LogAppendTime"],
  ])(
    "give the same keys, values, headers and times of records in %s batches with %s",
    async (codec, timestampType) => {
      const topic = `codec-${codec}`;
      await create(topic, 3, { "compression.type": codec, "message.timestamp.type": timestampType });
      const messages = (count: number): Message[] =>
        Array.from({ length: count }, (_, k) => ({
          partition: k % 3,
          key: k % 5 === 0 ? null : `key-${k}`,
          value: k % 7 === 0 ? null : k % 11 === 0 ? "" : `value ${k} `.repeat(1 + (k % 9)),
          timestamp: String(1_700_000_000_000 + ((k * 37) % 1000)),
          ...(k % 4 === 0 ? { headers: { first: `${k}`, naïve: "ü", twice: ["a", "b"], empty: "" } } : {}),
        }));
      await send(topic, messages(900));
      await send(topic, messages(300));
      expect(await sameRows({ subscribe: topic })).toHaveLength(1200);
    },
  );

  test("give the same rows of many topics at a time", async () => {
    const topics = { subscribePattern: "codec-.*", maxRecordsPerPartition: 150 };
    expect(await sameRows(topics)).toHaveLength(5 * 1200);
  });

  test("give the same rows of ranges that begin and end within batches, and of pieces of a partition", async () => {
    await create("pieces", 2, { "compression.type": "lz4" });
    const messages = Array.from({ length: 2000 }, (_, k) => ({ value: `v${k}`, partition: k % 2 }));
    for (let k = 0; k < 2000; k += 400) await send("pieces", messages.slice(k, k + 400));
    const range = {
      subscribe: "pieces",
      startingOffsets: '{"pieces":{"0":13,"1":250}}',
      endingOffsets: '{"pieces":{"0":911,"1":251}}',
    };
    expect(offsetsOf(await sameRows(range))).toEqual([...Array.from({ length: 898 }, (_, k) => 13 + k), 250]);
    const small = { "kafka.max.partition.fetch.bytes": "500", "kafka.fetch.max.bytes": "900" };
    expect(await sameRows({ ...range, ...small, minPartitions: 5 })).toHaveLength(899);
  });

  test("give the same rows of a topic that compaction has left holes in", async () => {
    await create("compacted", 1, {
      "cleanup.policy": "compact",
      "segment.ms": "300",
      "min.cleanable.dirty.ratio": "0.001",
      "compression.type": "gzip",
    });
    const topic = { subscribe: "compacted" };
    const count = 600;
    await send(
      "compacted",
      Array.from({ length: count }, (_, k) => ({ key: `k${k % 100 === 3 ? k : 0}`, value: `v${k}` })),
    );
    // the last record of the batch goes, too
    await send("compacted", [{ key: "k0", value: "last" }]);
    await until(async () => {
      // a new segment, so that the one before may be compacted
      await send("compacted", [{ key: `${Math.random()}`, value: "tick" }]);
      return (
        (await load({ ...topic, endingOffsets: `{"compacted":{"0":${count}}}` }).count()) === count / 100
      );
    }, "the topic is compacted");
    const [end] = await admin.fetchTopicOffsets("compacted");
    const ending = { ...topic, endingOffsets: `{"compacted":{"0":${end!.offset}}}` };
    const offsets = offsetsOf(await sameRows(ending)).filter((offset) => offset < count);
    expect(offsets).toEqual([3, 103, 203, 303, 403, 503]);
    // the last holes of the batch are all that is left of it there
    const rows = await sameRows({ ...ending, startingOffsets: '{"compacted":{"0":510}}' });
    expect(offsetsOf(rows)[0]).toBe(count);
  });

  test("give the same rows of transactions that are committed, aborted and open, one within another", async () => {
    await create("transactions", 2);
    const begin = async (id: string): Promise<Transaction> => {
      const producer = client.producer({ transactionalId: id, maxInFlightRequests: 1, idempotent: true });
      await producer.connect();
      return producer.transaction();
    };
    let sent = 0;
    /** By which of the calls below each record came, counted from 0. */
    const callsOf = (rows: readonly string[]): number[] =>
      rows.map((row) => Math.floor(Number(Buffer.from(JSON.parse(row)[4], "hex").toString().slice(1)) / 2));
    const add = async (transaction: Transaction, key: Buffer | null = null): Promise<void> => {
      const messages = [0, 1].map((partition) => ({ key, value: `v${sent++}`, partition }));
      await transaction.send({ topic: "transactions", messages });
    };
    // a transaction has ended for its producer before its markers stand in the partitions
    const ends = (offset: number): Promise<void> =>
      until(async () => {
        const partitions = await admin.fetchTopicOffsets("transactions");
        return partitions.every(({ high }) => Number(high) === offset);
      }, `the partitions end at ${offset}`);
    const [one, two, three] = [await begin("one"), await begin("two"), await begin("three")];
    // offsets of each partition: 0 to 5 are records, 6 to 8 markers
    for (const transaction of [one, two, three, two, one, three]) await add(transaction, ZERO);
    await two.abort();
    await three.commit();
    await one.abort();
    await ends(9);
    const [four, five] = [await begin("four"), await begin("five")];
    await add(four);
    await add(five);
    await five.commit();
    await send(
      "transactions",
      [0, 1].map((partition) => ({ value: `v${sent++}`, partition })),
    );
    const committed = { subscribe: "transactions", "kafka.isolation.level": "read_committed" };
    // up to the first record of the one that is open
    const both = (calls: readonly number[]): number[] => [...calls, ...calls];
    expect(callsOf(await sameRows(committed))).toEqual(both([2, 5]));
    expect(callsOf(await sameRows({ subscribe: "transactions" }))).toEqual(both([0, 1, 2, 3, 4, 5, 6, 7, 8]));
    await four.abort();
    await ends(14);
    for (const limits of [{}, { "kafka.max.partition.fetch.bytes": "100", "kafka.fetch.max.bytes": "100" }]) {
      expect(callsOf(await sameRows({ ...committed, ...limits }))).toEqual(both([2, 5, 7, 8]));
      const middle = '{"transactions":{"0":4,"1":1}}';
      const rows = await sameRows({ ...committed, ...limits, startingOffsets: middle });
      expect(callsOf(rows)).toEqual([5, 7, 8, 2, 5, 7, 8]);
    }
  });

  test("find the cluster by any of the brokers that are named", async () => {
    await create("found", 1);
    await send("found", [{ value: "v" }]);
    const servers = { "kafka.bootstrap.servers": `127.0.0.1:1,${server.bootstrap}` };
    expect(await sameRows({ subscribe: "found", ...servers })).toHaveLength(1);
  });

  test("say the same of records that are gone, and pass over the same ones where they may", async () => {
    await create("gone", 1);
    await send(
      "gone",
      Array.from({ length: 20 }, (_, k) => ({ value: `v${k}` })),
    );
    const partitions = [{ partition: 0, offset: "8" }];
    await until(
      () => admin.deleteTopicRecords({ topic: "gone", partitions }).then(() => true),
      "records are deleted",
    );
    const options = { subscribe: "gone", startingOffsets: '{"gone":{"0":3}}' };
    for (const recordReader of READERS)
      await expect(rowsOf({ ...options, recordReader })).rejects.toThrow(
        "Could not read records in offset [3, 8) of gone-0",
      );
    warnings.length = 0;
    expect(offsetsOf(await sameRows({ ...options, failOnDataLoss: false }))).toEqual(
      Array.from({ length: 12 }, (_, k) => 8 + k),
    );
    expect(warnings.filter((text) => text.includes("[3, 8) of gone-0"))).toHaveLength(2);
  });

  test("a stream reads by one group after another, commits nothing to it, and goes on over a restart of the broker", async () => {
    await create("stream", 3);
    const messages = (from: number, count: number): Message[] =>
      Array.from({ length: count }, (_, k) => ({ value: `v${from + k}`, partition: (from + k) % 3 }));
    const values = async (): Promise<number[]> => {
      const rows = await spark.table("by_consumer").collect();
      return rows.map((row) => Number((row["value"] as string).slice(1))).sort((a, b) => a - b);
    };
    await send("stream", messages(0, 600));
    const query = await spark.readStream
      .format("kafka")
      .option("kafka.bootstrap.servers", server.bootstrap)
      .option("subscribe", "stream")
      .option("startingOffsets", "earliest")
      .option("recordReader", "consumer")
      .option("groupIdPrefix", "my-readers")
      .option("maxOffsetsPerTrigger", 90)
      .load()
      .selectExpr("CAST(value AS STRING) AS value")
      .writeStream.format("memory")
      .queryName("by_consumer")
      .option("checkpointLocation", temporaryFolder("kafka-readers"))
      .start();
    await query.processAllAvailable();
    const groups = async (): Promise<string[]> =>
      (await admin.listGroups()).groups
        .map(({ groupId }) => groupId)
        .filter((id) => id.startsWith("my-readers-"));
    const joined = await groups();
    expect(joined.length).toBeGreaterThan(0);
    for (const groupId of joined) {
      const [committed] = await admin.fetchOffsets({ groupId, topics: ["stream"] });
      expect(committed!.partitions.every(({ offset }) => offset === "-1")).toBe(true);
    }
    await server.brokers[0]!.restart();
    await send("stream", messages(600, 60));
    await query.processAllAvailable();
    const later = (await groups()).filter((id) => !joined.includes(id));
    expect(later.length).toBeGreaterThan(0);
    await query.stop();
    expect(await values()).toEqual(Array.from({ length: 660 }, (_, k) => k));
    const left = await admin.describeGroups(later);
    expect(left.groups.map(({ members }) => members.length)).toEqual(later.map(() => 0));
  });
});
