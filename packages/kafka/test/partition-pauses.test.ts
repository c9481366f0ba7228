import { type Clock, Options, systemClock } from "@ss/core";
import { afterEach, expect, test, vi } from "vitest";
import { Brokers } from "../src/client/brokers.js";
import { clientSettings, KafkajsClient, KafkaProperties } from "../src/index.js";
import type { FetchPosition } from "../src/protocol/fetch.js";
import type { ApiVersions, Request } from "../src/protocol/request.js";

const METADATA = 3;
const { signal } = new AbortController();
const LIMITS = { maxWaitMs: 0, minBytes: 1, maxBytes: 1, maxPartitionBytes: 1, readCommitted: false };
const POSITIONS: readonly FetchPosition[] = [0, 1].map((partition) => ({ topic: "t", partition, offset: 7 }));

afterEach(() => void vi.restoreAllMocks());

test("a partition without a leader has metadata asked for after longer and longer pauses, however often others are read", async () => {
  let nowMs = 0;
  // no call takes so long that its time is over
  const clock: Clock = { ...systemClock, monotonicMs: () => nowMs, sleep: () => new Promise(() => {}) };
  const looks: number[] = [];
  let leader = -1;
  vi.spyOn(Brokers.prototype, "update").mockResolvedValue();
  vi.spyOn(Brokers.prototype, "send").mockImplementation(
    async (node: number | null, make: (versions: ApiVersions) => Request<unknown>) => {
      const { apiKey } = make({ 1: { minVersion: 0, maxVersion: 11 }, 3: { minVersion: 0, maxVersion: 4 } });
      if (apiKey !== METADATA) return [{ topic: "t", partition: node === 5 ? 1 : 0, errorCode: 0 }];
      looks.push(nowMs);
      const partitions = [
        { partition: 0, leader: 4 },
        { partition: 1, leader },
      ];
      return { brokers: [], topics: [{ topic: "t", errorCode: 0, isInternal: false, partitions }] };
    },
  );
  const given = new Options({ "kafka.bootstrap.servers": "b:1" });
  const client = new KafkajsClient(clientSettings(new KafkaProperties(given), "test"), clock);
  const partitionsNow = async (): Promise<number[]> =>
    (await client.fetch(POSITIONS, LIMITS, signal)).map(({ partition }) => partition);
  for (; nowMs <= 5000; nowMs += 10) expect(await partitionsNow()).toEqual([0]);
  expect(looks).toEqual([0, 100, 300, 700, 1500, 2500, 3500, 4500]);
  leader = 5;
  nowMs += 1000;
  expect(await partitionsNow()).toEqual([0, 1]);
  await client.close();
});
