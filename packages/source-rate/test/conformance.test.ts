import { type Clock, Options, type SessionContext } from "@ss/core";
import { type SourceUnderTest, sourceConformance, VirtualClock } from "@ss/testkit";
import { describe, test } from "vitest";
import { rateSource } from "../src/index.js";

const session = { conf: () => "3" } as unknown as SessionContext;
const [rate, rateMicroBatch] = rateSource().sources!;

function subject(
  provider: typeof rate,
  options: Record<string, unknown>,
  rowsOfSecond: (second: number) => number,
): SourceUnderTest & { clock: Clock } {
  const clock = new VirtualClock(1_700_000_000_123);
  let seconds = 0;
  const addRows = async (): Promise<number> => {
    await clock.advance(1000);
    return rowsOfSecond(++seconds);
  };
  const request = { format: "", options: new Options(options), paths: [], schema: undefined, session };
  return { clock, make: () => provider!.stream!(request), addRows };
}

describe("rate", () => {
  sourceConformance(test, { create: () => subject(rate, { rowsPerSecond: 7 }, () => 7) });
});

describe("rate while it ramps up", () => {
  sourceConformance(test, {
    // the rate grows each second by a whole number of rows, 100 / 11 without the rest
    create: () =>
      subject(rate, { rowsPerSecond: 100, rampUpTime: "10s", numPartitions: 4 }, (second) => 9 * second),
    skip: {
      "gives the rows of two ranges as those of both together":
        "a range spreads its rows evenly over its time, also where the rate grows, as in Spark",
    },
  });
});

describe("rate-micro-batch", () => {
  sourceConformance(test, {
    create: () => subject(rateMicroBatch, { rowsPerBatch: 10, numPartitions: 3 }, () => 10),
    skip: { "answers with its start when nothing is new": "there is always a next batch" },
  });
});
