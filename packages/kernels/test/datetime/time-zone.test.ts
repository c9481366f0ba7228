import { describe, expect, it } from "vitest";
import { formatZoneOffset, parseZoneOffset, type TimeZone, timeZone } from "../../src/index.js";

const zone = (id: string): TimeZone => {
  const found = timeZone(id);
  if (found === undefined) return expect.unreachable(`${id} is a zone`);
  return found;
};
const second = (text: string): number => Date.parse(text) / 1000;

describe("zone ids", () => {
  it("reads offsets in all of Java's spellings", () => {
    const cases: [string, number][] = [
      ["Z", 0],
      ["UTC", 0],
      ["GMT", 0],
      ["+1", 3600],
      ["+01", 3600],
      ["+0130", 5400],
      ["+01:30", 5400],
      ["-013015", -5415],
      ["-01:30:15", -5415],
      ["+1:30", 5400],
      ["+01:3", 3780],
      ["UTC+1", 3600],
      ["GMT-08:00", -28800],
      ["UT+5", 18000],
      ["UTC+01:00", 3600],
      ["+18:00", 64800],
      ["EST", -18000],
    ];
    for (const [id, offset] of cases) expect(zone(id).offsetAt(0), id).toBe(offset);
  });

  it("refuses what Java refuses", () => {
    for (const id of [
      "",
      "z",
      "1",
      "+",
      "+18:01",
      "+19",
      "+01:60",
      "+1234567",
      "Foo/Bar",
      "america/los_angeles",
      "AMERICA/LOS_ANGELES",
      "UTC+",
      "UTC1",
      "GMT+25",
      "zz zz",
    ]) {
      expect(timeZone(id), id).toBeUndefined();
    }
  });

  it("knows the short ids of Java", () => {
    expect(zone("PST").id).toBe("America/Los_Angeles");
    expect(zone("CST").id).toBe("America/Chicago");
    expect(zone("JST").id).toBe("Asia/Tokyo");
    expect(zone("CET").offsetAt(second("2020-07-01T00:00:00Z"))).toBe(7200);
    expect(zone("Asia/Calcutta").offsetAt(0)).toBe(19800);
  });

  it("keeps one instance per zone", () => {
    expect(timeZone("PST")).toBe(timeZone("America/Los_Angeles"));
    expect(timeZone("+1")).toBe(timeZone("+01:00"));
  });

  it("prints offsets as Java does", () => {
    expect([formatZoneOffset(0), formatZoneOffset(5400), formatZoneOffset(-28378)]).toEqual([
      "Z",
      "+01:30",
      "-07:52:58",
    ]);
    expect(parseZoneOffset("-07:52:58")).toBe(-28378);
  });
});

describe("offsets", () => {
  it("change where the rules say", () => {
    const la = zone("America/Los_Angeles");
    const spring = second("2020-03-08T10:00:00Z");
    const autumn = second("2020-11-01T09:00:00Z");
    expect([la.offsetAt(spring - 1), la.offsetAt(spring)]).toEqual([-28800, -25200]);
    expect([la.offsetAt(autumn - 1), la.offsetAt(autumn)]).toEqual([-25200, -28800]);
    const howe = zone("Australia/Lord_Howe");
    expect([
      howe.offsetAt(second("2020-01-01T00:00:00Z")),
      howe.offsetAt(second("2020-07-01T00:00:00Z")),
    ]).toEqual([39600, 37800]);
  });

  it("are local mean time before the first rule", () => {
    expect(zone("America/Los_Angeles").offsetAt(second("1800-01-01T00:00:00Z"))).toBe(-28378);
    expect(zone("America/Los_Angeles").offsetAt(-1e12)).toBe(-28378);
    expect(zone("Asia/Kolkata").offsetAt(second("1800-01-01T00:00:00Z"))).toBe(21208);
  });

  it("go on by the last rule for ever", () => {
    const la = zone("America/Los_Angeles");
    expect(la.offsetAt(second("9999-12-31T00:00:00Z"))).toBe(-28800);
    expect(la.offsetAt(second("9999-07-31T00:00:00Z"))).toBe(-25200);
    expect(la.offsetAt(second("+200000-07-31T00:00:00Z"))).toBe(-25200);
    expect(la.offsetAt(9.2e12)).toBe(la.offsetAt(9.2e12 - 12622780800));
  });

  it("resolve local times as Java does: gaps forward, overlaps to the earlier offset", () => {
    const la = zone("America/Los_Angeles");
    const utcOf = (text: string): string => new Date(la.secondOfLocal(second(text)) * 1000).toISOString();
    expect(utcOf("2020-03-08T02:30:00Z")).toBe("2020-03-08T10:30:00.000Z");
    expect(utcOf("2020-03-08T01:59:59Z")).toBe("2020-03-08T09:59:59.000Z");
    expect(utcOf("2020-03-08T03:00:00Z")).toBe("2020-03-08T10:00:00.000Z");
    expect(utcOf("2020-11-01T01:30:00Z")).toBe("2020-11-01T08:30:00.000Z");
    expect(utcOf("2020-11-01T02:00:00Z")).toBe("2020-11-01T10:00:00.000Z");
    const overlap = second("2020-11-01T01:30:00Z");
    expect(la.secondOfLocal(overlap, -28800) - la.secondOfLocal(overlap)).toBe(3600);
    // Samoa skipped 2011-12-30 altogether.
    const apia = zone("Pacific/Apia");
    expect(apia.secondOfLocal(second("2011-12-30T12:00:00Z"))).toBe(second("2011-12-30T22:00:00Z"));
  });

  it("agree with Intl at random times", () => {
    let state = 99;
    const ids = ["Europe/Berlin", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran"];
    for (let i = 0; i < 400; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const id = ids[i % 4] as string;
      const at = Math.floor((state / 4294967296) * 8e9) - 4e9;
      const format = new Intl.DateTimeFormat("en-US", {
        timeZone: id,
        hourCycle: "h23",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
      });
      const part = Object.fromEntries(format.formatToParts(at * 1000).map((p) => [p.type, Number(p.value)]));
      const local = Date.UTC(
        part["year"],
        part["month"] - 1,
        part["day"],
        part["hour"],
        part["minute"],
        part["second"],
      );
      expect(zone(id).offsetAt(at), `${id} at ${at}, seed 99`).toBe(local / 1000 - at);
    }
  });
});
