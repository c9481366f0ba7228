import { viewedCampaign, WINDOW_MS } from "./events.js";
import type { Schedule } from "./schedule.js";

/** Views by campaign, and below it by the start of the window in milliseconds. */
export type Counts = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Adds a count to those that are there. */
export function addCount(
  counts: Map<string, Map<number, number>>,
  campaign: string,
  window: number,
  n: number,
): void {
  const windows = counts.get(campaign) ?? new Map<number, number>();
  counts.set(campaign, windows.set(window, (windows.get(window) ?? 0) + n));
}

/** The start of the window of a time. */
export const windowOf = (timeMs: number): number => Math.floor(timeMs / WINDOW_MS) * WINDOW_MS;

/** What the stream has to count, by arithmetic. */
export function expectedCounts(schedule: Schedule): Counts {
  const counts = new Map<string, Map<number, number>>();
  for (let id = 0; id < schedule.events; id++) {
    const campaign = viewedCampaign(id);
    if (campaign !== null) addCount(counts, campaign, windowOf(schedule.timeOf(id)), 1);
  }
  return counts;
}

/** The counts in which two differ, as lines to print. */
export function differences(found: Counts, expected: Counts): string[] {
  const lines: string[] = [];
  for (const campaign of new Set([...expected.keys(), ...found.keys()])) {
    const left = found.get(campaign);
    const right = expected.get(campaign);
    for (const window of new Set([...(right?.keys() ?? []), ...(left?.keys() ?? [])])) {
      const views = left?.get(window) ?? 0;
      const wanted = right?.get(window) ?? 0;
      if (views !== wanted)
        lines.push(`${campaign} ${new Date(window).toISOString()}: ${views} views, not ${wanted}`);
    }
  }
  return lines;
}

/** All views. */
export function total(counts: Counts): number {
  let sum = 0;
  for (const windows of counts.values()) for (const views of windows.values()) sum += views;
  return sum;
}
