import { describe, expect, it } from "vitest";
import {
  addMonthsToDays,
  civilDay,
  civilFromDays,
  civilMonth,
  civilYear,
  dayOfYearOfDays,
  daysFromCivil,
  formatDate,
  isoDayOfWeekFromName,
  isoDayOfWeekOfDays,
  isoWeekOfDays,
  isoWeekYearOfDays,
  lastDayOfMonth,
  monthsBetween,
  nextDayOfWeek,
  parseDateText,
  quarterOfDays,
  truncateDays,
  truncateUnitFromName,
} from "../../src/index.js";

const date = (text: string): number => parseDateText(text);

describe("the calendar", () => {
  it("agrees with UTC dates of JavaScript over its whole range", () => {
    for (let days = -99999999; days <= 99999999; days += 104729) {
      const civil = civilFromDays(days);
      const expected = new Date(days * 86400000);
      expect([civilYear(civil), civilMonth(civil), civilDay(civil)]).toEqual([
        expected.getUTCFullYear(),
        expected.getUTCMonth() + 1,
        expected.getUTCDate(),
      ]);
      expect(daysFromCivil(civilYear(civil), civilMonth(civil), civilDay(civil))).toBe(days);
      expect(isoDayOfWeekOfDays(days) % 7).toBe(expected.getUTCDay());
    }
  });

  it("is exact at the ends of DATE", () => {
    expect(formatDate(2147483647)).toBe("+5881580-07-11");
    expect(formatDate(-2147483648)).toBe("-5877641-06-23");
    expect(date("+5881580-07-11")).toBe(2147483647);
    expect(date("5881580-07-12")).toBeNaN();
  });

  it("knows days and weeks of the year", () => {
    expect(dayOfYearOfDays(date("2019-08-12"))).toBe(224);
    expect(dayOfYearOfDays(date("1582-10-15"))).toBe(288);
    expect(isoWeekOfDays(date("2019-08-12"))).toBe(33);
    expect(isoWeekOfDays(date("2008-02-20"))).toBe(8);
    expect([isoWeekYearOfDays(date("2005-01-01")), isoWeekOfDays(date("2005-01-01"))]).toEqual([2004, 53]);
    expect([isoWeekYearOfDays(date("2018-12-31")), isoWeekOfDays(date("2018-12-31"))]).toEqual([2019, 1]);
    expect(quarterOfDays(date("2016-08-31"))).toBe(3);
    expect(isoDayOfWeekOfDays(date("2007-02-03"))).toBe(6);
  });

  it("adds months and cuts the day to the month's length", () => {
    expect(formatDate(addMonthsToDays(date("2016-08-31"), 1))).toBe("2016-09-30");
    expect(formatDate(addMonthsToDays(date("2020-02-29"), -12))).toBe("2019-02-28");
    expect(formatDate(addMonthsToDays(date("2019-02-28"), 12))).toBe("2020-02-28");
    expect(formatDate(lastDayOfMonth(date("2009-01-12")))).toBe("2009-01-31");
  });

  it("finds the next day of a name", () => {
    expect(formatDate(nextDayOfWeek(date("2015-01-14"), isoDayOfWeekFromName("TU")))).toBe("2015-01-20");
    expect(formatDate(nextDayOfWeek(date("2015-07-23"), isoDayOfWeekFromName("Mon")))).toBe("2015-07-27");
    expect(formatDate(nextDayOfWeek(date("2015-07-27"), isoDayOfWeekFromName("monday")))).toBe("2015-08-03");
    expect(isoDayOfWeekFromName("xx")).toBe(0);
  });

  it("truncates", () => {
    const truncated = (text: string, unit: string): string =>
      formatDate(truncateDays(date(text), truncateUnitFromName(unit)));
    expect(truncated("2019-08-04", "week")).toBe("2019-07-29");
    expect(truncated("2019-08-04", "quarter")).toBe("2019-07-01");
    expect(truncated("2009-02-12", "MM")).toBe("2009-02-01");
    expect(truncated("2015-10-27", "YEAR")).toBe("2015-01-01");
    expect(truncateUnitFromName("century")).toBe(-1);
  });

  it("counts months between", () => {
    const between = (roundOff: boolean): number =>
      monthsBetween(date("1997-02-28"), 10.5 * 3600, date("1996-10-30"), 0, roundOff);
    expect(between(true)).toBe(3.94959677);
    expect(between(false)).toBe(3.9495967741935485);
    expect(monthsBetween(date("2020-02-29"), 5, date("2020-01-31"), 0, true)).toBe(1);
    expect(monthsBetween(date("2020-01-15"), 5, date("2020-03-15"), 0, true)).toBe(-2);
  });
});
