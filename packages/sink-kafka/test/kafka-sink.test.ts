import { batchFromRows, parseDdl, type StreamError } from "@ss/core";
import { keyPartition } from "@ss/kafka";
import { VirtualClock } from "@ss/testkit";
import { describe, expect, test } from "vitest";
import { FakeKafka, type FakeProducer } from "./fake-kafka.js";
import { batchOf, deliver, sinkOn, write } from "./sink-under-test.js";

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("a row becomes a record", () => {
  test("with key, value, topic and partition of its columns, and the time of its writing", async () => {
    const kafka = new FakeKafka();
    await deliver(
      sinkOn(kafka, {}),
      0,
      "value BINARY, topic STRING, key STRING, partition INT, other DOUBLE",
      [
        [bytes("v"), "a", "k", 2, 1.5],
        [null, "b", null, 0, null],
        [bytes(""), "a", "", 3, null],
      ],
    );
    const timestampMs = 1_700_000_000_000;
    expect(kafka.records).toEqual([
      { topic: "a", partition: 2, timestampMs, key: "k", value: "v", headerCount: 0 },
      { topic: "b", partition: 0, timestampMs, key: null, value: null, headerCount: 0 },
      { topic: "a", partition: 3, timestampMs, key: "", value: "", headerCount: 0 },
    ]);
  });

  test("of the option's topic where there is one, whatever its column says", async () => {
    const kafka = new FakeKafka();
    await deliver(sinkOn(kafka, { topic: "t" }), 0, "value STRING, topic INT", [["v", 1]]);
    expect(kafka.records.map(({ topic }) => topic)).toEqual(["t"]);
  });

  test("with its headers", async () => {
    const kafka = new FakeKafka();
    const ddl = "value STRING, headers ARRAY<STRUCT<key: STRING, value: BINARY>>";
    await deliver(sinkOn(kafka, { topic: "t" }), 0, ddl, [
      [
        "a",
        [
          ["h", bytes("x")],
          ["h", null],
        ],
      ],
      ["b", null],
      ["c", []],
    ]);
    expect(kafka.records.map(({ headerCount }) => headerCount)).toEqual([2, 0, 0]);
    const broken = write(sinkOn(kafka, { topic: "t" }), 0, ddl, [["a", [[null, bytes("x")]]]]);
    await expect(broken).rejects.toThrow("SS_KAFKA_NULL_HEADER_KEY");
  });

  test("in the partition of its key, or, without one, for a while in the same", async () => {
    const kafka = new FakeKafka();
    const sink = sinkOn(kafka, { topic: "t", "kafka.batch.size": "4" });
    await deliver(sink, 0, "key STRING, value STRING", [
      ["foobar", "v"],
      [null, "aa"],
      [null, "bb"],
      [null, "cc"],
    ]);
    await deliver(sink, 1, "value STRING", [["dd"]]);
    await deliver(sink, 2, "value STRING", [["ee"]]);
    const ofKey = keyPartition(bytes("foobar"), 0, 6, 4);
    expect(kafka.records.map(({ partition }) => partition)).toEqual([ofKey, 0, 0, 1, 2, 3]);
  });

  test("of any of many topics, which are asked for once", async () => {
    const kafka = new FakeKafka();
    const names = Array.from({ length: 40 }, (_, k) => `t${k % 20}`);
    const sink = sinkOn(kafka, {});
    await deliver(
      sink,
      0,
      "value STRING, topic STRING",
      names.map((name) => [name, name]),
    );
    expect(kafka.records.map(({ topic }) => topic)).toEqual(kafka.records.map(({ value }) => value));
    expect(kafka.asked).toHaveLength(20);
  });

  test("which waits while the producer has no room", async () => {
    const producers: FakeProducer[] = [];
    const sink = sinkOn(new FakeKafka(), { topic: "t" }, producers);
    const batch = await sink.begin(batchOf(0, "value STRING"));
    producers[0]!.roomCount = 3;
    const writer = await batch.writer(0);
    await writer.write(
      batchFromRows(
        parseDdl("value STRING"),
        Array.from({ length: 10 }, () => ["x"]),
      ),
    );
    expect(producers[0]!.waits).toBe(3);
  });
});

test.each([
  ["value STRING, topic STRING", [["v", null]], "[KAFKA_NULL_TOPIC_IN_DATA] null topic present in the data"],
  [
    "value STRING, topic STRING, partition INT",
    [["v", "t", 4]],
    "says 4, but the topic t has the partitions 0 to 3",
  ],
  ["value STRING, topic STRING, partition INT", [["v", "t", -1]], "SS_KAFKA_UNKNOWN_PARTITION"],
])("rows of %s such as %j are refused", async (ddl, rows, message) => {
  await expect(write(sinkOn(new FakeKafka(), {}), 0, ddl, rows)).rejects.toThrow(message);
});

test.each([
  ["key STRING", "Required attribute 'value' not found."],
  ["value INT", "value attribute unsupported type int. value must be a(n) string or binary."],
  ["value STRING, key BIGINT", "key attribute unsupported type bigint. key must be a(n) string or binary."],
  [
    "value STRING, partition BIGINT",
    "partition attribute unsupported type bigint. partition must be a(n) int.",
  ],
  [
    "value STRING, headers MAP<STRING, BINARY>",
    "headers attribute unsupported type map<string,binary>. headers must be a(n) array<struct<key:string,value:binary>>.",
  ],
])("rows of %s are refused", async (ddl, message) => {
  const sink = sinkOn(new FakeKafka(), { topic: "t" });
  await expect(sink.begin(batchOf(0, ddl)).then(() => "taken")).rejects.toThrow(message);
});

test("without the option the topic has to be a column of texts", async () => {
  const sink = sinkOn(new FakeKafka(), {});
  await expect(sink.begin(batchOf(0, "value STRING"))).rejects.toThrow(
    "topic option required when no 'topic' attribute is present",
  );
  await expect(sink.begin(batchOf(0, "value STRING, topic INT"))).rejects.toThrow(
    "topic attribute unsupported type int. topic must be a(n) string.",
  );
});

describe("exactly-once delivery", () => {
  const OPTIONS = { topic: "t", delivery: "exactlyOnce" };
  const GROUP = "ss-sink-kafka-query-0";
  const values = ({ records }: FakeKafka) => records.map(({ value }) => value);

  test("commits the id of a batch with its records, also where it has none", async () => {
    const kafka = new FakeKafka();
    const sink = sinkOn(kafka, OPTIONS);
    await deliver(sink, 0, "value STRING", [["a"]]);
    await deliver(sink, 1, "value STRING", []);
    expect([values(kafka), kafka.offsets.get(GROUP)]).toEqual([["a"], 1]);
  });

  test("keeps the id with a topic of its own where the rows say where they go", async () => {
    const kafka = new FakeKafka();
    await deliver(sinkOn(kafka, { delivery: "exactlyOnce" }), 0, "value STRING, topic STRING", []);
    await deliver(sinkOn(kafka, { ...OPTIONS, markerTopic: "m" }), 1, "value STRING", []);
    expect(kafka.asked).toEqual(["__consumer_offsets", "m", "t"]);
  });

  test("names an expired marker, and goes on without it where it is told to", async () => {
    const kafka = new FakeKafka();
    await deliver(sinkOn(kafka, OPTIONS), 0, "value STRING", [["a"]]);
    kafka.offsets.clear();
    const failure = sinkOn(kafka, OPTIONS).begin(batchOf(1, "value STRING"));
    await expect(failure).rejects.toMatchObject({
      condition: "SS_KAFKA_MARKER_MISSING",
      parameters: { group: GROUP, batchId: "1", found: "-1" },
    } satisfies Partial<StreamError>);
    await deliver(sinkOn(kafka, { ...OPTIONS, ignoreMissingMarker: "true" }), 1, "value STRING", [["b"]]);
    await deliver(sinkOn(kafka, OPTIONS), 2, "value STRING", [["c"]]);
    expect(values(kafka)).toEqual(["a", "b", "c"]);
  });

  test("names a marker that is behind the checkpoint", async () => {
    const kafka = new FakeKafka();
    kafka.offsets.set(GROUP, 3);
    await expect(sinkOn(kafka, OPTIONS).begin(batchOf(5, "value STRING"))).rejects.toThrow(
      "ends with batch 3",
    );
  });

  test("does not write a batch that is in already, nor those before it", async () => {
    const kafka = new FakeKafka();
    kafka.offsets.set(GROUP, 3);
    const sink = sinkOn(kafka, OPTIONS);
    for (const batchId of [2, 3])
      expect((await write(sink, batchId, "value STRING", [["x"]])).alreadyCommitted).toBe(true);
    await deliver(sink, 4, "value STRING", [["a"]]);
    expect(values(kafka)).toEqual(["a"]);
  });

  test("ends a run that another one has replaced", async () => {
    const kafka = new FakeKafka();
    const zombie = sinkOn(kafka, OPTIONS);
    await deliver(zombie, 0, "value STRING", [["a"]]);
    const late = await write(zombie, 1, "value STRING", [["late"]]);
    await deliver(sinkOn(kafka, OPTIONS), 1, "value STRING", [["b"]]);
    await expect(late.commit([1])).rejects.toThrow("SS_KAFKA_FENCED");
    await late.abort(undefined);
    await expect(zombie.begin(batchOf(1, "value STRING"))).rejects.toThrow("SS_KAFKA_FENCED");
    expect(values(kafka)).toEqual(["a", "b"]);
  });

  test("takes the transactional id again after a failure, and after a long time of nothing", async () => {
    const kafka = new FakeKafka();
    const clock = new VirtualClock();
    const producers: FakeProducer[] = [];
    const sink = sinkOn(kafka, OPTIONS, producers, clock);
    await deliver(sink, 0, "value STRING", [["a"]]);
    const failing = await write(sink, 1, "value STRING", [["b"]]);
    producers[0]!.failure = new Error("no broker");
    await expect(failing.commit([1])).rejects.toThrow("no broker");
    await failing.abort(undefined);
    await deliver(sink, 1, "value STRING", [["b"]]);
    kafka.owners.clear();
    await clock.advance(13 * 3_600_000);
    // the marker may be gone by then, but this run knows what it has written
    kafka.offsets.clear();
    await deliver(sink, 2, "value STRING", [["c"]]);
    expect(kafka.owners.get(GROUP)).toBe(producers[0]);
    expect(values(kafka)).toEqual(["a", "b", "c"]);
    await sink.close();
    expect(producers.map(({ isClosed }) => isClosed)).toEqual([true]);
  });

  test("does not commit a batch of which a writer was given up", async () => {
    const batch = await sinkOn(new FakeKafka(), OPTIONS).begin(batchOf(0, "value STRING"));
    const writer = await batch.writer(0);
    await writer.write(batchFromRows(parseDdl("value STRING"), [["x"]]));
    await writer.abort();
    await expect(batch.commit([])).rejects.toThrow("one of its writers was aborted");
  });

  test("has no part in modes in which rows show before their batch", () => {
    expect(sinkOn(new FakeKafka(), OPTIONS).runModes).toEqual([]);
    expect(sinkOn(new FakeKafka(), { topic: "t" }).runModes).toEqual([
      "asyncProgress",
      "continuous",
      "realTime",
    ]);
  });
});
