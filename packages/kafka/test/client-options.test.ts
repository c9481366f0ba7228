import { Options } from "@ss/core";
import { expect, test } from "vitest";
import { clientSettings } from "../src/options/client-options.js";
import { parseJaas } from "../src/options/jaas.js";
import { KafkaProperties } from "../src/options/kafka-properties.js";

const settingsOf = (properties: Record<string, string>) =>
  clientSettings(new KafkaProperties(new Options(properties)), "test");

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
    "kafka.ssl.keystore.certificate.chain": "CERT",
    "kafka.ssl.keystore.key": "KEY",
    "kafka.ssl.endpoint.identification.algorithm": "",
  });
  expect(tls).toMatchObject({ ca: "CA", cert: "CERT", key: "KEY" });
  expect(tls!.checkServerIdentity!("h", {} as never)).toBeUndefined();
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
