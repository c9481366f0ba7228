import type { FileSystem } from "../file-system/file-system.js";
import type { Offset } from "../source/source.js";
import { corruptFile } from "./checkpoint-errors.js";
import type { LogEntry } from "./log-entry.js";
import { MetadataLog } from "./metadata-log.js";

/** What is decided about a batch before it runs. */
export interface OffsetEntry {
  readonly batchWatermarkMs: number;
  readonly batchTimestampMs: number;
  readonly conf: Readonly<Record<string, string>>;
  /**
   * The oldest batch whose entries no run has been free to delete so far, this one after its commit included; null where Spark
   * wrote the entry. Below it a loss of power may have undone a part of a purge, so that gaps there mean nothing.
   */
  readonly oldestKept: number | null;
  /**
   * The batch whose entry stands before this one, where that is not the batch before: a run that tracks its progress beside its batches
   * writes only some of them. Null otherwise.
   */
  readonly previous: number | null;
  /** Where each source's part of the batch ends; null for a source that has delivered nothing yet. */
  readonly offsets: readonly (Offset | null)[];
  /** The versions of the tables beside the streams that the batch reads, as the plan calls them; empty where none has versions. */
  readonly tables: readonly string[];
  /** The run that wrote the entry; null where it was Spark. */
  readonly writer: string | null;
}

/** The log `offsets/` of a checkpoint: entry n is there before batch n writes anything elsewhere. */
export type OffsetLog = MetadataLog<OffsetEntry>;

/** The offset log of a checkpoint; to be opened. */
export function offsetLog(fileSystem: FileSystem, checkpoint: string): OffsetLog {
  return new MetadataLog(fileSystem, `${checkpoint}/offsets`, { encode, decode });
}

/** A source's line in the log. */
export function offsetLine(offset: Offset | null): string {
  return offset === null ? "-" : JSON.stringify(offset);
}

function encode(entry: OffsetEntry): LogEntry {
  const { batchWatermarkMs, batchTimestampMs, conf, oldestKept, previous, tables, writer } = entry;
  const place = previous === null ? { oldestKept } : { oldestKept, previous };
  const beside = tables.length === 0 ? {} : { tables };
  return {
    fields: { batchWatermarkMs, batchTimestampMs, conf, ...place, ...beside, writer },
    lines: entry.offsets.map(offsetLine),
  };
}

function decode({ fields, lines }: LogEntry, path: string): OffsetEntry {
  const { batchWatermarkMs, batchTimestampMs, conf, oldestKept, previous, tables, writer } = fields;
  if (typeof batchWatermarkMs !== "number" || typeof batchTimestampMs !== "number") {
    throw corruptFile(path, "the batch's watermark or timestamp is missing");
  }
  return {
    batchWatermarkMs,
    batchTimestampMs,
    conf: (conf ?? {}) as Record<string, string>,
    oldestKept: typeof oldestKept === "number" ? oldestKept : null,
    previous: typeof previous === "number" ? previous : null,
    tables: Array.isArray(tables) ? tables.map(String) : [],
    offsets: lines.map((line) => parseOffset(line, path)),
    writer: typeof writer === "string" ? writer : null,
  };
}

function parseOffset(line: string, path: string): Offset | null {
  if (line === "-") return null;
  try {
    return JSON.parse(line) as Offset;
  } catch (cause) {
    throw corruptFile(path, `the offset '${line.slice(0, 80)}' is cut or altered`, cause);
  }
}
