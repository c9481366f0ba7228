import { expect, test } from "vitest";
import {
  DatetimeFieldError,
  DatetimeFormatter,
  DatetimeParser,
  LocalDecimal,
  localeOfTag,
} from "../../src/index.js";

const days = (iso: string): number => Date.parse(iso) / 86_400_000;

const dates: [locale: string, pattern: string, text: string][] = [
  ["en-US", "d MMM yyyy", "3 Sep 2024"],
  ["fr", "d MMMM yyyy", "3 septembre 2024"],
  ["de", "d. MMMM yyyy", "3. September 2024"],
  ["es", "d MMMM yyyy", "3 septiembre 2024"],
  ["ru", "d MMMM yyyy", "3 сентября 2024"],
  ["ru", "LLLL yyyy d", "сентябрь 2024 3"],
  ["pt-BR", "d MMM yyyy", "3 set. 2024"],
  ["ja", "yyyy MMMM d", "2024 9月 3"],
  ["th", "d MMMM yyyy", "3 กันยายน 2024"],
];

test.each(dates)("%s writes and reads months by %s as %s", (locale, pattern, text) => {
  expect(new DatetimeFormatter(pattern, true, locale).formatDate(days("2024-09-03"))).toBe(text);
  expect(new DatetimeParser(pattern, true, locale).parseDate(text)).toBe(days("2024-09-03"));
});

test("the names of another locale are none", () => {
  expect(new DatetimeParser("d MMMM yyyy", true, "fr").parseDate("3 September 2024")).toBeNaN();
});

test("days of the week, halves of days and eras have the locale's names", () => {
  const show = (pattern: string, locale: string): string =>
    new DatetimeFormatter(pattern, true, locale).formatTimestampNtz(BigInt(Date.UTC(2024, 0, 3, 15)) * 1000n);
  expect(show("EEEE EEE", "de")).toBe("Mittwoch Mi.");
  expect(show("EEEE", "fr")).toBe("mercredi");
  expect(show("h a", "ja")).toBe("3 午後");
  expect(show("yyyy G", "de")).toBe("2024 n. Chr.");
  expect(() => show("QQQQ", "de")).toThrow(DatetimeFieldError);
});

test("a locale that nobody knows has English names", () => {
  expect(new DatetimeFormatter("MMMM", true, "und").formatDate(0)).toBe("January");
  expect(new DatetimeFormatter("MMMM", true, "xx").formatDate(0)).toBe("January");
});

test("a language tag counts up to its first part that is not well formed", () => {
  expect(localeOfTag("EN-us")).toBe("en-US");
  expect(localeOfTag("fr-!!")).toBe("fr");
  expect(localeOfTag("fr_FR")).toBe("und");
  expect(localeOfTag("")).toBe("und");
});

const decimals: [locale: string, text: string, plain: string | undefined][] = [
  ["de", "1.234.567,5", "1234567.5"],
  ["de", "-1,5", "-1.5"],
  ["de", "1.5", "15"],
  ["de", "1,5E3", "1.5E3"],
  ["de", ",5", "0.5"],
  ["de", "5,", "5"],
  ["de", "5.", undefined],
  ["de", "1,2,3", undefined],
  ["de", "+1", undefined],
  ["de", ",", undefined],
  ["de", "1 234", undefined],
  ["fr", "1\u202f234,25", "1234.25"],
  ["en-GB", "1,234.5", "1234.5"],
  ["und", "1,234.5", "1234.5"],
  ["sv", "\u22121,5", "-1.5"],
  ["hi-u-nu-deva", "१२.५", "12.5"],
];

test.each(decimals)("%s reads the decimal %s as %s", (locale, text, plain) => {
  expect(new LocalDecimal(locale).plain(text)).toBe(plain);
});
