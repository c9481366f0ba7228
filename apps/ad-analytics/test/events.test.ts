import { expect, test } from "vitest";
import { addCount, differences, expectedCounts, total } from "../src/counts.js";
import { adsText, CAMPAIGNS, eventText } from "../src/events.js";
import { Schedule } from "../src/schedule.js";

const NOW = Date.UTC(2026, 0, 1, 12, 0, 3);

/** The counts that the texts of events and ads come to. */
function countsOfTexts(schedule: Schedule): Map<string, Map<number, number>> {
  const lines = adsText().trim().split("\n");
  const ads = new Map(
    lines.map((line) => JSON.parse(line)).map((ad) => [ad.ad_id as string, ad.campaign_id as string]),
  );
  expect(ads.size).toBe(10 * CAMPAIGNS);
  const counts = new Map<string, Map<number, number>>();
  for (let id = 0; id < schedule.events; id++) {
    const event = JSON.parse(eventText(id, schedule.timeOf(id)));
    const window = new Date(`${event.event_time.slice(0, 18)}0Z`).getTime();
    if (event.event_type === "view") addCount(counts, ads.get(event.ad_id)!, window, 1);
  }
  return counts;
}

test("what is expected by arithmetic is what the texts of events and ads say", () => {
  const schedule = new Schedule({ backlog: 25_000, rate: 500, seconds: 12 }, NOW);
  schedule.startLive(NOW);
  const expected = expectedCounts(schedule);
  expect(expected).toEqual(countsOfTexts(schedule));
  expect(expected.size).toBe(CAMPAIGNS);
  expect(total(expected) / schedule.events).toBeCloseTo(1 / 3, 1);
});

test("counts that differ are told with both numbers, missing and unexpected ones too", () => {
  const found = new Map([
    ["a", new Map([[0, 2]])],
    ["b", new Map([[0, 1]])],
  ]);
  const expected = new Map([
    [
      "a",
      new Map([
        [0, 3],
        [10_000, 1],
      ]),
    ],
  ]);
  expect(differences(found, expected)).toEqual([
    "a 1970-01-01T00:00:00.000Z: 2 views, not 3",
    "a 1970-01-01T00:00:10.000Z: 0 views, not 1",
    "b 1970-01-01T00:00:00.000Z: 1 views, not 0",
  ]);
  expect(differences(expected, expected)).toEqual([]);
});

test("live events happen at their rate, behind a backlog that is past", () => {
  const schedule = new Schedule({ backlog: 20_000, rate: 2000, seconds: 3 }, NOW);
  expect(schedule.timeOf(19_999)).toBeLessThan(NOW);
  expect(schedule.happenedBy(NOW)).toBe(20_000);
  schedule.startLive(NOW);
  expect(schedule.timeOf(20_000)).toBe(NOW);
  expect(schedule.timeOf(22_000)).toBe(NOW + 1000);
  expect(schedule.happenedBy(NOW)).toBe(20_001);
  expect(schedule.happenedBy(NOW + 1000)).toBe(22_001);
  expect(schedule.happenedBy(NOW + 60_000)).toBe(26_000);
});
