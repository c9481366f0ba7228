import { afterEach, beforeEach, expect, test } from "vitest";
import { groupOfQuery } from "../src/stream/published-offsets.js";
import { FakeKafka } from "./fake-kafka.js";
import { type RunningSource, startSource } from "./run-source.js";

let kafka: FakeKafka;
let running: RunningSource;

beforeEach(() => {
  kafka = new FakeKafka();
  kafka.create("t", 2);
});

async function commits(options: Readonly<Record<string, unknown>>, ...ends: number[]): Promise<void> {
  running = await startSource(kafka, { subscribe: "t", ...options });
  for (const end of ends) await running.source.commit({ t: { 0: end, 1: 7 } });
  await running.source.close();
}

afterEach(() => running.stop());

const positions = (first: number): object[] => [
  { topic: "t", partition: 0, offset: first },
  { topic: "t", partition: 1, offset: 7 },
];

test("what was read goes to the group that the options name, the last offsets before the query ends", async () => {
  await commits({ commitOffsets: "true", "kafka.group.id": "clicks" }, 1, 2, 3);
  expect([...kafka.groups]).toEqual([["clicks", positions(3)]]);
});

test("without a group the query has one of its own, by its checkpoint and a prefix", async () => {
  await commits({ commitOffsets: "true", groupIdPrefix: "mine" }, 5);
  expect([...kafka.groups]).toEqual([[groupOfQuery("mine", undefined), positions(5)]]);
  expect(groupOfQuery("mine", "/a/sources/0")).toBe(groupOfQuery("mine", "/a/sources/0"));
  expect(groupOfQuery("mine", "/a/sources/0")).not.toBe(groupOfQuery("mine", "/b/sources/0"));
});

test("nothing is published unless it is asked for", async () => {
  await commits({ "kafka.group.id": "clicks" }, 1);
  expect(kafka.groups.size).toBe(0);
});

test("failures are warned of once, and never fail the query", async () => {
  kafka.commitFailure = new Error("no coordinator");
  await commits({ commitOffsets: "true", "kafka.group.id": "clicks" }, 1, 2, 3);
  expect(running.warnings).toHaveLength(1);
  expect(running.warnings[0]).toContain("clicks");
  expect(running.warnings[0]).toContain("no coordinator");
});
