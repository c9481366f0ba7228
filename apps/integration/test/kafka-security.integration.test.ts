import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server as NetServer } from "node:net";
import { inspect } from "node:util";
import { createTopics, freePort, INSTALL_MS, type Kafka, missingForKafka, startKafka } from "@ss/app-servers";
import { StreamError } from "@ss/core";
import { kafkaSource } from "@ss/source-kafka";
import { memorySource } from "@ss/source-memory";
import { SparkSession } from "@ss/sql";
import { Kafka as Client, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

type Properties = Readonly<Record<string, string>>;

const TOPIC = "guarded";
const ROWS = 3;
const WRONG = "not-the-password-7f3a";
const LOGIN = "org.apache.kafka.common.security";

const plain = (username: string, password: string): Properties => ({
  "kafka.security.protocol": "SASL_PLAINTEXT",
  "kafka.sasl.mechanism": "PLAIN",
  "kafka.sasl.jaas.config": `${LOGIN}.plain.PlainLoginModule required username="${username}" password="${password}";`,
});

const scram = (mechanism: string, username: string, password: string): Properties => ({
  "kafka.security.protocol": "SASL_PLAINTEXT",
  "kafka.sasl.mechanism": mechanism,
  "kafka.sasl.jaas.config": `${LOGIN}.scram.ScramLoginModule required username="${username}" password="${password}";`,
});

describeWith([missingForKafka()], "the Kafka source and guarded brokers", () => {
  let server: Kafka;
  let spark: SparkSession;
  const logged: string[] = [];

  beforeAll(async () => {
    server = await startKafka({ secure: true });
    const client = new Client({ brokers: server.bootstrap.split(","), logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    await createTopics(admin, { topic: TOPIC, numPartitions: 2 });
    await admin.disconnect();
    const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const messages = Array.from({ length: ROWS }, (_, k) => ({ value: `v${k}` }));
    await producer.send({ topic: TOPIC, messages });
    await producer.disconnect();
    spark = await SparkSession.builder()
      .logTo((_, message) => void logged.push(message))
      .use(kafkaSource(), memorySource())
      .create();
  }, INSTALL_MS + 120_000);

  afterAll(async () => {
    await spark?.stop();
    await server?.stop();
  });

  const count = (servers: string, properties: Properties): Promise<number> => {
    const table = spark.read.format("kafka").option("kafka.bootstrap.servers", servers);
    return table
      .options({ subscribe: TOPIC, ...properties })
      .load()
      .count();
  };

  /** The error of a batch read and of a stream, which is the same. */
  async function failureOf(
    servers: string,
    properties: Properties,
    ...secrets: string[]
  ): Promise<StreamError> {
    const failure: unknown = await count(servers, properties).then(
      (rows) => expect.unreachable(`read ${rows} rows`),
      (error: unknown) => error,
    );
    const stream = spark.readStream.format("kafka").option("kafka.bootstrap.servers", servers);
    const query = await stream
      .options({ subscribe: TOPIC, ...properties })
      .load()
      .writeStream.format("memory")
      .queryName("refused")
      .start();
    await expect(query.awaitTermination()).rejects.toThrow();
    const seen = [
      failure,
      (failure as Error).stack,
      query.exception,
      query.exception?.stack,
      query.lastProgress,
      query.status,
      logged,
    ];
    const text = seen.map((part) => inspect(part, { depth: 12, maxStringLength: null })).join("\n");
    for (const secret of secrets) expect(text).not.toContain(secret);
    if (!StreamError.is(failure)) throw failure;
    expect(inspect(query.exception, { depth: 12 })).toContain(failure.condition);
    return failure;
  }

  const tls = (more: Properties = {}): Properties => ({
    "kafka.security.protocol": "SSL",
    "kafka.ssl.truststore.location": server.secure.certificates.authorityFile,
    ...more,
  });

  const own = (): Properties => {
    const { client } = server.secure.certificates;
    return { "kafka.ssl.keystore.location": client.chainFile, "kafka.ssl.keystore.type": "PEM" };
  };

  test("PLAIN lets the right password in, also over TLS", async () => {
    const { sasl, saslSsl, users } = server.secure;
    const login = plain(users.plain.username, users.plain.password);
    expect(await count(sasl, login)).toBe(ROWS);
    expect(await count(saslSsl, { ...login, ...tls(), "kafka.security.protocol": "SASL_SSL" })).toBe(ROWS);
  });

  test.each(["SCRAM-SHA-256", "SCRAM-SHA-512"])("%s lets the right password in", async (mechanism) => {
    const { username, password } = server.secure.users.scram;
    expect(await count(server.secure.sasl, scram(mechanism, username, password))).toBe(ROWS);
  });

  test("OAUTHBEARER takes its token from the endpoint", async () => {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const token = `${encode({ alg: "none" })}.${encode({ sub: "carol", iat: now, exp: now + 3600 })}.`;
    const asked: (string | undefined)[] = [];
    const endpoint = createHttpServer((request, response) => {
      asked.push(request.headers.authorization);
      response.setHeader("content-type", "application/json").end(JSON.stringify({ access_token: token }));
    });
    await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
    try {
      const prefix = "kafka.sasl.oauthbearer";
      const rows = await count(server.secure.sasl, {
        "kafka.security.protocol": "SASL_PLAINTEXT",
        "kafka.sasl.mechanism": "OAUTHBEARER",
        [`${prefix}.token.endpoint.url`]: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`,
        [`${prefix}.client.credentials.client.id`]: "carol",
        [`${prefix}.client.credentials.client.secret`]: "carol-secret",
      });
      expect(rows).toBe(ROWS);
      expect(asked[0]).toBe(`Basic ${Buffer.from("carol:carol-secret").toString("base64")}`);
    } finally {
      endpoint.close();
    }
  });

  test("a wrong password is told from all else, and repeated nowhere", async () => {
    const { sasl, users } = server.secure;
    const attempts = [
      plain(users.plain.username, WRONG),
      scram("SCRAM-SHA-256", users.scram.username, WRONG),
      scram("SCRAM-SHA-512", users.scram.username, WRONG),
    ];
    for (const properties of attempts) {
      const failure = await failureOf(sasl, properties, WRONG);
      expect(failure.condition).toBe("SS_KAFKA_AUTHENTICATION_FAILED");
      expect(failure.message).toContain("kafka.sasl.jaas.config");
    }
  });

  test("a token endpoint that refuses is named, without the client's secret", async () => {
    const endpoint = createHttpServer((_, response) => response.writeHead(401).end());
    await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
    try {
      const prefix = "kafka.sasl.oauthbearer";
      const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
      const properties = {
        "kafka.security.protocol": "SASL_PLAINTEXT",
        "kafka.sasl.mechanism": "OAUTHBEARER",
        [`${prefix}.token.endpoint.url`]: url,
        [`${prefix}.client.credentials.client.id`]: "carol",
        [`${prefix}.client.credentials.client.secret`]: WRONG,
      };
      const basic = Buffer.from(`carol:${WRONG}`).toString("base64");
      const failure = await failureOf(server.secure.sasl, properties, WRONG, basic);
      expect(failure.condition).toBe("SS_KAFKA_AUTHENTICATION_FAILED");
      expect(failure.message).toContain(url);
    } finally {
      endpoint.close();
    }
  });

  test("TLS reads with the authority's certificate, and mutual TLS with one's own besides", async () => {
    const { ssl, mutualSsl, certificates } = server.secure;
    expect(await count(ssl, tls())).toBe(ROWS);
    expect(await count(mutualSsl, tls(own()))).toBe(ROWS);
    const { certificate, key } = certificates.client;
    const inText = { "kafka.ssl.keystore.certificate.chain": certificate, "kafka.ssl.keystore.key": key };
    expect(await count(mutualSsl, tls(inText))).toBe(ROWS);
  });

  test("certificates that have expired, or that nobody vouches for, are refused by name", async () => {
    const { ssl, expiredSsl } = server.secure;
    const expired = await failureOf(expiredSsl, tls());
    expect(expired.condition).toBe("SS_KAFKA_TLS_FAILED");
    expect(expired.message).toContain("CERT_HAS_EXPIRED");
    const untrusted = await failureOf(ssl, { "kafka.security.protocol": "SSL" });
    expect(untrusted.condition).toBe("SS_KAFKA_TLS_FAILED");
  });

  test("mutual TLS without a certificate of one's own is refused by name", async () => {
    const failure = await failureOf(server.secure.mutualSsl, tls());
    expect(failure.condition).toBe("SS_KAFKA_TLS_FAILED");
  });

  test("TLS asked of a listener without it is told as such", async () => {
    const failure = await failureOf(server.bootstrap, {
      ...tls(),
      "kafka.default.api.timeout.ms": "1500",
      "kafka.socket.connection.setup.timeout.ms": "1000",
    });
    expect(["SS_KAFKA_TLS_FAILED", "SS_KAFKA_UNAVAILABLE"]).toContain(failure.condition);
  });

  test("a broker that nobody runs ends the query when its time is over", async () => {
    const servers = `127.0.0.1:${await freePort()}`;
    const failure = await failureOf(servers, { "kafka.default.api.timeout.ms": "1000" });
    expect(failure.condition).toBe("SS_KAFKA_UNAVAILABLE");
    expect(failure.message).toContain(servers);
    expect(failure.message).toContain("1000 ms");
  });

  test.each([
    ["without a login", {}],
    ["with one", plain("alice", WRONG)],
    ["with TLS", { "kafka.security.protocol": "SSL" }],
  ])("a port that takes connections and never answers does so, too, %s", async (_, properties) => {
    const silent = await listenSilently();
    try {
      const servers = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const limits = { "kafka.default.api.timeout.ms": "1000" };
      const started = performance.now();
      const failure = await failureOf(servers, { ...properties, ...limits }, WRONG);
      expect(failure.condition).toBe("SS_KAFKA_UNAVAILABLE");
      // the timeout of a request, and of a connection, is ten and thirty times as long
      expect(performance.now() - started).toBeLessThan(25_000);
    } finally {
      silent.close();
    }
  });
});

async function listenSilently(): Promise<NetServer> {
  const silent = createServer((socket) => void socket.on("error", () => {}));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  return silent;
}
