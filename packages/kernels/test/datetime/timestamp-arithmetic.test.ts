import { describe, expect, it } from "vitest";
import {
  addDaysToSecond,
  addMonthsToSecond,
  daysOfSecond,
  microOfSecondOfBigint,
  microsToBigint,
  secondOfBigint,
  secondOfDayOfSecond,
  secondOfDays,
  type TimeZone,
  TRUNCATE_DAY,
  TRUNCATE_HOUR,
  TRUNCATE_MINUTE,
  TRUNCATE_MONTH,
  timestampDifference,
  timeZone,
  truncateSecond,
} from "../../src/index.js";

const LOS_ANGELES = timeZone("America/Los_Angeles") as TimeZone;
const KOLKATA = timeZone("Asia/Kolkata") as TimeZone;
const second = (iso: string): number => Date.parse(iso) / 1000;
const local = (iso: string): bigint => BigInt(Date.parse(`${iso}Z`)) * 1000n;

describe("timestamp arithmetic", () => {
  it("splits microseconds into whole seconds and back", () => {
    for (const micros of [0n, -1n, 1n, 999999n, 1000000n, -1000001n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      const whole = secondOfBigint(micros);
      const rest = microOfSecondOfBigint(micros);
      expect(rest >= 0 && rest < 1000000).toBe(true);
      expect(microsToBigint(whole, rest)).toBe(micros);
    }
  });

  it("moves by months and days of the local calendar", () => {
    expect(addMonthsToSecond(second("2022-01-31T20:00:00Z"), 1, LOS_ANGELES)).toBe(
      second("2022-02-28T20:00:00Z"),
    );
    // Across the change to summer time the local hour stays and the hour in UTC does not.
    expect(addDaysToSecond(second("2020-03-07T20:00:00Z"), 1, LOS_ANGELES)).toBe(
      second("2020-03-08T19:00:00Z"),
    );
    expect(addMonthsToSecond(second("2020-02-15T20:00:00Z"), 1, LOS_ANGELES)).toBe(
      second("2020-03-15T19:00:00Z"),
    );
    // The second 01:30 of a long night stays the second one.
    expect(addDaysToSecond(second("2020-11-01T09:30:00Z"), 0, LOS_ANGELES)).toBe(
      second("2020-11-01T09:30:00Z"),
    );
  });

  it("truncates to local units", () => {
    const at = second("2015-03-05T17:32:05Z");
    expect(truncateSecond(at, TRUNCATE_MINUTE, LOS_ANGELES)).toBe(second("2015-03-05T17:32:00Z"));
    expect(truncateSecond(at, TRUNCATE_HOUR, KOLKATA)).toBe(second("2015-03-05T17:30:00Z"));
    expect(truncateSecond(at, TRUNCATE_DAY, LOS_ANGELES)).toBe(second("2015-03-05T08:00:00Z"));
    expect(truncateSecond(at, TRUNCATE_MONTH, LOS_ANGELES)).toBe(second("2015-03-01T08:00:00Z"));
    expect(daysOfSecond(0, LOS_ANGELES)).toBe(-1);
    expect(secondOfDayOfSecond(0, LOS_ANGELES)).toBe(16 * 3600);
    expect(secondOfDays(0, LOS_ANGELES)).toBe(8 * 3600);
  });

  it("counts whole units between", () => {
    const cases: [string, string, string, bigint][] = [
      ["MONTH", "2022-02-14T01:02:03", "2022-01-14T01:02:03", -1n],
      ["MONTH", "2022-01-31T00:00:00", "2022-02-28T23:59:59", 0n],
      ["MONTH", "2022-01-14T12:00:00", "2022-02-14T11:59:59", 0n],
      ["QUARTER", "2022-02-25T00:00:00", "2023-05-25T00:00:00", 5n],
      ["QUARTER", "2023-08-10T01:02:03", "2022-01-14T01:02:03", -6n],
      ["YEAR", "2022-02-15T00:00:00", "2023-02-15T00:00:00", 1n],
      ["MINUTE", "2022-02-14T01:02:03", "2022-02-14T02:00:03", 58n],
      ["HOUR", "2022-02-14T01:02:03", "2022-02-14T12:00:03", 10n],
      ["WEEK", "2022-02-25T01:02:03", "2022-01-28T01:02:03", -4n],
      ["SECOND", "2022-02-15T00:00:00", "2022-02-14T23:59:59", -1n],
    ];
    for (const [unit, start, end, expected] of cases) {
      expect(timestampDifference(unit, local(start), local(end)), `${unit} ${start} ${end}`).toBe(expected);
    }
    expect(timestampDifference("AGE", 0n, 0n)).toBeUndefined();
  });
});
