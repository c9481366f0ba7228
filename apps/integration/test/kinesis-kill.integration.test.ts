import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as aws from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import {
  INSTALL_MS,
  type Kinesalite,
  missingForKinesalite,
  ServerProcess,
  startKinesalite,
  temporaryFolder,
} from "@ss/app-servers";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import { seededRandom } from "@ss/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

const folder = join(dirname(fileURLToPath(import.meta.url)), "kinesis");
const KILLS = Number(process.env["KILLS"] ?? 10);
const RECORDS = 400;
const SPLIT_EVERY = 5;

/** A process of its own runs what is built. */
function missingBuild(): string | undefined {
  const built = join(folder, "..", "..", "node_modules", "@ss", "source-kinesis", "dist", "index.js");
  return existsSync(built) ? undefined : "packages are not built";
}

describeWith([missingForKinesalite(), missingBuild()], "a query from Kinesis to files", () => {
  let server: Kinesalite;
  let client: aws.KinesisClient;
  beforeAll(async () => {
    server = await startKinesalite();
    client = new aws.KinesisClient({
      endpoint: server.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "key", secretAccessKey: "secret" },
      requestHandler: new NodeHttpHandler(),
    });
  }, INSTALL_MS + 60_000);
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
  });

  const StreamName = "killed";
  let records = 0;

  async function put(): Promise<void> {
    const Records = Array.from({ length: RECORDS }, () => {
      const n = records++;
      return { PartitionKey: `k${n % 10}`, Data: Buffer.from(String(n)) };
    });
    await client.send(new aws.PutRecordsCommand({ StreamName, Records }));
  }

  async function isActive(): Promise<void> {
    for (;;) {
      const answer = await client.send(new aws.DescribeStreamSummaryCommand({ StreamName }));
      if (answer.StreamDescriptionSummary?.StreamStatus === "ACTIVE") return;
    }
  }

  /** Splits the newest open shard in the middle. */
  async function split(): Promise<void> {
    const { Shards } = await client.send(new aws.ListShardsCommand({ StreamName }));
    const shard = Shards!.findLast(({ SequenceNumberRange: range }) => !range!.EndingSequenceNumber)!;
    const { StartingHashKey, EndingHashKey } = shard.HashKeyRange!;
    const NewStartingHashKey = ((BigInt(StartingHashKey!) + BigInt(EndingHashKey!)) / 2n).toString();
    await client.send(
      new aws.SplitShardCommand({ StreamName, ShardToSplit: shard.ShardId!, NewStartingHashKey }),
    );
    await isActive();
  }

  test(
    `that is killed ${KILLS} times, while shards split, has every record in its files once`,
    async () => {
      const random = seededRandom(Math.trunc(Math.random() * 2 ** 31));
      const work = temporaryFolder("kinesis-kill");
      mkdirSync(join(work, "records"));
      await client.send(new aws.CreateStreamCommand({ StreamName, ShardCount: 2 }));
      await isActive();
      const writer = (...mode: string[]): ServerProcess =>
        new ServerProcess({
          name: "the writer",
          command: process.execPath,
          args: [join(folder, "file-writer.mjs"), server.endpoint, StreamName, work, ...mode],
          folder,
          ready: /writing/,
        });
      for (let round = 0; round < KILLS; round++) {
        await put();
        const killed = writer();
        await killed.start();
        if (round % SPLIT_EVERY === SPLIT_EVERY - 1) await split();
        await put();
        await pause(random.integer(300, 2500));
        await killed.end();
      }
      const last = writer("once");
      await last.start();
      const spark = await SparkSession.builder().use(fileSource()).create();
      const read = spark.read.schema("key STRING, n INT").format("json");
      const wanted = Array.from({ length: records }, (_, n) => n);
      let found: number[] = [];
      for (let waited = 0; waited < 60 && found.length < records; waited++) {
        await pause(500);
        const rows = await read.load(join(work, "records")).collect();
        found = rows.map((row) => (row as unknown as { readonly n: number }).n).sort((a, b) => a - b);
      }
      await last.end();
      await spark.stop();
      expect(found, `seed ${random.seed}\n${last.output}`).toEqual(wanted);
    },
    KILLS * 30_000,
  );
});
