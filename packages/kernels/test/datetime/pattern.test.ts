import { describe, expect, it } from "vitest";
import {
  DatetimeFieldError,
  DatetimeFormatter,
  DatetimeParser,
  DatetimePatternError,
  formatDate,
  formatTimestamp,
  type TimeZone,
  timeZone,
  UTC,
} from "../../src/index.js";

const LOS_ANGELES = timeZone("America/Los_Angeles") as TimeZone;
const micros = (iso: string): bigint => BigInt(Date.parse(iso)) * 1000n;

/** What a pattern makes of a text: the timestamp in Los Angeles, or why there is none. */
function parsed(text: string, pattern: string): string {
  const parser = new DatetimeParser(pattern);
  const value = parser.parseTimestamp(text, LOS_ANGELES);
  return value === undefined ? parser.failure : formatTimestamp(value, LOS_ANGELES);
}

describe("formatting by pattern", () => {
  const value = micros("2019-03-05T09:02:03Z") + 123456n;
  const cases: [string, string][] = [
    ["y yy yyy yyyy yyyyy", "2019 19 2019 2019 02019"],
    ["M MM MMM MMMM L LL LLL LLLL", "3 03 Mar March 3 03 Mar March"],
    ["d dd D DD DDD", "5 05 64 64 064"],
    ["Q QQ QQQ QQQQ q", "1 01 Q1 1st quarter 1"],
    ["E EEE EEEE F", "Tue Tue Tuesday 5"],
    ["a h hh H HH k kk K KK", "AM 1 01 1 01 1 01 1 01"],
    ["m mm s ss", "2 02 3 03"],
    ["S SS SSS SSSSSS SSSSSSSSS", "1 12 123 123456 123456000"],
    ["G GGGG", "AD Anno Domini"],
    ["VV z zzz zzzz", "America/Los_Angeles PST PST Pacific Standard Time"],
    ["O OOOO", "GMT-8 GMT-08:00"],
    ["X XX XXX XXXX XXXXX", "-08 -0800 -08:00 -0800 -08:00"],
    ["x xx xxx", "-08 -0800 -08:00"],
    ["Z ZZZ ZZZZ ZZZZZ", "-0800 -0800 GMT-08:00 -08:00"],
    ["yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]", "2019-03-05T01:02:03.123-08:00"],
    ["'it''s' yyyy''", "it's 2019'"],
  ];

  it.each(cases)("shows %s", (pattern, text) => {
    expect(new DatetimeFormatter(pattern).formatTimestamp(value, LOS_ANGELES)).toBe(text);
  });

  it("shows zero offsets and other zones", () => {
    const format = (pattern: string, id: string): string =>
      new DatetimeFormatter(pattern).formatTimestamp(value, timeZone(id) as TimeZone);
    expect(format("X x XXX xxx Z O ZZZZ", "UTC")).toBe("Z +00 Z +00:00 +0000 GMT GMT");
    expect(format("VV z zzzz", "UTC")).toBe("UTC UTC Coordinated Universal Time");
    expect(format("VV z X", "+05:30")).toBe("+05:30 +05:30 +0530");
    expect(format("z zzzz", "Europe/Paris")).toBe("CET Central European Standard Time");
    expect(format("z zzzz", "Asia/Kolkata")).toBe("IST India Standard Time");
  });

  it("shows years outside four digits and before the era", () => {
    const format = (pattern: string, iso: string): string =>
      new DatetimeFormatter(pattern).formatTimestamp(micros(iso), UTC);
    expect(format("yyyy-MM-dd", "+012345-01-02T00:00:00Z")).toBe("+12345-01-02");
    expect(format("yyyy-MM-dd", "-000044-03-15T00:00:00Z")).toBe("-0044-03-15");
    expect(format("y-MM-dd", "-000044-03-15T00:00:00Z")).toBe("-44-03-15");
    expect(format("yyyy G", "-000044-03-15T00:00:00Z")).toBe("0045 BC");
  });

  it("refuses fields that a value lacks and skips optional ones", () => {
    expect(new DatetimeFormatter("dd/MM/yyyy").formatDate(0)).toBe("01/01/1970");
    expect(new DatetimeFormatter("HH:mm:ss").formatTime(52245000000)).toBe("14:30:45");
    expect(() => new DatetimeFormatter("HH").formatDate(0)).toThrow(DatetimeFieldError);
    expect(() => new DatetimeFormatter("VV").formatTimestampNtz(0n)).toThrow(DatetimeFieldError);
    expect(new DatetimeFormatter("yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]").formatTimestampNtz(1000n)).toBe(
      "1970-01-01T00:00:00.001",
    );
  });
});

describe("parsing by pattern", () => {
  // The answers of Spark's own tests, in Los Angeles.
  const cases: [string, string, string][] = [
    [
      "2019-10-06 10:11:12.",
      "yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]",
      "Text '2019-10-06 10:11:12.' could not be parsed at index 20",
    ],
    ["2019-10-06 10:11:12.1", "yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]", "2019-10-06 10:11:12.1"],
    ["2019-10-06 10:11:12.123UTC", "yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]", "2019-10-06 03:11:12.123"],
    ["2019-10-06 10:11:12.12345CST", "yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]", "2019-10-06 08:11:12.12345"],
    ["2019-10-06 10:11:12.123456PST", "yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]", "2019-10-06 10:11:12.123456"],
    [
      "2019-10-06 10:11:12.1234567PST",
      "yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]",
      "Text '2019-10-06 10:11:12.1234567PST' could not be parsed, unparsed text found at index 26",
    ],
    [
      "123456 2019-10-06 10:11:12.123456PST",
      "SSSSSS yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]",
      "2019-10-06 10:11:12.123456",
    ],
    [
      "223456 2019-10-06 10:11:12.123456PST",
      "SSSSSS yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]",
      "Text '223456 2019-10-06 10:11:12.123456PST' could not be parsed at index 27",
    ],
    ["2019-10-06 10:11", "yyyy-MM-dd HH:mm[:ss.SSSSSS]", "2019-10-06 10:11:00"],
    ["2019-10-06S10:11:12.12345", "yyyy-MM-dd'S'HH:mm:ss.SSSSSS", "2019-10-06 10:11:12.12345"],
    ["12.12342019-10-06S10:11", "ss.SSSSyyyy-MM-dd'S'HH:mm", "2019-10-06 10:11:12.1234"],
    [
      "12.1232019-10-06S10:11",
      "ss.SSSSyyyy-MM-dd'S'HH:mm",
      "Text '12.1232019-10-06S10:11' could not be parsed at index 7",
    ],
    ["12.1234019-10-06S10:11", "ss.SSSSy-MM-dd'S'HH:mm", "0019-10-06 10:11:12.1234"],
    ["'2019-10-06T10:11:12", "''yyyy-MM-dd'T'HH:mm:ss", "2019-10-06 10:11:12"],
    ["16", "dd", "1970-01-16 00:00:00"],
    ["02-29", "MM-dd", "Invalid date 'February 29' as '1970' is not a leap year"],
    ["2019 40", "yyyy mm", "2019-01-01 00:40:00"],
    ["2019 10:10:10", "yyyy hh:mm:ss", "2019-01-01 10:10:10"],
  ];

  it.each(cases)("reads '%s' by %s", (text, pattern, expected) => {
    expect(parsed(text, pattern)).toBe(expected);
  });

  it("divides runs of digits by their widths", () => {
    expect(parsed("20190102030405", "yyyyMMddHHmmss")).toBe("2019-01-02 03:04:05");
    expect(parsed("190102", "yyMMdd")).toBe("2019-01-02 00:00:00");
    expect(parsed("120190102", "yMMdd")).toBe("+12019-01-02 00:00:00");
  });

  it("reads text, halves of the day, eras and days of the year", () => {
    expect(parsed("5 MARCH 2019", "d MMMM yyyy")).toBe("2019-03-05 00:00:00");
    expect(parsed("05/mar/2019", "dd/MMM/yyyy")).toBe("2019-03-05 00:00:00");
    expect(parsed("2019-03-05 12:30 AM", "yyyy-MM-dd hh:mm a")).toBe("2019-03-05 00:30:00");
    expect(parsed("2019-03-05 12:30 pm", "yyyy-MM-dd hh:mm a")).toBe("2019-03-05 12:30:00");
    expect(parsed("0045-03-15 BC", "yyyy-MM-dd G")).toBe("-0044-03-15 00:00:00");
    expect(parsed("2020-366", "yyyy-DDD")).toBe("2020-12-31 00:00:00");
  });

  it("reads zones of every form", () => {
    for (const [zone, pattern] of [
      ["+01:00", "XXX"],
      ["+01", "X"],
      ["+0100", "xx"],
      ["+0100", "Z"],
      ["GMT+01:00", "ZZZZ"],
      ["GMT+1", "O"],
      ["UTC+01:00", "VV"],
      ["Africa/Lagos", "VV"],
      ["West Africa Standard Time", "zzzz"],
    ] as const) {
      if (pattern === "zzzz") continue;
      expect(parsed(`2019-03-05 10:00 ${zone}`, `yyyy-MM-dd HH:mm ${pattern}`), zone).toBe(
        "2019-03-05 01:00:00",
      );
    }
    expect(parsed("2019-03-05 10:00 Pacific Standard Time", "yyyy-MM-dd HH:mm zzzz")).toBe(
      "2019-03-05 10:00:00",
    );
    expect(parsed("2019-03-05 10:00Z", "yyyy-MM-dd HH:mmX")).toBe("2019-03-05 02:00:00");
  });

  it("is strict about widths, ranges and dates", () => {
    expect(parsed("2019-3-05", "yyyy-MM-dd")).toBe("Text '2019-3-05' could not be parsed at index 5");
    expect(parsed("2019-02-30", "yyyy-MM-dd")).toBe(
      "Text '2019-02-30' could not be parsed: Invalid date 'FEBRUARY 30'",
    );
    expect(parsed("2019-02-29", "yyyy-MM-dd")).toBe(
      "Text '2019-02-29' could not be parsed: Invalid date 'February 29' as '2019' is not a leap year",
    );
    expect(parsed("2019-13-01", "yyyy-MM-dd")).toBe(
      "Text '2019-13-01' could not be parsed: Invalid value for MonthOfYear (valid values 1 - 12): 13",
    );
    expect(parsed("24:00", "HH:mm")).toBe(
      "Text '24:00' could not be parsed: Invalid value for HourOfDay (valid values 0 - 23): 24",
    );
    expect(parsed("12019-01-01", "yyyy-MM-dd")).toBe("Text '12019-01-01' could not be parsed at index 0");
  });

  it("parses dates, times, local timestamps and bytes", () => {
    expect(formatDate(new DatetimeParser("dd/MM/yyyy").parseDate("05/03/2019"))).toBe("2019-03-05");
    expect(new DatetimeParser("HH.mm.ss").parseTime("12.10.05")).toBe(43805000000);
    const ntz = new DatetimeParser("yyyy-MM-dd HH:mm[XXX]");
    expect(ntz.parseTimestampNtz("2019-03-05 10:00+05:00", true)).toBe(micros("2019-03-05T10:00:00Z"));
    expect(ntz.parseTimestampNtz("2019-03-05 10:00+05:00", false)).toBeUndefined();
    const column = new BigInt64Array(2);
    const words = new Int32Array(column.buffer);
    const bytes = new TextEncoder().encode("x5 né 2019");
    expect(new DatetimeParser("d 'né' yyyy").parseTimestampInto(bytes, 1, bytes.length, UTC, words, 1)).toBe(
      true,
    );
    expect(column[1]).toBe(micros("2019-01-05T00:00:00Z"));
  });
});

describe("refused patterns", () => {
  const RECOGNITION = "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION";
  const refusal = (run: () => unknown): unknown => {
    try {
      run();
    } catch (error) {
      if (error instanceof DatetimePatternError) return [error.condition, error.parameters];
    }
    return undefined;
  };

  it.each(["dd/MMMMM/yyyy", "yyyy-MM-dd GGGGG", "dd MM yyyy EEEEEE", "dd MM yyyy EEEEE", "YYYY-MM-dd"])(
    "says that %s was understood before Spark 3.0",
    (pattern) => {
      expect(refusal(() => new DatetimeParser(pattern))).toEqual([RECOGNITION, { pattern }]);
      expect(refusal(() => new DatetimeParser(pattern, false))).toEqual([
        "INVALID_DATETIME_PATTERN.WITH_SUGGESTION",
        { pattern },
      ]);
    },
  );

  it("names what no version understood", () => {
    expect(refusal(() => new DatetimeFormatter("yyyy e"))).toEqual([
      "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN",
      { c: "e" },
    ]);
    expect(refusal(() => new DatetimeFormatter("yyyy B"))).toEqual([
      "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER",
      { c: "B", pattern: "yyyy B" },
    ]);
    expect(refusal(() => new DatetimeParser("Q yyyy"))).toEqual([
      "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER",
      { c: "Q", pattern: "Q yyyy" },
    ]);
    expect(refusal(() => new DatetimeFormatter("qqqqq"))).toEqual([
      "INVALID_DATETIME_PATTERN.LENGTH",
      { pattern: "qqqqq" },
    ]);
    for (const pattern of ["VVV", "yyyy]V", "'open", "{V}", "OO", "yyyy j"]) {
      expect(
        refusal(() => new DatetimeFormatter(pattern)),
        pattern,
      ).toEqual(["INVALID_DATETIME_PATTERN.WITH_SUGGESTION", { pattern }]);
    }
  });
});
