import type { SubscribeToShardEventStream } from "@aws-sdk/client-kinesis";
import { expect, test } from "vitest";
import { subscriptionEvents } from "../src/aws-client.js";
import { faultOf, type SubscriptionEvent } from "../src/kinesis-client.js";
import { serviceError } from "./fake-kinesis.js";

async function* streamOf(events: readonly object[]): AsyncGenerator<SubscribeToShardEventStream> {
  for (const event of events) yield event as SubscribeToShardEventStream;
}

async function collected(events: readonly object[]): Promise<SubscriptionEvent[]> {
  const all: SubscriptionEvent[] = [];
  for await (const event of subscriptionEvents(streamOf(events))) all.push(event);
  return all;
}

const record = {
  SequenceNumber: "12",
  PartitionKey: "k",
  Data: Uint8Array.of(1, 2),
  ApproximateArrivalTimestamp: new Date(5000),
};

test("events of a subscription are records, the place behind them, and how far the newest is", async () => {
  const events = [
    { SubscribeToShardEvent: { Records: [record], ContinuationSequenceNumber: "12", MillisBehindLatest: 7 } },
    { SubscribeToShardEvent: { Records: [], ContinuationSequenceNumber: "15", MillisBehindLatest: 0 } },
  ];
  expect(await collected(events)).toEqual([
    {
      records: [{ sequenceNumber: "12", partitionKey: "k", data: Uint8Array.of(1, 2), arrivalMs: 5000 }],
      continuation: "12",
      millisBehindLatest: 7,
      isEnd: false,
    },
    { records: [], continuation: "15", millisBehindLatest: 0, isEnd: false },
  ]);
});

test("the end of a shard is told by its children, or by a place that is missing", async () => {
  const children = [{ ShardId: "shardId-000000000001" }];
  const [first] = await collected([
    { SubscribeToShardEvent: { Records: [], ContinuationSequenceNumber: "9", ChildShards: children } },
  ]);
  expect(first!.isEnd).toBe(true);
  const [second] = await collected([{ SubscribeToShardEvent: { Records: [record] } }]);
  expect(second).toMatchObject({ isEnd: true, continuation: null });
});

test("errors among the events end the subscription, and mean what they do elsewhere", async () => {
  const throttled = serviceError("LimitExceededException");
  const failing = collected([{ LimitExceededException: throttled }]);
  await expect(failing).rejects.toBe(throttled);
  expect(faultOf(throttled)).toBe("throttled");
  expect(await collected([{ $unknown: ["news", {}] }])).toEqual([]);
});

test.each([
  [serviceError("ExpiredIteratorException"), "expired"],
  [serviceError("ResourceNotFoundException"), "gone"],
  [serviceError("AccessDeniedException"), "fatal"],
  [Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }), "transient"],
  [
    Object.assign(new Error("fetch failed"), { cause: Object.assign(new Error(), { code: "ENOTFOUND" }) }),
    "transient",
  ],
  [Object.assign(new Error("no answer"), { name: "TimeoutError" }), "transient"],
  [Object.assign(new Error("Bad Gateway"), { $metadata: { httpStatusCode: 502 } }), "transient"],
  [Object.assign(new Error("Too Many"), { $metadata: { httpStatusCode: 429 } }), "throttled"],
  ["no error at all", "fatal"],
])("an error means what is to be done: %s", (error, fault) => {
  expect(faultOf(error)).toBe(fault);
});
