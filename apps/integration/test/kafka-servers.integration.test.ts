import {
  createTopics,
  INSTALL_MS,
  type Kafka,
  type Kfake,
  missingForKafka,
  missingForKfake,
  missingForRegistry,
  type SchemaRegistry,
  startKafka,
  startKfake,
  startRegistry,
} from "@ss/app-servers";
import { Kafka as Client, type KafkaConfig, logLevel, type SASLOptions } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

const FIRST_START_MS = INSTALL_MS + 120_000;

function clientOf(bootstrap: string, more: Partial<KafkaConfig> = {}): Client {
  return new Client({ brokers: bootstrap.split(","), logLevel: logLevel.NOTHING, ...more });
}

async function createTopic(client: Client, topic: string, replicas?: readonly number[]): Promise<void> {
  const admin = client.admin();
  await admin.connect();
  const assignment = replicas && { replicaAssignment: [{ partition: 0, replicas: [...replicas] }] };
  await createTopics(admin, { topic, ...(assignment ?? { numPartitions: 1 }) });
  await admin.disconnect();
}

async function produce(client: Client, topic: string, value: string): Promise<void> {
  const producer = client.producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ value }] });
  await producer.disconnect();
}

async function topicEnd(client: Client, topic: string): Promise<string> {
  const admin = client.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return offsets.map(({ partition, high }) => `${partition}:${high}`).join();
}

async function leaderOf(client: Client, topic: string): Promise<number> {
  const admin = client.admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  await admin.disconnect();
  return topics[0]!.partitions[0]!.leader;
}

describeWith([missingForKafka()], "Apache Kafka as one broker", () => {
  let kafka: Kafka;
  beforeAll(async () => {
    kafka = await startKafka();
  }, FIRST_START_MS);
  afterAll(() => kafka?.stop());

  test("keeps records over kill -9 and a restart on the same ports", async () => {
    const client = clientOf(kafka.bootstrap);
    await createTopic(client, "kept");
    await produce(client, "kept", "one");
    await kafka.kill();
    await kafka.restart();
    await produce(client, "kept", "two");
    expect(await topicEnd(client, "kept")).toBe("0:2");
  });
});

describeWith([missingForKafka()], "Apache Kafka with secure listeners", () => {
  let kafka: Kafka;
  beforeAll(async () => {
    kafka = await startKafka({ secure: true });
    await createTopic(clientOf(kafka.bootstrap), "secret");
  }, FIRST_START_MS);
  afterAll(() => kafka?.stop());

  const mechanisms = ["plain", "scram-sha-256", "scram-sha-512"] as const;
  const login = (mechanism: (typeof mechanisms)[number], password?: string): SASLOptions => {
    const user = kafka.secure.users[mechanism === "plain" ? "plain" : "scram"];
    return { mechanism, ...user, ...(password === undefined ? {} : { password }) } as SASLOptions;
  };
  const claims = { sub: "carol", iat: Date.now() / 1000 - 60, exp: Date.now() / 1000 + 3600 };
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${encoded({ alg: "none" })}.${encoded(claims)}.`;

  test.each(mechanisms)("take a password by %s, over TLS too, and refuse a wrong one", async (mechanism) => {
    const { sasl, saslSsl, certificates } = kafka.secure;
    const ssl = { ca: certificates.authority };
    await topicEnd(clientOf(sasl, { sasl: login(mechanism) }), "secret");
    await topicEnd(clientOf(saslSsl, { sasl: login(mechanism), ssl }), "secret");
    const wrong = clientOf(sasl, { sasl: login(mechanism, "guessed"), retry: { retries: 0 } });
    await expect(topicEnd(wrong, "secret")).rejects.toThrow(/[Aa]uthentication/);
  });

  test("take an OAuth token", async () => {
    const oauthBearerProvider = async () => ({ value: token });
    const client = clientOf(kafka.secure.sasl, { sasl: { mechanism: "oauthbearer", oauthBearerProvider } });
    expect(await topicEnd(client, "secret")).toBe("0:0");
  });

  test("show a certificate, ask for one, and show one that has expired", async () => {
    const { certificates, ssl, mutualSsl, expiredSsl } = kafka.secure;
    const ca = certificates.authority;
    const { certificate: cert, key } = certificates.client;
    const once = { retry: { retries: 0 } };
    expect(await topicEnd(clientOf(ssl, { ssl: { ca } }), "secret")).toBe("0:0");
    expect(await topicEnd(clientOf(mutualSsl, { ssl: { ca, cert, key } }), "secret")).toBe("0:0");
    await expect(topicEnd(clientOf(mutualSsl, { ssl: { ca }, ...once }), "secret")).rejects.toThrow();
    await expect(topicEnd(clientOf(expiredSsl, { ssl: { ca }, ...once }), "secret")).rejects.toThrow(
      /expired/,
    );
  });
});

describeWith([missingForKafka()], "Apache Kafka as two brokers and a controller", () => {
  let kafka: Kafka;
  beforeAll(async () => {
    kafka = await startKafka({ brokers: 2, heap: "256m" });
  }, FIRST_START_MS);
  afterAll(() => kafka?.stop());

  test("hands a partition to the other broker when its leader shuts down", async () => {
    const client = clientOf(kafka.bootstrap);
    await createTopic(client, "moved", [1, 2]);
    await produce(client, "moved", "one");
    expect(await leaderOf(client, "moved")).toBe(1);
    await kafka.brokers[0]!.shutDown();
    expect(kafka.brokers[0]!.isRunning).toBe(false);
    await produce(client, "moved", "two");
    expect(await leaderOf(client, "moved")).toBe(2);
    await kafka.brokers[0]!.restart();
    expect(await topicEnd(client, "moved")).toBe("0:2");
  });
});

describeWith([missingForKfake()], "kfake", () => {
  let kfake: Kfake;
  beforeAll(async () => {
    kfake = await startKfake({ brokers: 2 });
  }, FIRST_START_MS);
  afterAll(() => kfake?.stop());

  test("takes records, and comes back empty", async () => {
    const client = clientOf(kfake.bootstrap);
    await createTopic(client, "brief");
    await produce(client, "brief", "one");
    expect(await topicEnd(client, "brief")).toBe("0:1");
    await kfake.restart();
    await createTopic(client, "brief");
    expect(await topicEnd(client, "brief")).toBe("0:0");
  });
});

describeWith([missingForRegistry()], "the schema registry", () => {
  let registry: SchemaRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  }, FIRST_START_MS);
  afterAll(() => registry?.stop());

  test("gives a schema back by the number that it gave it", async () => {
    const schema = JSON.stringify({ type: "record", name: "R", fields: [{ name: "a", type: "int" }] });
    const answer = await fetch(`${registry.url}/subjects/topic-value/versions`, {
      method: "POST",
      headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
      body: JSON.stringify({ schema }),
    });
    const { id } = (await answer.json()) as { id: number };
    const read = await fetch(`${registry.url}/schemas/ids/${id}`);
    expect(JSON.parse(((await read.json()) as { schema: string }).schema)).toMatchObject({ name: "R" });
  });
});
