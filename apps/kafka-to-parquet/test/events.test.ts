import { expect, test } from "vitest";
import { eventText, expectedOf } from "../src/events.js";

/** The day of an event that the stream keeps, or null. */
function dayOf(id: number): string | null {
  try {
    const { user, at } = JSON.parse(eventText(id)) as { user: string | null; at: string };
    return user === null ? null : at.slice(0, 10);
  } catch {
    return null;
  }
}

test("what is expected by arithmetic is what the texts of the events say", () => {
  const events = 130_000;
  const byDay = new Map<string, number>();
  for (let id = 0; id < events; id++) {
    const day = dayOf(id);
    if (day !== null) byDay.set(day, (byDay.get(day) ?? 0) + 1);
  }
  const good = [...byDay.values()].reduce((a, b) => a + b);
  expect(byDay.size).toBe(3);
  expect(expectedOf(events)).toEqual({ byDay, good, rejected: events - good });
});
