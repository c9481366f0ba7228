import { describe, expect, it } from "vitest";
import {
  formatDate,
  formatTime,
  formatTimestamp,
  formatTimestampNtz,
  hasZoneText,
  parseDateText,
  parseTimestampInto,
  parseTimestampNtzText,
  parseTimestampText,
  parseTimeText,
  storeMicros,
  type TimeZone,
  timeZone,
  UTC,
  writeDate,
  writeIsoTimestamp,
  writeTime,
  writeTimestamp,
} from "../../src/index.js";

const LOS_ANGELES = timeZone("America/Los_Angeles") as TimeZone;
const micros = (iso: string): bigint => BigInt(Date.parse(iso)) * 1000n;

describe("dates from text", () => {
  it("accepts what casts accept", () => {
    const cases: [string, string][] = [
      ["2019-01-01\t", "2019-01-01"],
      ["2011", "2011-01-01"],
      ["2011-2", "2011-02-01"],
      ["2011-2-3", "2011-02-03"],
      [" 2011-11-11 12:13:14 nonsense", "2011-11-11"],
      ["2011-11-11T", "2011-11-11"],
      ["0012-12-12", "0012-12-12"],
      ["-0001-03-01", "-0001-03-01"],
      ["+12345-03-01", "+12345-03-01"],
      ["0000-02-29", "0000-02-29"],
      ["2000-02-29", "2000-02-29"],
    ];
    for (const [text, expected] of cases) expect(formatDate(parseDateText(text)), text).toBe(expected);
  });

  it("refuses what casts refuse", () => {
    for (const text of [
      "",
      " ",
      "015",
      "2020-01-01中文",
      "2021-4294967297-11",
      "2019-02-29",
      "1900-02-29",
      "2019-13-01",
      "2019-00-01",
      "2019-01-00",
      "2019-1-",
      "2019 -01-01",
      "2019-01 01",
      "mar 11 2016",
      "12345678-01-01",
      "2019/01/01",
    ]) {
      expect(parseDateText(text), text).toBeNaN();
    }
  });
});

describe("timestamps from text", () => {
  it("accepts what casts accept", () => {
    const cases: [string, string][] = [
      ["2015", "2015-01-01T00:00:00Z"],
      ["2015-03", "2015-03-01T00:00:00Z"],
      ["2015-03-18 ", "2015-03-18T00:00:00Z"],
      ["2015-3-8 1", "2015-03-08T01:00:00Z"],
      ["2015-03-18 12:03", "2015-03-18T12:03:00Z"],
      ["2015-03-18 12:03:17", "2015-03-18T12:03:17Z"],
      ["2015-03-18T12:03:17", "2015-03-18T12:03:17Z"],
      ["2015-03-18T12:03:17Z", "2015-03-18T12:03:17Z"],
      ["2015-03-18 12:03:17Z", "2015-03-18T12:03:17Z"],
      ["2015-03-18T12:03:17.123Z", "2015-03-18T12:03:17.123Z"],
      ["2015-03-18 12:03:17.", "2015-03-18T12:03:17Z"],
      ["2015-3-18 1:3:7.5", "2015-03-18T01:03:07.5Z"],
      ["2015-03-18T12:03:17-1:00", "2015-03-18T13:03:17Z"],
      ["2015-03-18T12:03:17+07:30", "2015-03-18T04:33:17Z"],
      ["2015-03-18T12:03:17 GMT+7", "2015-03-18T05:03:17Z"],
      ["2015-03-18T12:03:17.456 America/Los_Angeles", "2015-03-18T19:03:17.456Z"],
      ["2015-03-18T12:03:17.456PST", "2015-03-18T19:03:17.456Z"],
      ["-0001-03-18T12:03:17", "-000001-03-18T12:03:17Z"],
      ["+0001-03-18T12:03:17", "0001-03-18T12:03:17Z"],
      ["9999-12-31 23:59:59.999", "9999-12-31T23:59:59.999Z"],
    ];
    for (const [text, expected] of cases) expect(parseTimestampText(text, UTC), text).toBe(micros(expected));
  });

  it("cuts fractions to microseconds", () => {
    expect(parseTimestampText("1970-01-01 00:00:00.123456789", UTC)).toBe(123456n);
    expect(parseTimestampText("1970-01-01T00:00:00.123456Z", UTC)).toBe(123456n);
    expect(parseTimestampText("1969-12-31T23:59:59.999999Z", UTC)).toBe(-1n);
    expect(parseTimestampText("1970-01-01T00:00:00.00000199999999999999999999", UTC)).toBe(1n);
  });

  it("refuses what casts refuse", () => {
    for (const text of [
      "",
      "238",
      "2015-03-18 123142",
      "2015-03-18T123123",
      "2015-03-18X",
      "2015/03/18",
      "20150318",
      "2015-031-8",
      "015-01-18",
      "2015-03-18T12:03.17-20:0",
      "2015-03-18T12:03.17-0:70",
      "2015-03-18T12:03:17-20:00",
      "2015-03-18T12:03:17-0:70",
      "2015-03-18 24:00:00",
      "2015-03-18 12:60:00",
      "2015-02-29 12:00:00",
      "2016-33-11 20:54:00.000",
      "2015-03-18 12:00:00 Foo/Bar",
      "2015-03-18 12:00Z",
      "12:34:56",
      "1234567-01-01 00:00:00",
    ]) {
      expect(parseTimestampText(text, UTC), text).toBeUndefined();
    }
  });

  it("holds exactly the int64 range", () => {
    expect(parseTimestampText("294247-01-10T04:00:54.775807Z", UTC)).toBe(9223372036854775807n);
    expect(parseTimestampText("294247-01-10T04:00:54.775808Z", UTC)).toBeUndefined();
    expect(parseTimestampText("-290308-12-21T19:59:05.224192Z", UTC)).toBe(-9223372036854775808n);
    expect(parseTimestampText("-290308-12-21T19:59:05.224191Z", UTC)).toBeUndefined();
  });

  it("puts a time alone on the day of the clock", () => {
    const now = Date.parse("2020-05-06T02:00:00Z") / 1000;
    expect(parseTimestampText("12:30", LOS_ANGELES, now)).toBe(micros("2020-05-05T19:30:00Z"));
    expect(parseTimestampText("T12:30:01.5Z", LOS_ANGELES, now)).toBe(micros("2020-05-06T12:30:01.5Z"));
    expect(parseTimestampText("12:30", LOS_ANGELES)).toBeUndefined();
  });

  it("reads local time in the zone of the session", () => {
    expect(parseTimestampText("2020-03-08 02:30:00", LOS_ANGELES)).toBe(micros("2020-03-08T10:30:00Z"));
    expect(parseTimestampText("1800-01-01 00:00:00", LOS_ANGELES)).toBe(micros("1800-01-01T07:52:58Z"));
  });

  it("keeps local time for TIMESTAMP_NTZ and refuses zones on demand", () => {
    expect(parseTimestampNtzText("2020-03-08 02:30:00", false)).toBe(micros("2020-03-08T02:30:00Z"));
    expect(parseTimestampNtzText("2020-03-08 02:30:00+05:00", true)).toBe(micros("2020-03-08T02:30:00Z"));
    expect(parseTimestampNtzText("2020-03-08 02:30:00+05:00", false)).toBeUndefined();
    expect(parseTimestampNtzText("2020-03-08T02:30:00Z", false)).toBeUndefined();
    expect(parseTimestampNtzText("02:30:00", true)).toBeUndefined();
    expect([
      hasZoneText("2020-03-08T02:30:00Z"),
      hasZoneText("2020-03-08T02:30:00"),
      hasZoneText("x"),
    ]).toEqual([true, false, false]);
  });

  it("writes the words of the int64 at its index and nothing on failure", () => {
    const column = new BigInt64Array(3);
    const words = new Int32Array(column.buffer);
    const bytes = new TextEncoder().encode('{"t":"2024-02-29T23:59:59.999Z"}');
    expect(parseTimestampInto(bytes, 6, 30, UTC, words, 1)).toBe(true);
    expect(parseTimestampInto(bytes, 0, 5, UTC, words, 2)).toBe(false);
    expect([...column]).toEqual([0n, micros("2024-02-29T23:59:59.999Z"), 0n]);
    expect(storeMicros(9223372036855, 0, words, 0)).toBe(false);
  });
});

describe("times from text", () => {
  it("accepts what casts accept", () => {
    const cases: [string, string][] = [
      ["16:39:45\t", "16:39:45"],
      ["0:0:0", "00:00:00"],
      ["00:12", "00:12:00"],
      ["23:59:59.999999999", "23:59:59.999999"],
      ["01:02:03 AM", "01:02:03"],
      ["01:02:03 pM", "13:02:03"],
      ["12:00:00 am", "00:00:00"],
      ["12:00:00PM", "12:00:00"],
      ["T10:11:12.5", "10:11:12.5"],
    ];
    for (const [text, expected] of cases) expect(formatTime(parseTimeText(text)), text).toBe(expected);
  });

  it("refuses what casts refuse", () => {
    for (const text of [
      "00:00:60",
      "00:60:00",
      "24:00:00",
      "00:00:00 AM",
      "13:00:00 PM",
      "12:00:60 AM",
      "12:48:31 abc",
      "12",
      "2020-01-01 10:00:00",
      "10:00:00Z",
      "",
    ]) {
      expect(parseTimeText(text), text).toBeNaN();
    }
  });
});

describe("text of timestamps", () => {
  const cases: [bigint, TimeZone, string][] = [
    [micros("2020-12-31T08:01:02.12Z"), UTC, "2020-12-31 08:01:02.12"],
    [1230219000123123n, LOS_ANGELES, "2008-12-25 07:30:00.123123"],
    [-1230219000123123n, LOS_ANGELES, "1931-01-07 00:29:59.876877"],
    [0n, LOS_ANGELES, "1969-12-31 16:00:00"],
    [micros("0001-01-01T00:00:00Z"), UTC, "0001-01-01 00:00:00"],
    [9223372036854775807n, UTC, "+294247-01-10 04:00:54.775807"],
    [-9223372036854775808n, UTC, "-290308-12-21 19:59:05.224192"],
  ];

  it.each(cases)("shows %d as casts do", (value, zone, text) => {
    expect(formatTimestamp(value, zone)).toBe(text);
    const words = new Int32Array(BigInt64Array.of(value).buffer);
    const bytes = new Uint8Array(64);
    const end = writeTimestamp(bytes, 2, words[0] as number, words[1] as number, zone);
    expect(new TextDecoder().decode(bytes.subarray(2, end))).toBe(text);
  });

  it("shows a TIMESTAMP_NTZ as it is", () => {
    expect(formatTimestampNtz(micros("2020-12-31T08:01:02.5Z"))).toBe("2020-12-31 08:01:02.5");
  });

  it("writes the forms of files", () => {
    const bytes = new Uint8Array(64);
    const text = (end: number): string => new TextDecoder().decode(bytes.subarray(0, end));
    const words = new Int32Array(BigInt64Array.of(micros("2020-12-31T08:01:02.123Z") + 456n).buffer);
    const [low, high] = words as unknown as [number, number];
    expect(text(writeIsoTimestamp(bytes, 0, low, high, UTC))).toBe("2020-12-31T08:01:02.123Z");
    expect(text(writeIsoTimestamp(bytes, 0, low, high, LOS_ANGELES))).toBe("2020-12-31T00:01:02.123-08:00");
    expect(text(writeIsoTimestamp(bytes, 0, low, high, undefined))).toBe("2020-12-31T08:01:02.123");
    expect(text(writeDate(bytes, 0, 18627))).toBe("2020-12-31");
    expect(text(writeDate(bytes, 0, 2147483647))).toBe("+5881580-07-11");
    expect(text(writeTime(bytes, 0, 86399999990))).toBe("23:59:59.99999");
  });
});
