import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { clicksOf } from "../data/generate.js";
import type { Answer } from "./work.js";

/** A program written by hand: what one would do in Node without an engine, with JSON.parse, split and a Map. */
export type ByHand = (input: string, root: string) => Answer;

const CHUNK_BYTES = 1 << 20;
const NEW_LINE = 10;

/** The lines of all files of a folder, as many at once as a read brings. */
function* linesOf(folder: string): Generator<readonly string[]> {
  const buffer = Buffer.allocUnsafe(2 * CHUNK_BYTES);
  for (const name of readdirSync(folder).sort()) {
    if (name.startsWith(".") || name.startsWith("_")) continue;
    const file = openSync(join(folder, name), "r");
    let rest = 0;
    for (;;) {
      const read = readSync(file, buffer, rest, CHUNK_BYTES, null);
      if (read === 0) break;
      const filled = rest + read;
      const end = buffer.subarray(0, filled).lastIndexOf(NEW_LINE);
      if (end >= 0) yield buffer.toString("utf8", 0, end).split("\n");
      rest = filled - end - 1;
      // a line is far shorter than a chunk
      if (rest > CHUNK_BYTES) throw new Error(`${name} has a line of more than ${CHUNK_BYTES} bytes`);
      buffer.copyWithin(0, end + 1, filled);
    }
    if (rest > 0) yield [buffer.toString("utf8", 0, rest)];
    closeSync(file);
  }
}

interface AdEvent {
  readonly user_id: string;
  readonly ad_id: string;
  readonly ad_type: string;
  readonly event_type: string;
  readonly event_time: string;
}

/** W1: views per campaign and 10 seconds. */
export const viewsByHand: ByHand = (input, root) => {
  const campaigns = new Map<string, string>();
  for (const line of readFileSync(join(root, "ysb_static", "ad_campaign.json"), "utf8")
    .trim()
    .split("\n")) {
    const ad = JSON.parse(line) as { ad_id: string; campaign_id: string };
    campaigns.set(ad.ad_id, ad.campaign_id);
  }
  const counts = new Map<string, number>();
  let total = 0;
  for (const lines of linesOf(input)) {
    for (const line of lines) {
      const event = JSON.parse(line) as AdEvent;
      if (event.event_type !== "view") continue;
      const campaign = campaigns.get(event.ad_id);
      if (campaign === undefined) continue;
      const key = `${campaign} ${Math.floor(Date.parse(event.event_time) / 10_000)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      total++;
    }
  }
  return { groups: counts.size, total };
};

/** W2: words. */
export const wordsByHand: ByHand = (input) => {
  const counts = new Map<string, number>();
  let total = 0;
  for (const lines of linesOf(input)) {
    for (const line of lines) {
      for (const word of line.split(" ")) {
        counts.set(word, (counts.get(word) ?? 0) + 1);
        total++;
      }
    }
  }
  return { groups: counts.size, total };
};

/** W3: turnover per customer and day. */
export const turnoverByHand: ByHand = (input) => {
  const totals = new Map<string, number>();
  let total = 0;
  for (const lines of linesOf(input)) {
    for (const line of lines) {
      if (line.startsWith("InvoiceNo")) continue;
      // a comma within quotes stands in the description only
      const fields = (line.includes('"') ? line.replace(/"[^"]*"/, "quoted") : line).split(",");
      const amount = Number(fields[3]) * Number(fields[5]);
      const key = `${fields[6]} ${fields[4]!.slice(0, 10)}`;
      totals.set(key, (totals.get(key) ?? 0) + amount);
      total += amount;
    }
  }
  return { groups: totals.size, total };
};

/** What W4 writes: rows, and the checksum over them. */
export const cleanedByHand: ByHand = (input) => {
  let groups = 0;
  let total = 0;
  for (const lines of linesOf(input)) {
    for (const line of lines) {
      const event = JSON.parse(line) as AdEvent;
      if (event.event_type === "click") continue;
      const type = event.ad_type.toUpperCase();
      groups++;
      total += event.user_id.length + event.ad_id.length + event.event_type.length + type.length;
      total +=
        type.charCodeAt(0) + Number(event.event_time.slice(17, 19)) + Number(event.event_time.slice(14, 16));
    }
  }
  return { groups, total };
};

/** W6: impressions and the clicks of the minute after them. */
export const clicksByHand: ByHand = (input) => {
  const times = new Map<string, number>();
  for (const lines of linesOf(input)) {
    for (const line of lines) {
      const { impId, impTime } = JSON.parse(line) as { impId: string; impTime: string };
      times.set(impId, Date.parse(impTime));
    }
  }
  let groups = 0;
  let total = 0;
  for (const lines of linesOf(clicksOf(input))) {
    for (const line of lines) {
      const click = JSON.parse(line) as { clickId: string; clickTime: string; cost: number };
      const afterMs = Date.parse(click.clickTime) - (times.get(click.clickId) ?? Number.NaN);
      if (!(afterMs >= 0 && afterMs <= 60_000)) continue;
      groups++;
      total += click.cost;
    }
  }
  return { groups, total };
};

/** W7: events, each once. */
export const distinctByHand: ByHand = (input) => {
  const seen = new Set<string>();
  let total = 0;
  for (const lines of linesOf(input)) {
    for (const line of lines) {
      const { id, ts, payload } = JSON.parse(line) as { id: string; ts: string; payload: string };
      const key = `${id} ${ts}`;
      if (seen.has(key)) continue;
      seen.add(key);
      total += Number(payload.slice(1));
    }
  }
  return { groups: seen.size, total };
};

/** W8: keys that came twice, and what they carried. */
export const pairsByHand: ByHand = (input) => {
  const sums = new Map<string, { count: number; sum: number }>();
  for (const lines of linesOf(input)) {
    for (const line of lines) {
      const { k, v } = JSON.parse(line) as { k: string; v: number };
      const one = sums.get(k);
      if (one === undefined) sums.set(k, { count: 1, sum: v });
      else {
        one.count++;
        one.sum += v;
      }
    }
  }
  let groups = 0;
  let total = 0;
  for (const { count, sum } of sums.values()) {
    if (count !== 2) continue;
    groups++;
    total += sum;
  }
  return { groups, total };
};
