import { Options, StreamError } from "@ss/core";
import { Kafka } from "kafkajs";
import { afterEach, expect, test } from "vitest";
import { Brokers } from "../src/client/brokers.js";
import { kafkajsConfig } from "../src/client/kafkajs-config.js";
import { Sockets } from "../src/client/sockets.js";
import { clientSettings, KafkajsClient, KafkaProperties } from "../src/index.js";
import { metadataRequest } from "../src/protocol/metadata.js";
import {
  startCuttingBroker,
  startHangingBroker,
  startLeavingBroker,
  startNamingBroker,
  startRefusingBroker,
  startSilentBroker,
} from "./refusing-broker.js";

const SECRET = "not-the-password";
const LOGIN = {
  "kafka.security.protocol": "SASL_PLAINTEXT",
  "kafka.sasl.mechanism": "PLAIN",
  "kafka.sasl.jaas.config": `PlainLoginModule required username="alice" password="${SECRET}";`,
};

const { signal } = new AbortController();
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function clientOf(address: string, options: Readonly<Record<string, string>>): KafkajsClient {
  const given = new Options({ "kafka.bootstrap.servers": address, ...options });
  const client = new KafkajsClient(clientSettings(new KafkaProperties(given), "test"));
  ends.push(() => void client.close());
  return client;
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.unreachable("it went well"),
    (error: unknown) => error,
  );

test("a login that is refused ends every call that waits for it, whoever began it", async () => {
  const broker = await startRefusingBroker();
  ends.push(broker.stop);
  const client = clientOf(broker.address, LOGIN);
  const calls = [client.topics(signal), client.topics(signal), client.partitions(["t"], signal)];
  for (const failure of await Promise.all(calls.map(failureOf))) {
    expect(failure).toMatchObject({ condition: "SS_KAFKA_AUTHENTICATION_FAILED", recovery: "fail" });
    expect(String(failure)).not.toContain(SECRET);
  }
});

test.each([
  ["a connection", {}],
  ["a login", LOGIN],
  ["TLS", { "kafka.security.protocol": "SSL" }],
])(
  "a broker that never answers %s ends a call when its time is over, which is shorter than that of a request",
  async (_, options) => {
    const broker = await startSilentBroker();
    ends.push(broker.stop);
    const client = clientOf(broker.address, { ...options, "kafka.default.api.timeout.ms": "200" });
    const calls = [client.topics(signal), client.partitions(["t"], signal)];
    for (const failure of await Promise.all(calls.map(failureOf))) {
      expect(StreamError.is(failure, "SS_KAFKA_UNAVAILABLE")).toBe(true);
      // the client has tried it again and again already
      expect((failure as StreamError).recovery).toBe("fail");
      expect(String(failure)).toContain("within 200 ms");
    }
  },
);

test("a broker that stops to answer is left for the next one that the settings name", async () => {
  const brokers = [await startHangingBroker(), await startRefusingBroker()];
  for (const { stop } of brokers) ends.push(stop);
  const addresses = brokers.map(({ address }) => address);
  for (const servers of [addresses, [...addresses].reverse()]) {
    const client = clientOf(servers.join(","), { "kafka.request.timeout.ms": "100" });
    expect(await client.topics(signal)).toEqual([]);
  }
});

test("a connection that ends in the middle of an answer spoils none of the next", async () => {
  const broker = await startCuttingBroker();
  ends.push(broker.stop);
  expect(await clientOf(broker.address, {}).topics(signal)).toEqual([]);
});

test("a call that begins when it is over already ends with the reason, and leaves no failure behind", async () => {
  const broker = await startSilentBroker();
  ends.push(broker.stop);
  const over = AbortSignal.abort(new Error("stopped"));
  const client = clientOf(broker.address, {});
  for (const call of [
    client.topics(over),
    client.offsets([{ topic: "t", partition: 0, timestamp: -1 }], false, over),
  ])
    expect(await failureOf(call)).toMatchObject({ message: "stopped" });
});

test("a login that ends with its connection is tried again, and is no wrong password", async () => {
  const broker = await startLeavingBroker();
  ends.push(broker.stop);
  const client = clientOf(broker.address, { ...LOGIN, "kafka.default.api.timeout.ms": "500" });
  const failure = await failureOf(client.topics(signal));
  expect(failure).toMatchObject({ condition: "SS_KAFKA_UNAVAILABLE" });
  expect(String(failure)).not.toContain(SECRET);
});

test("when all brokers that the settings name are down, those that they have named are asked", async () => {
  const other = await startNamingBroker(() => []);
  const first = await startNamingBroker(() => [other.address]);
  ends.push(other.stop, first.stop);
  const client = clientOf(first.address, { "kafka.default.api.timeout.ms": "5000" });
  expect(await client.topics(signal)).toEqual([]);
  expect(other.sockets.size).toBe(0);
  first.stop();
  expect(await client.topics(signal)).toEqual([]);
  expect(other.sockets.size).toBe(1);
});

test("a broker that is somewhere else now is asked there, and the connections to where it was end", async () => {
  const [before, after] = [await startNamingBroker(() => []), await startNamingBroker(() => [])];
  ends.push(before.stop, after.stop);
  const given = new Options({ "kafka.bootstrap.servers": before.address });
  const brokers = new Brokers(clientSettings(new KafkaProperties(given), "test"));
  ends.push(() => brokers.close());
  const moveTo = ({ address }: { address: string }) =>
    brokers.update([{ nodeId: 1, host: "127.0.0.1", port: Number(address.split(":")[1]), rack: null }]);
  const ask = () => brokers.send(1, (versions) => metadataRequest(null, versions));
  await moveTo(before);
  await ask();
  const [socket] = before.sockets;
  const ended = new Promise((resolve) => socket!.once("close", resolve));
  await moveTo(after);
  await ended;
  await ask();
  expect([before.sockets.size, after.sockets.size]).toEqual([0, 1]);
});

test("brokers have IPv6 addresses too, also for what kafkajs connects to by itself", async (context) => {
  const names: string[] = [];
  const broker = await startNamingBroker(() => names, "::1").catch(() => null);
  if (broker === null) return context.skip("this machine has no IPv6");
  ends.push(broker.stop);
  names.push(broker.address.replace(/[[\]]/g, ""));
  expect(await clientOf(broker.address, {}).topics(signal)).toEqual([]);
  const given = new Options({ "kafka.bootstrap.servers": broker.address });
  const settings = clientSettings(new KafkaProperties(given), "test");
  const admin = new Kafka(kafkajsConfig(settings, new Sockets())).admin();
  await admin.connect();
  expect(await admin.listTopics()).toEqual([]);
  await admin.disconnect();
});
