import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { Options } from "@ss/core";
import { expect, test } from "vitest";
import { clientSettings } from "../src/options/client-options.js";
import { parseJaas } from "../src/options/jaas.js";
import { KafkaProperties } from "../src/options/kafka-properties.js";
import { CERTIFICATE, KEY } from "./client-certificate.js";

const settingsOf = (properties: Record<string, string>) =>
  clientSettings(new KafkaProperties(new Options(properties)), "test");

const OAUTH = {
  "kafka.bootstrap.servers": "a:1",
  "kafka.security.protocol": "SASL_SSL",
  "kafka.sasl.mechanism": "OAUTHBEARER",
  "kafka.sasl.oauthbearer.client.credentials.client.id": "me",
  "kafka.sasl.oauthbearer.client.credentials.client.secret": "topsecret",
};

function failureOf(properties: Record<string, string>): unknown {
  try {
    return settingsOf(properties);
  } catch (error) {
    return error;
  }
}

const PLAIN =
  'org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="s\\"e;cret";';

test("brokers are separated by commas, and one at least is needed", () => {
  expect(settingsOf({ "kafka.bootstrap.servers": "a:9092, b:9093" }).brokers).toEqual(["a:9092", "b:9093"]);
  expect(() => settingsOf({})).toThrow("Option 'kafka.bootstrap.servers' must be specified");
  expect(() => settingsOf({ "kafka.bootstrap.servers": "a" })).toThrow("which is no host:port");
});

test("names of properties are taken without regard to case, with Kafka's defaults", () => {
  const settings = settingsOf({ "KAFKA.Bootstrap.Servers": "a:1", "kafka.REQUEST.timeout.ms": "5" });
  expect(settings).toMatchObject({
    requestTimeoutMs: 5,
    connectionTimeoutMs: 10_000,
    callTimeoutMs: 60_000,
    tls: null,
    sasl: null,
  });
});

test("numbers are as large as they are in Kafka", () => {
  const timeouts = (properties: Record<string, string>) => {
    const { requestTimeoutMs, retryBackoffMs } = settingsOf({
      "kafka.bootstrap.servers": "a:1",
      ...properties,
    });
    return [requestTimeoutMs, retryBackoffMs];
  };
  expect(
    timeouts({ "kafka.request.timeout.ms": "2147483647", "kafka.retry.backoff.ms": "2147483648" }),
  ).toEqual([2147483647, 2147483648]);
  expect(() => timeouts({ "kafka.request.timeout.ms": "2147483648" })).toThrow(
    /SS_INVALID_OPTION.*a whole number from 1 to 2147483647/s,
  );
});

test("a JAAS entry gives user and password, with escaped quotes and semicolons in them", () => {
  const { sasl } = settingsOf({
    "kafka.bootstrap.servers": "a:1",
    "kafka.security.protocol": "SASL_PLAINTEXT",
    "kafka.sasl.mechanism": "SCRAM-SHA-512",
    "kafka.sasl.jaas.config": PLAIN,
  });
  expect(sasl).toEqual({ mechanism: "scram-sha-512", username: "alice", password: 's"e;cret' });
});

test.each([
  ["Kerberos, Kafka's default,", {}, "SS_KAFKA_UNSUPPORTED_OPTION"],
  ["a mechanism without its user", { "kafka.sasl.mechanism": "PLAIN" }, "SS_MISSING_OPTION"],
  [
    "a delegation token",
    {
      "kafka.sasl.mechanism": "SCRAM-SHA-256",
      "kafka.sasl.jaas.config":
        'x.ScramLoginModule required username="u" password="topsecret" tokenauth="true";',
    },
    "SS_KAFKA_UNSUPPORTED_OPTION",
  ],
  [
    "a JAAS entry without its end",
    {
      "kafka.sasl.mechanism": "PLAIN",
      "kafka.sasl.jaas.config": 'x.Module required username="u" password="topsecret"',
    },
    "SS_INVALID_OPTION",
  ],
  [
    "an OAUTHBEARER login without an endpoint",
    { "kafka.sasl.mechanism": "OAUTHBEARER" },
    "SS_MISSING_OPTION",
  ],
])("%s is refused by name, and no secret is repeated", (_, properties, condition) => {
  const given = { "kafka.bootstrap.servers": "a:1", "kafka.security.protocol": "SASL_SSL", ...properties };
  expect(() => settingsOf(given as Record<string, string>)).toThrow(condition);
  expect(() => settingsOf(given as Record<string, string>)).not.toThrow("topsecret");
});

test("JKS stores are refused with the way to turn them into PEM", () => {
  const jks = {
    "kafka.bootstrap.servers": "a:1",
    "kafka.security.protocol": "SSL",
    "kafka.ssl.truststore.location": "/x.jks",
  };
  expect(() => settingsOf(jks)).toThrow(/SS_KAFKA_UNSUPPORTED_OPTION.*keytool -exportcert -rfc/s);
});

test("certificates in the options themselves are used as they are", () => {
  const { tls } = settingsOf({
    "kafka.bootstrap.servers": "a:1",
    "kafka.security.protocol": "SSL",
    "kafka.ssl.truststore.type": "PEM",
    "kafka.ssl.truststore.certificates": "CA",
    "kafka.ssl.keystore.certificate.chain": CERTIFICATE,
    "kafka.ssl.keystore.key": KEY,
    "kafka.ssl.endpoint.identification.algorithm": "",
  });
  expect(tls).toMatchObject({ ca: "CA", cert: CERTIFICATE, key: KEY });
  expect(tls!.checkServerIdentity!("h", {} as never)).toBeUndefined();
});

test.each([
  ["a certificate that is none", { "kafka.ssl.keystore.certificate.chain": "topsecret" }],
  ["a key that is none", { "kafka.ssl.keystore.key": "topsecret" }],
  [
    "a store that its password does not open",
    {
      "kafka.ssl.keystore.location": import.meta.filename,
      "kafka.ssl.keystore.type": "PKCS12",
      "kafka.ssl.keystore.password": "topsecret",
    },
  ],
])("%s is refused before any connection, and shown by nothing", (_, properties) => {
  const given = {
    "kafka.bootstrap.servers": "a:1",
    "kafka.security.protocol": "SSL",
    "kafka.ssl.keystore.certificate.chain": CERTIFICATE,
    "kafka.ssl.keystore.key": KEY,
    ...properties,
  };
  const failure = failureOf(given);
  expect(failure).toMatchObject({ condition: "SS_KAFKA_TLS_FAILED" });
  expect(inspect(failure, { depth: 9 })).not.toContain("topsecret");
});

test.each(["http://user:topsecret@host/token", "ftp://host/topsecret", "topsecret"])(
  "a token endpoint that cannot be asked is refused without being shown: %#",
  (url) => {
    const failure = failureOf({ ...OAUTH, "kafka.sasl.oauthbearer.token.endpoint.url": url });
    expect(failure).toMatchObject({ condition: "SS_INVALID_OPTION" });
    expect(inspect(failure, { depth: 9 })).not.toContain("topsecret");
  },
);

test("a token endpoint that cannot be reached is named, without what stands behind its path", async () => {
  const url = "http://127.0.0.1:2/token?key=topsecret";
  const { sasl } = settingsOf({ ...OAUTH, "kafka.sasl.oauthbearer.token.endpoint.url": url });
  const failure = await (sasl as { token(): Promise<string> }).token().catch((error: unknown) => error);
  expect(failure).toMatchObject({ condition: "SS_KAFKA_AUTHENTICATION_FAILED" });
  expect(String(failure)).toContain("http://127.0.0.1:2/token gave no token: ECONNREFUSED");
  expect(inspect(failure, { depth: 9 })).not.toContain("topsecret");
});

test("a token endpoint that is busy is asked again, one that refuses is not, and no answer is repeated", async () => {
  const answers: [status: number, body: string][] = [
    [503, ""],
    [200, '{"access_token":"t"}'],
    [401, "topsecret"],
    [200, "topsecret"],
  ];
  let asked = 0;
  const endpoint = createServer((_, response) => {
    const [status, body] = answers[asked++]!;
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
    const { sasl } = settingsOf({ ...OAUTH, "kafka.sasl.oauthbearer.token.endpoint.url": url });
    const { token } = sasl as { token(): Promise<string> };
    expect([await token(), asked]).toEqual(["t", 2]);
    for (const reason of ["it answered 401", "the answer holds no access_token"]) {
      const failure = await token().catch((error: unknown) => error);
      expect(String(failure)).toContain(reason);
      expect(inspect(failure, { depth: 9 })).not.toContain("topsecret");
    }
    expect(asked).toBe(4);
  } finally {
    endpoint.close();
  }
});

test("a JAAS text of several entries is refused", () => {
  expect(() => parseJaas(`${PLAIN} ${PLAIN}`)).toThrow("SS_INVALID_OPTION");
});

test("properties that nobody asked for are known by name", () => {
  const properties = new KafkaProperties(
    new Options({ "kafka.bootstrap.servers": "a:1", "kafka.linger.ms": "5", other: "x" }),
  );
  clientSettings(properties, "test");
  expect(properties.unused()).toEqual(["linger.ms"]);
});
