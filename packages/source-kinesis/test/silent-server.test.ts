import { VirtualClock } from "@ss/testkit";
import { expect, test } from "vitest";
import { FakeKinesis } from "./fake-kinesis.js";
import { MemoryLog, QueryRun, sourceOn } from "./source-run.js";

const START_MS = 1_700_000_000_000;

test.each(["shardIterator", "records"] as const)(
  "a server that never answers %s does not hold up the end of a query",
  async (call) => {
    const clock = new VirtualClock(START_MS);
    const fake = new FakeKinesis(clock, 2);
    fake.silent.add(call);
    const run = await QueryRun.start(sourceOn(fake), clock);
    const asked = run.source.latestOffset(run.offset, run.source.readLimit).catch(() => null);
    await clock.advance(5000);
    expect(fake.calls).toContain(call);
    await run.stop();
    expect(fake.isClosed).toBe(true);
    await asked;
  },
);

test("a server that never lists the shards does not hold up the end of a query that begins", async () => {
  const clock = new VirtualClock(START_MS);
  const fake = new FakeKinesis(clock, 2);
  fake.silent.add("listShards");
  const stopping = new AbortController();
  const source = sourceOn(fake);
  const opening = source.open({ log: new MemoryLog(), clock, signal: stopping.signal });
  const failed = expect(opening).rejects.toThrow("stopped");
  await clock.advance(0);
  stopping.abort(new Error("stopped"));
  await failed;
  await source.close();
  expect(fake.isClosed).toBe(true);
});
