import { parseDurationMs } from "@ss/core";
import type { CompactionSettings } from "./compactible-log.js";

const DEFAULT_INTERVAL = 10;
const DEFAULT_CLEANUP_DELAY_MS = 600_000;
const DEFAULT_BATCHES_TO_RETAIN = 100;

/** The settings of the source's or the sink's log, from the session's configuration. */
export function logSettings(
  conf: (key: string) => string | undefined,
  log: "fileSource" | "fileSink",
): CompactionSettings {
  const prefix = `spark.sql.streaming.${log}.log`;
  const delay = parseDurationMs(conf(`${prefix}.cleanupDelay`) ?? "");
  return {
    compactInterval: positive(conf(`${prefix}.compactInterval`), DEFAULT_INTERVAL),
    cleanupDelayMs: delay ?? DEFAULT_CLEANUP_DELAY_MS,
    deletion: conf(`${prefix}.deletion`) !== "false",
    minBatchesToRetain: positive(conf("spark.sql.streaming.minBatchesToRetain"), DEFAULT_BATCHES_TO_RETAIN),
  };
}

function positive(text: string | undefined, fallback: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : fallback;
}
