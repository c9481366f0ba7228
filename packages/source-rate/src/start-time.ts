import { type SourceLog, StreamError } from "@ss/core";

const ENTRY = "0";
const VERSION = "v1";

/**
 * The time at which the query first started: from the source's log, or `nowMs`, which the log then keeps. The entry has
 * Spark's form, so that a query may move between the two.
 */
export async function startTimeMs(log: SourceLog, nowMs: number): Promise<number> {
  const bytes = await log.read(ENTRY);
  if (bytes === null) {
    await log.add(ENTRY, new TextEncoder().encode(`${VERSION}\n${nowMs}`));
    return nowMs;
  }
  const text = new TextDecoder().decode(bytes);
  const match = /^v1\n(-?\d{1,15})\s*$/.exec(text);
  if (match) return Number(match[1]);
  const path = `${log.folder ?? "sources/<n> of the checkpoint"}/${ENTRY}`;
  throw new StreamError({
    condition: "SS_SOURCE_LOG_CORRUPT",
    parameters: { path, content: text.slice(0, 80) },
    message:
      `The checkpoint file ${path} of the rate source does not hold a start time: ${JSON.stringify(text.slice(0, 80))}. ` +
      `Restore it from a copy, or write it anew: the line ${VERSION}, then the milliseconds since 1970 at which the query first ` +
      "started. Failing both, start the query with a new checkpoint location.",
  });
}
