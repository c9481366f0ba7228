import type { Counts } from "./counts.js";

const CAMPAIGNS = 8;
const WINDOWS = 4;

/** The first campaigns with their last windows, as lines. */
export function campaignTable(counts: Counts): string[] {
  const campaigns = [...counts.keys()].sort();
  const starts = new Set(campaigns.flatMap((campaign) => [...counts.get(campaign)!.keys()]));
  const last = [...starts].sort((a, b) => a - b).slice(-WINDOWS);
  const header = [
    "campaign",
    ...last.map((start) => new Date(start).toISOString().slice(11, 19)),
    "all windows",
  ];
  const rows = campaigns.slice(0, CAMPAIGNS).map((campaign) => {
    const windows = counts.get(campaign)!;
    const sum = [...windows.values()].reduce((a, b) => a + b);
    return [campaign, ...last.map((start) => windows.get(start) ?? 0), sum];
  });
  return [header, ...rows].map((cells) =>
    cells.map((cell, k) => (k === 0 ? String(cell).padEnd(14) : String(cell).padStart(12))).join(""),
  );
}
