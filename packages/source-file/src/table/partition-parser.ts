import type { PartitionValueParser } from "@ss/files";
import { parseDateText, parseTimestampText, timeZone, UTC } from "@ss/kernels";

/** Reads dates and timestamps in the names of folders, by the session's time zone. */
export function partitionParser(zoneId: string): PartitionValueParser {
  const zone = timeZone(zoneId) ?? UTC;
  return {
    date: (text) => {
      const days = parseDateText(text);
      return Number.isNaN(days) ? undefined : days;
    },
    timestamp: (text) => parseTimestampText(text, zone),
  };
}
