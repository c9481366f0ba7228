import { parseDdl } from "@ss/core";
import { sinkConformance } from "@ss/testkit";
import { describe, test } from "vitest";
import { FakeKafka } from "./fake-kafka.js";
import { sinkOn } from "./sink-under-test.js";

describe.each(["atLeastOnce", "exactlyOnce"])(
  "a sink with %s delivery keeps the promises of a sink",
  (delivery) => {
    sinkConformance(test, {
      create: () => {
        const kafka = new FakeKafka();
        return {
          make: () => sinkOn(kafka, { topic: "t", delivery }),
          // the number is no part of a record, so that it is told by the word
          rows: async () => kafka.records.map(({ value }) => [NUMBERS.get(value)!, value]),
          schema: parseDdl("id BIGINT, value STRING"),
        };
      },
    });
  },
);

const NUMBERS = new Map<string | null, bigint>([
  ["owl", 1n],
  [null, 2n],
  ["grüße", 3n],
  ["", 4n],
]);
