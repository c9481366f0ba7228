import type { ReadLimit } from "@ss/core";
import { sourceConformance } from "@ss/testkit";
import { describe, test } from "vitest";
import { FakeKafka } from "./fake-kafka.js";
import { makeSource } from "./run-source.js";

describe.each<[string, ReadLimit]>([
  ["without a limit", { kind: "allAvailable" }],
  ["with a limit", { kind: "maxRows", rows: 4 }],
])("the Kafka source %s", (_, readLimit) => {
  sourceConformance(test, {
    create: async () => {
      const kafka = new FakeKafka();
      kafka.create("t", 2);
      let added = 0;
      return {
        make: () => makeSource(kafka, { subscribe: "t", startingOffsets: "earliest" }, undefined, readLimit),
        addRows: async () => {
          kafka.add("t", added++ % 2, ["one", "two"]);
          return 2;
        },
      };
    },
  });
});
