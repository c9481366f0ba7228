import { expect, test } from "vitest";
import { parseFlags } from "../src/flags.js";

const NOW = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));

test("a run on servers that others use has a name of its own", () => {
  expect(parseFlags([], NOW).name).toBe("ads");
  expect(parseFlags(["--brokers", "localhost:9092"], NOW).name).toBe("ads_20260102_030405");
  expect(parseFlags(["--postgres", "postgres://localhost"], NOW).name).toBe("ads_20260102_030405");
  expect(parseFlags(["--brokers", "localhost:9092", "--name", "mine"], NOW).name).toBe("mine");
});

test.each([
  [["--events", "0"], "--events has to be a whole number from 1 to 100000000, and '0' is not."],
  [["--rate", "fast"], "--rate has to be a whole number from 0 to 1000000, and 'fast' is not."],
  [["--rate", ""], "--rate has to be a whole number from 0 to 1000000, and '' is not."],
  [["--to", "redis"], "--to has to be postgres or kafka, and 'redis' is not."],
  [["--delivery", "once"], "--delivery has to be atLeastOnce or exactlyOnce, and 'once' is not."],
  [["--name", "drop table"], "--name has to begin with a lower-case letter"],
])("%j are refused with the reason", (args, message) => {
  expect(() => parseFlags(args)).toThrow(message);
});
