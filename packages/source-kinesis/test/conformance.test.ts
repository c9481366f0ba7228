import { systemClock } from "@ss/core";
import { sourceConformance } from "@ss/testkit";
import { describe, test } from "vitest";
import { aggregate } from "./aggregate.js";
import { FakeKinesis } from "./fake-kinesis.js";
import { sourceOn } from "./source-run.js";

const OPTIONS = { minFetchPeriod: "1ms", maxFetchRate: 2, awsAccessKey: "access", awsSecretKey: "secret" };

describe.each([
  ["plain records", "earliest"],
  ["records as they come", "latest"],
])("the Kinesis source with %s", (_, initialPosition) => {
  sourceConformance(test, {
    create: () => {
      const fake = new FakeKinesis(systemClock, 2);
      fake.hasLimits = false;
      let count = 0;
      return {
        make: () => sourceOn(fake, { ...OPTIONS, initialPosition }),
        addRows: async () => {
          fake.put(`${count++}`, 0);
          fake.put(aggregate([{ key: "a", data: `${count++}` }]), 1);
        },
        secrets: ["access", "secret"],
      };
    },
  });
});
