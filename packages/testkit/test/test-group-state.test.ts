import { GroupStateTimeout } from "@ss/core";
import { expect, test } from "vitest";
import { TestGroupState } from "../src/index.js";

const { ProcessingTimeTimeout, EventTimeTimeout } = GroupStateTimeout;

test("a group without a state says so", () => {
  const state = TestGroupState.create<number>();
  expect(state.exists).toBe(false);
  expect(state.getOption()).toBeUndefined();
  expect(() => state.get()).toThrow("State is either not defined or has already been removed");
});

test("what the function did can be seen afterwards", () => {
  const state = TestGroupState.create({ state: 1 });
  expect([state.exists, state.isUpdated, state.isRemoved]).toEqual([true, false, false]);
  state.update(2);
  expect([state.get(), state.isUpdated, state.isRemoved]).toEqual([2, true, false]);
  state.remove();
  expect([state.exists, state.isUpdated, state.isRemoved]).toEqual([false, false, true]);
  state.update(3);
  expect([state.get(), state.isUpdated, state.isRemoved]).toEqual([3, true, false]);
});

test("null is no state", () => {
  const state = TestGroupState.create<number | null>({ state: 1 });
  expect(() => state.update(null)).toThrow("'null' is not a valid state value");
  expect(state.get()).toBe(1);
});

test.each([
  [1500, 2500],
  ["10 seconds", 11_000],
  ["1 hour 30 minutes", 5_401_000],
  ["1 day", 86_401_000],
  ["interval 1 minute", 61_000],
  ["1 minute -1 second", 60_000],
  ["1500 microseconds", 1001],
  ["1 month", 2_678_401_000],
  ["1 second 1 month", 2_678_402_000],
  ["1 year", 12 * 2_678_400_000 + 1000],
] as const)("a duration of %s counts from the time of the batch", (duration, expected) => {
  const state = TestGroupState.create({ timeout: ProcessingTimeTimeout, processingTimeMs: 1000 });
  state.setTimeoutDuration(duration);
  expect(state.timeoutTimestampMs).toBe(expected);
});

test.each([0, -1, "0 seconds"])("a duration of %s is refused", (duration) => {
  const state = TestGroupState.create({ timeout: ProcessingTimeTimeout });
  expect(() => state.setTimeoutDuration(duration)).toThrow("Timeout duration must be positive");
});

test("a duration as text is told to be negative", () => {
  const state = TestGroupState.create({ timeout: ProcessingTimeTimeout });
  expect(() => state.setTimeoutDuration("-1 hour")).toThrow("Provided duration (-1 hour) is negative");
});

test.each([
  ["soon", "UNRECOGNIZED_NUMBER"],
  ["", "INPUT_IS_EMPTY"],
  ["-1", "MISSING_UNIT"],
  ["10", "MISSING_UNIT"],
])("'%s' is not a span of time: %s", (duration, problem) => {
  const state = TestGroupState.create({ timeout: ProcessingTimeTimeout });
  expect(() => state.setTimeoutDuration(duration)).toThrow(`INVALID_INTERVAL_FORMAT.${problem}`);
});

test("a point in time is given in milliseconds or as a date, and put off by a span", () => {
  const state = TestGroupState.create({ timeout: EventTimeTimeout, watermarkMs: 1000 });
  state.setTimeoutTimestamp(1000);
  expect(state.timeoutTimestampMs).toBe(1000);
  state.setTimeoutTimestamp(new Date(2000));
  expect(state.timeoutTimestampMs).toBe(2000);
  state.setTimeoutTimestamp(500, "1 minute");
  expect(state.timeoutTimestampMs).toBe(60_500);
});

test.each(["-1 minute", "-500 milliseconds", "-1 month", "1 month -40 days"])(
  "no point in time is put off by %s, which is back in time",
  (span) => {
    const state = TestGroupState.create({ timeout: EventTimeTimeout, watermarkMs: 1000 });
    expect(() => state.setTimeoutTimestamp(1_500_000, span)).toThrow(
      `Provided duration (${span}) is negative`,
    );
    state.setTimeoutTimestamp(1_500_000, "0 seconds");
    expect(state.timeoutTimestampMs).toBe(1_500_000);
  },
);

test("a point in time has to be after 1970 and not before the watermark", () => {
  const state = TestGroupState.create({ timeout: EventTimeTimeout, watermarkMs: 1000 });
  expect(() => state.setTimeoutTimestamp(0)).toThrow("Timeout timestamp must be positive");
  expect(() => state.setTimeoutTimestamp(999)).toThrow(
    "Timeout timestamp (999) cannot be earlier than the current watermark (1000)",
  );
});

test.each([Number.POSITIVE_INFINITY, Number.MAX_VALUE, 1e16])(
  "a timeout at %d is no time that can be kept",
  (timeMs) => {
    const byEvent = TestGroupState.create({ timeout: EventTimeTimeout, watermarkMs: 0 });
    expect(() => byEvent.setTimeoutTimestamp(timeMs)).toThrow("is no point in time");
    expect(byEvent.timeoutTimestampMs).toBeUndefined();
    const byTime = TestGroupState.create({ timeout: ProcessingTimeTimeout });
    expect(() => byTime.setTimeoutDuration(timeMs)).toThrow("is no point in time");
    byTime.setTimeoutDuration(Number.MAX_SAFE_INTEGER);
    expect(byTime.timeoutTimestampMs).toBe(Number.MAX_SAFE_INTEGER);
  },
);

test("a timeout is of the kind that was asked for", () => {
  const byTime = TestGroupState.create({ timeout: ProcessingTimeTimeout });
  const byEvent = TestGroupState.create({ timeout: EventTimeTimeout, watermarkMs: 0 });
  const without = TestGroupState.create();
  for (const state of [byEvent, without]) {
    expect(() => state.setTimeoutDuration(1)).toThrow(
      "Cannot set timeout duration without enabling processing time timeout",
    );
  }
  for (const state of [byTime, without]) {
    expect(() => state.setTimeoutTimestamp(1)).toThrow(
      "Cannot set timeout timestamp without enabling event time timeout",
    );
  }
});

test("the times of the batch are told, the watermark where there is one", () => {
  const state = TestGroupState.create({ processingTimeMs: 7, watermarkMs: 3 });
  expect([state.getCurrentProcessingTimeMs(), state.getCurrentWatermarkMs()]).toEqual([7, 3]);
  expect(() => TestGroupState.create().getCurrentWatermarkMs()).toThrow(
    "Cannot get event time watermark timestamp without setting watermark",
  );
});

test("a group cannot have timed out without a timeout", () => {
  expect(() => TestGroupState.create({ hasTimedOut: true })).toThrow("MISSING_TIMEOUT_CONFIGURATION");
  expect(TestGroupState.create({ hasTimedOut: true, timeout: EventTimeTimeout }).hasTimedOut).toBe(true);
});
