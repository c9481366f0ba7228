import { sourceConformance } from "@ss/testkit";
import { describe, test } from "vitest";
import { FakeKafka } from "./fake-kafka.js";
import { makeSource } from "./run-source.js";

describe("the Kafka source", () => {
  sourceConformance(test, {
    create: async () => {
      const kafka = new FakeKafka();
      kafka.create("t", 2);
      let added = 0;
      return {
        make: () => makeSource(kafka, { subscribe: "t", startingOffsets: "earliest" }),
        addRows: async () => {
          kafka.add("t", added++ % 2, ["one", "two"]);
          return 2;
        },
      };
    },
  });
});
