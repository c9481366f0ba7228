import { describe, expect, it } from "vitest";
import {
  calendarIntervalMicros,
  formatCalendarInterval,
  formatDayTimeHive,
  formatDayTimeInterval,
  formatYearMonthHive,
  formatYearMonthInterval,
  INTERVAL_DAY,
  INTERVAL_HOUR,
  INTERVAL_MINUTE,
  INTERVAL_MONTH,
  INTERVAL_SECOND,
  INTERVAL_YEAR,
  IntervalFormatError,
  parseCalendarInterval,
  parseDayTimeInterval,
  parseYearMonthInterval,
  tryParseCalendarInterval,
} from "../../src/index.js";

const MINUTE = 60000000n;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

function refusal(run: () => unknown): [string, Readonly<Record<string, string>>] {
  try {
    run();
  } catch (error) {
    if (error instanceof IntervalFormatError) return [error.condition, error.parameters];
  }
  return expect.unreachable("the text is refused");
}

describe("calendar intervals", () => {
  it("reads values and units", () => {
    const cases: [string, number, number, bigint][] = [
      ["1 second", 0, 0, 1000000n],
      ["+     1 second", 0, 0, 1000000n],
      ["-     1 second", 0, 0, -1000000n],
      ["interval 3 year 1 month", 37, 0, 0n],
      ["INTERVAL\t1\tDAY", 0, 1, 0n],
      ["\t interval 1 day", 0, 1, 0n],
      [
        "2 weeks 2 days 1 hour 3 minutes 2 seconds 100 millisecond 200 microseconds",
        0,
        16,
        HOUR + 3n * MINUTE + 2100200n,
      ],
      ["13.123456789 seconds", 0, 0, 13123456n],
      ["-13.123456789 second", 0, 0, -13123456n],
      [".5 seconds", 0, 0, 500000n],
      ["-1 month 1 day -1 second", -1, 1, -1000000n],
      ["1. second", 0, 0, 1000000n],
      ["2147483647 months", 2147483647, 0, 0n],
      ["-2147483648 months", -2147483648, 0, 0n],
    ];
    for (const [text, months, days, micros] of cases) {
      expect(parseCalendarInterval(text), text).toEqual({ months, days, micros });
    }
  });

  it("refuses what is none", () => {
    for (const text of [
      "",
      "interval",
      "interval中文 1 day",
      "interval 1中文day",
      "中文 interval 1 day",
      "+",
      "+.",
      "1",
      "1.2",
      "- 2",
      "- -1 second",
      "- +1 second",
      "1 day -",
      "1 day 1",
      "1 fake_unit",
      "1 dayss",
      "1.5 days",
      "1 nanosecond",
      "1.1234567891 seconds",
      "2147483648 days",
      "9223372036854775808 microseconds",
      "9223372036855 seconds",
    ]) {
      expect(tryParseCalendarInterval(text), text).toBeUndefined();
    }
    expect(refusal(() => parseCalendarInterval(" 10 nanoseconds"))).toEqual([
      "INVALID_INTERVAL_FORMAT.INVALID_UNIT",
      { input: " 10 nanoseconds", unit: "nanoseconds" },
    ]);
  });

  it("shows amounts that are not zero", () => {
    const cases: [number, number, bigint, string][] = [
      [0, 0, 0n, "0 seconds"],
      [
        14,
        25,
        5n * HOUR + 6n * MINUTE + 7008009n,
        "1 years 2 months 25 days 5 hours 6 minutes 7.008009 seconds",
      ],
      [-13, -1, -HOUR - 1n, "-1 years -1 months -1 days -1 hours -0.000001 seconds"],
      [0, 0, 34293552n * HOUR + 30n * MINUTE + 12123456n, "34293552 hours 30 minutes 12.123456 seconds"],
      [1, 1, 100000001n, "1 months 1 days 1 minutes 40.000001 seconds"],
    ];
    for (const [months, days, micros, text] of cases) {
      expect(formatCalendarInterval({ months, days, micros })).toBe(text);
    }
  });

  it("counts months as 31 days for delays", () => {
    expect(calendarIntervalMicros({ months: 1, days: 2, micros: 3n })).toBe(33n * DAY + 3n);
    expect(calendarIntervalMicros({ months: 1, days: 0, micros: 0n }, 30)).toBe(30n * DAY);
  });
});

describe("year-month intervals", () => {
  it("reads and shows them", () => {
    const cases: [string, number, number, number, string, string][] = [
      ["1-2", INTERVAL_YEAR, INTERVAL_MONTH, 14, "1-2", "INTERVAL '1-2' YEAR TO MONTH"],
      ["-1-1", INTERVAL_YEAR, INTERVAL_MONTH, -13, "-1-1", "INTERVAL '-1-1' YEAR TO MONTH"],
      ["2-2\t", INTERVAL_YEAR, INTERVAL_MONTH, 26, "2-2", "INTERVAL '2-2' YEAR TO MONTH"],
      ["-1", INTERVAL_YEAR, INTERVAL_YEAR, -12, "-1-0", "INTERVAL '-1' YEAR"],
      ["-11", INTERVAL_MONTH, INTERVAL_MONTH, -11, "-0-11", "INTERVAL '-11' MONTH"],
      [
        "178956970-7",
        INTERVAL_YEAR,
        INTERVAL_MONTH,
        2147483647,
        "178956970-7",
        "INTERVAL '178956970-7' YEAR TO MONTH",
      ],
      [
        "-178956970-8",
        INTERVAL_YEAR,
        INTERVAL_MONTH,
        -2147483648,
        "-178956970-8",
        "INTERVAL '-178956970-8' YEAR TO MONTH",
      ],
      [
        "interval -'-1-1' year to month",
        INTERVAL_YEAR,
        INTERVAL_MONTH,
        13,
        "1-1",
        "INTERVAL '1-1' YEAR TO MONTH",
      ],
    ];
    for (const [text, from, to, months, hive, literal] of cases) {
      expect(parseYearMonthInterval(text, from, to), text).toBe(months);
      expect(formatYearMonthHive(months)).toBe(hive);
      expect(formatYearMonthInterval(months, from, to)).toBe(literal);
    }
    expect(parseYearMonthInterval("178956970-8", INTERVAL_YEAR, INTERVAL_MONTH, true)).toBe(-2147483648);
  });

  it("names what is wrong", () => {
    expect(refusal(() => parseYearMonthInterval("178956970-8", INTERVAL_YEAR, INTERVAL_MONTH))).toEqual([
      "INVALID_INTERVAL_FORMAT.INTERVAL_PARSING",
      { input: "178956970-8", interval: "year-month" },
    ]);
    expect(refusal(() => parseYearMonthInterval("-\t2-2\t", INTERVAL_YEAR, INTERVAL_MONTH))).toEqual([
      "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING",
      {
        input: "-\t2-2\t",
        intervalStr: "year-month",
        supportedFormat: "`[+|-]y-m`, `INTERVAL [+|-]'[+|-]y-m' YEAR TO MONTH`",
        typeName: "interval year to month",
      },
    ]);
  });
});

describe("day-time intervals", () => {
  it("reads and shows them", () => {
    const cases: [string, number, number, bigint, string, string][] = [
      [
        "1 2:3:4.001",
        INTERVAL_DAY,
        INTERVAL_SECOND,
        DAY + 2n * HOUR + 3n * MINUTE + 4001000n,
        "1 02:03:04.001000000",
        "INTERVAL '1 02:03:04.001' DAY TO SECOND",
      ],
      [
        "-1 2:3:4.001",
        INTERVAL_DAY,
        INTERVAL_SECOND,
        -(DAY + 2n * HOUR + 3n * MINUTE + 4001000n),
        "-1 02:03:04.001000000",
        "INTERVAL '-1 02:03:04.001' DAY TO SECOND",
      ],
      ["-23", INTERVAL_HOUR, INTERVAL_HOUR, -23n * HOUR, "-0 23:00:00.000000000", "INTERVAL '-23' HOUR"],
      ["2", INTERVAL_SECOND, INTERVAL_SECOND, 2000000n, "0 00:00:02.000000000", "INTERVAL '02' SECOND"],
      ["1", INTERVAL_DAY, INTERVAL_DAY, DAY, "1 00:00:00.000000000", "INTERVAL '1' DAY"],
      [
        "106751991 04",
        INTERVAL_DAY,
        INTERVAL_HOUR,
        106751991n * DAY + 4n * HOUR,
        "106751991 04:00:00.000000000",
        "INTERVAL '106751991 04' DAY TO HOUR",
      ],
      [
        "12:40",
        INTERVAL_HOUR,
        INTERVAL_MINUTE,
        12n * HOUR + 40n * MINUTE,
        "0 12:40:00.000000000",
        "INTERVAL '12:40' HOUR TO MINUTE",
      ],
      [
        "22:33.123456789",
        INTERVAL_MINUTE,
        INTERVAL_SECOND,
        22n * MINUTE + 33123456n,
        "0 00:22:33.123456000",
        "INTERVAL '22:33.123456' MINUTE TO SECOND",
      ],
      [
        "\n0 12:34:46.789\t",
        INTERVAL_DAY,
        INTERVAL_SECOND,
        12n * HOUR + 34n * MINUTE + 46789000n,
        "0 12:34:46.789000000",
        "INTERVAL '0 12:34:46.789' DAY TO SECOND",
      ],
      [
        "106751991 04:00:54.775807",
        INTERVAL_DAY,
        INTERVAL_SECOND,
        2n ** 63n - 1n,
        "106751991 04:00:54.775807000",
        "INTERVAL '106751991 04:00:54.775807' DAY TO SECOND",
      ],
      [
        "-106751991 04:00:54.775808",
        INTERVAL_DAY,
        INTERVAL_SECOND,
        -(2n ** 63n),
        "-106751991 04:00:54.775808000",
        "INTERVAL '-106751991 04:00:54.775808' DAY TO SECOND",
      ],
    ];
    for (const [text, from, to, micros, hive, literal] of cases) {
      expect(parseDayTimeInterval(text, from, to), text).toBe(micros);
      expect(formatDayTimeHive(micros)).toBe(hive);
      expect(formatDayTimeInterval(micros, from, to)).toBe(literal);
    }
  });

  it("names what is wrong", () => {
    expect(refusal(() => parseDayTimeInterval("20 15:40:32.99899999", INTERVAL_DAY, INTERVAL_HOUR))).toEqual([
      "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE",
      {
        input: "20 15:40:32.99899999",
        intervalStr: "day-time",
        supportedFormat: "`[+|-]d h`, `INTERVAL [+|-]'[+|-]d h' DAY TO HOUR`",
        typeName: "interval day to hour",
      },
    ]);
    expect(
      refusal(() => parseDayTimeInterval("15:40", INTERVAL_HOUR, INTERVAL_SECOND))[1]["supportedFormat"],
    ).toBe("`[+|-]h:m:s.n`, `INTERVAL [+|-]'[+|-]h:m:s.n' HOUR TO SECOND`");
    expect(refusal(() => parseDayTimeInterval("-106751992 04", INTERVAL_DAY, INTERVAL_HOUR))).toEqual([
      "_LEGACY_ERROR_TEMP_0063",
      { msg: "requirement failed: day 106751992 outside range [0, 106751991]" },
    ]);
    expect(
      refusal(() => parseDayTimeInterval("153722867281:54.775808", INTERVAL_MINUTE, INTERVAL_SECOND))[1],
    ).toEqual({
      msg: "requirement failed: minute 153722867281 outside range [0, 153722867280]",
    });
  });
});
