import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aws from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import {
  INSTALL_MS,
  missingForKinesalite,
  missingForMoto,
  type Server,
  startKinesalite,
  startMoto,
} from "@ss/app-servers";
import { kinesis, kinesisSource } from "@ss/source-kinesis";
import { SparkSession } from "@ss/sql";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

describeWith([missingForKinesalite()], "Kinesis by kinesalite", () =>
  // it never answers who asks for a time behind which nothing is
  promises(startKinesalite, { findsTimes: false, reshards: true }),
);
describeWith([missingForMoto()], "Kinesis by moto", () =>
  // it puts records into shards that are closed, and hands those of a shard over to the ones that it is split into
  promises(startMoto, { findsTimes: true, reshards: false }),
);

const KEYS = { accessKeyId: "key", secretAccessKey: "a secret key" };
const REGION = "us-east-1";

function promises(
  start: () => Promise<Server & { readonly endpoint: string }>,
  { findsTimes, reshards }: { readonly findsTimes: boolean; readonly reshards: boolean },
): void {
  let server: Server & { readonly endpoint: string };
  let client: aws.KinesisClient;
  let spark: SparkSession;
  let folder: string;
  let stream: string;
  let streams = 0;

  beforeAll(async () => {
    server = await start();
    client = new aws.KinesisClient({
      endpoint: server.endpoint,
      region: REGION,
      credentials: KEYS,
      requestHandler: new NodeHttpHandler(),
    });
    spark = await SparkSession.builder().use(kinesisSource()).getOrCreate();
    folder = mkdtempSync(join(tmpdir(), "kinesis-"));
  }, INSTALL_MS + 60_000);

  afterAll(async () => {
    await spark?.stop();
    client?.destroy();
    await server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    stream = `stream-${streams++}`;
    await client.send(new aws.CreateStreamCommand({ StreamName: stream, ShardCount: 2 }));
    await isActive();
  });

  async function isActive(): Promise<void> {
    for (;;) {
      const { StreamDescriptionSummary } = await client.send(
        new aws.DescribeStreamSummaryCommand({ StreamName: stream }),
      );
      if (StreamDescriptionSummary?.StreamStatus === "ACTIVE") return;
    }
  }

  /** Puts records with the numbers `from` up to `to`, each under a key of ten. */
  async function put(from: number, to: number): Promise<void> {
    for (let first = from; first < to; first += 500) {
      const numbers = Array.from({ length: Math.min(500, to - first) }, (_, k) => first + k);
      const { FailedRecordCount } = await client.send(
        new aws.PutRecordsCommand({
          StreamName: stream,
          Records: numbers.map((n) => ({ PartitionKey: `k${n % 10}`, Data: Buffer.from(String(n)) })),
        }),
      );
      expect(FailedRecordCount ?? 0).toBe(0);
    }
  }

  const spec = (options: Partial<Parameters<typeof kinesis>[0]> = {}) =>
    kinesis({
      streamName: stream,
      region: REGION,
      endpointUrl: server.endpoint,
      awsAccessKey: KEYS.accessKeyId,
      awsSecretKey: KEYS.secretAccessKey,
      initialPosition: "trim_horizon",
      minFetchPeriod: "200ms",
      shardFetchInterval: "500ms",
      ...options,
    });

  const source = (options: Partial<Parameters<typeof kinesis>[0]> = {}) =>
    spark.readStream
      .from(spec(options))
      .selectExpr(
        "partitionKey",
        "cast(cast(data as string) as int) as n",
        "stream",
        "shardId",
        "sequenceNumber",
        "approximateArrivalTimestamp as at",
      );

  interface Row {
    readonly partitionKey: string;
    readonly n: number;
    readonly stream: string;
    readonly shardId: string;
    readonly sequenceNumber: string;
    readonly at: unknown;
  }

  /** What a query gives that ends when it has caught up, and goes on where the last one ended. */
  async function caughtUp(options: Partial<Parameters<typeof kinesis>[0]> = {}): Promise<Row[]> {
    const rows: Row[] = [];
    const query = await source(options)
      .writeStream.foreachBatch(async (batch) => {
        rows.push(...((await batch.collect()) as unknown as Row[]));
      })
      .option("checkpointLocation", join(folder, stream))
      .trigger({ availableNow: true })
      .start();
    await query.awaitTermination();
    return rows;
  }

  const numbersOf = (rows: readonly Row[]): number[] => rows.map(({ n }) => n).sort((a, b) => a - b);
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);

  /** The records of each key in the order in which they were put. */
  function expectOrder(rows: readonly Row[]): void {
    for (let key = 0; key < 10; key++) {
      const seen = rows.filter(({ partitionKey }) => partitionKey === `k${key}`).map(({ n }) => n);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
    }
  }

  test("gives what is there, and after a restart what has come", async () => {
    await put(0, 1200);
    const before = Date.now();
    const first = await caughtUp();
    expect(numbersOf(first)).toEqual(range(0, 1200));
    expectOrder(first);
    const { stream: name, shardId, sequenceNumber, at, partitionKey, n } = first[0]!;
    expect([name, partitionKey]).toEqual([stream, `k${n % 10}`]);
    expect(shardId).toMatch(/^shardId-0{11}[01]$/);
    expect(sequenceNumber).toMatch(/^\d+$/);
    expect(Math.abs((at as Date).getTime() - before)).toBeLessThan(60_000);
    expect(await caughtUp()).toEqual([]);
    await put(1200, 1300);
    expect(numbersOf(await caughtUp())).toEqual(range(1200, 1300));
  });

  test("is a table, too, of what is there when it is read", async () => {
    const table = spark.read.from(spec({ maxRecordsPerFetch: 100 })).selectExpr("cast(data as string) as n");
    expect(await table.count()).toBe(0);
    await put(0, 700);
    if (reshards) await split(0, 2n ** 126n);
    await put(700, 900);
    const numbers = (await table.collect()).map((row) => Number(row["n"])).sort((a, b) => a - b);
    expect(numbers).toEqual(range(0, 900));
  });

  test("in small batches, and in small requests", async () => {
    await put(0, 300);
    const rows = await caughtUp({ maxRecordsPerTrigger: 70, maxRecordsPerFetch: 100 });
    expect(numbersOf(rows)).toEqual(range(0, 300));
    expectOrder(rows);
  });

  /** Splits a shard in two at a hash key. */
  async function split(shard: number, at: bigint): Promise<void> {
    await client.send(
      new aws.SplitShardCommand({
        StreamName: stream,
        ShardToSplit: `shardId-00000000000${shard}`,
        NewStartingHashKey: at.toString(),
      }),
    );
    await isActive();
  }

  test.skipIf(!reshards)("goes on with the shards that an empty one is split into", async () => {
    expect(await caughtUp()).toEqual([]);
    await split(0, 2n ** 126n);
    await put(0, 100);
    const rows = await caughtUp();
    expect(numbersOf(rows)).toEqual(range(0, 100));
    expectOrder(rows);
    expect(new Set(rows.map(({ shardId }) => shardId.slice(-1)))).toEqual(new Set(["1", "2", "3"]));
  });

  test.skipIf(!reshards)("goes through splits and merges, parents before children", async () => {
    await put(0, 100);
    expect(numbersOf(await caughtUp())).toEqual(range(0, 100));
    await put(100, 200);
    await split(0, 2n ** 126n);
    await put(200, 300);
    const parted = await caughtUp();
    expect(numbersOf(parted)).toEqual(range(100, 300));
    expectOrder(parted);
    await put(300, 350);
    await client.send(
      new aws.MergeShardsCommand({
        StreamName: stream,
        ShardToMerge: "shardId-000000000002",
        AdjacentShardToMerge: "shardId-000000000003",
      }),
    );
    await isActive();
    await put(350, 400);
    const merged = await caughtUp();
    expect(numbersOf(merged)).toEqual(range(300, 400));
    expectOrder(merged);
    expect(new Set(merged.map(({ shardId }) => shardId.slice(-1)))).toContain("4");
  });

  test.skipIf(!findsTimes)("begins with what comes, or at a time", async () => {
    await put(0, 10);
    expect(await caughtUp({ initialPosition: "latest" })).toEqual([]);
    // kinesalite and moto keep times of whole seconds and of milliseconds
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const time = Date.now();
    await put(10, 20);
    expect(numbersOf(await caughtUp({ initialPosition: "latest" }))).toEqual(range(10, 20));
    rmSync(join(folder, stream), { recursive: true });
    expect(numbersOf(await caughtUp({ initialPosition: { at_timestamp: time } }))).toEqual(range(10, 20));
  });

  test("a query that runs is woken by records, and goes through a split", async () => {
    const rows: Row[] = [];
    let wake = (): void => {};
    const until = async (count: number): Promise<void> => {
      while (rows.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    const query = await source()
      .writeStream.foreachBatch(async (batch) => {
        rows.push(...((await batch.collect()) as unknown as Row[]));
        wake();
      })
      .option("checkpointLocation", join(folder, `${stream}-live`))
      .start();
    await put(0, 50);
    await until(50);
    if (reshards) await split(1, 2n ** 127n + 2n ** 126n);
    await put(50, 150);
    await until(150);
    await query.stop();
    expect(numbersOf(rows)).toEqual(range(0, 150));
    expectOrder(rows);
  });

  test("a stream that there is not, and a server that there is not, are told by name and without secrets", async () => {
    const failing = async (options: Partial<Parameters<typeof kinesis>[0]>): Promise<string> => {
      const error = await caughtUp(options).then(
        () => new Error("no error"),
        (thrown: unknown) => thrown as Error,
      );
      expect(String(error.stack)).not.toContain(KEYS.secretAccessKey);
      return error.message;
    };
    expect(await failing({ streamName: "nobody" })).toContain("SS_KINESIS_STREAM_NOT_FOUND");
    const nowhere = { endpointUrl: "http://127.0.0.1:9", clientRetries: 1 };
    expect(await failing(nowhere)).toContain("SS_KINESIS_FAILED");
  });
}
