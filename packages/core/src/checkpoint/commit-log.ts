import type { FileSystem } from "../file-system/file-system.js";
import type { StateVersion } from "../state/state-store.js";
import { corruptFile } from "./checkpoint-errors.js";
import type { LogEntry } from "./log-entry.js";
import { MetadataLog } from "./metadata-log.js";

/** What a finished batch leaves to the next one. */
export interface CommitEntry {
  readonly nextBatchWatermarkMs: number;
  /** The state that counts; null for a stateless query and for entries of Spark's. */
  readonly state: StateVersion | null;
  /** Whether the batch was closed without a run, so that no sink was told of it. */
  readonly skipped: boolean;
  /** The run that wrote the entry; null where it was Spark. */
  readonly writer: string | null;
}

/** The log `commits/` of a checkpoint: entry n is written when batch n is in its sinks. */
export type CommitLog = MetadataLog<CommitEntry>;

/** The commit log of a checkpoint; to be opened. */
export function commitLog(fileSystem: FileSystem, checkpoint: string): CommitLog {
  return new MetadataLog(fileSystem, `${checkpoint}/commits`, { encode, decode });
}

function encode(entry: CommitEntry): LogEntry {
  const { nextBatchWatermarkMs, state, skipped, writer } = entry;
  const kept = state === null ? {} : { state };
  const mark = skipped ? { skipped } : {};
  return { fields: { nextBatchWatermarkMs, ...kept, ...mark, writer }, lines: [] };
}

function decode({ fields }: LogEntry, path: string): CommitEntry {
  const { nextBatchWatermarkMs = 0, state = null, writer } = fields;
  if (typeof nextBatchWatermarkMs !== "number") throw corruptFile(path, "the next watermark is not a number");
  if (state !== null && !isStateVersion(state))
    throw corruptFile(path, "the version of the state is no version");
  return {
    nextBatchWatermarkMs,
    state,
    skipped: fields["skipped"] === true,
    writer: typeof writer === "string" ? writer : null,
  };
}

function isStateVersion(value: unknown): value is StateVersion {
  const { version, attempt } = value as { version?: unknown; attempt?: unknown };
  return typeof version === "number" && typeof attempt === "string";
}
