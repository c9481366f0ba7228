import { type Clock, systemClock } from "@ss/core";
import { sourceConformance } from "@ss/testkit";
import { describe, test } from "vitest";
import { aggregate } from "./aggregate.js";
import { FakeKinesis } from "./fake-kinesis.js";
import { sourceOn } from "./source-run.js";

const OPTIONS = { minFetchPeriod: "200ms", maxFetchRate: 2, awsAccessKey: "access", awsSecretKey: "secret" };

/** Time passes when somebody waits for it: half a second between two fetches of a shard is none for the suite. */
class HurriedClock implements Clock {
  private passedMs = 0;

  now(): number {
    return systemClock.now() + this.passedMs;
  }
  monotonicMs(): number {
    return systemClock.monotonicMs() + this.passedMs;
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted !== true) this.passedMs += ms;
  }
}

describe.each([
  ["plain records", { initialPosition: "earliest" }],
  ["records as they come", { initialPosition: "latest" }],
  ["a limit", { initialPosition: "earliest", maxRecordsPerTrigger: 4 }],
])("the Kinesis source with %s", (_, options) => {
  sourceConformance(test, {
    create: () => {
      const clock = new HurriedClock();
      const fake = new FakeKinesis(clock, 2);
      fake.hasLimits = false;
      let count = 0;
      return {
        clock,
        make: () => sourceOn(fake, { ...OPTIONS, ...options }),
        addRows: async () => {
          fake.put(`${count++}`, 0);
          // of an aggregated record a shard gives what it has the keys of; those of "b" are in the upper half
          fake.put(aggregate([{ key: "b", data: `${count++}` }]), 1);
          return 2;
        },
        secrets: ["access", "secret"],
      };
    },
  });
});
