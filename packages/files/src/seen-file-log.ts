import type { Clock, SourceLog } from "@ss/core";
import { CompactibleLog, type CompactionSettings, type LogFolder } from "./compactible-log.js";
import { malformedLog } from "./log-text.js";
import { pathFromUri, pathToUri } from "./path.js";

/** A file that a source has given to a batch. */
export interface SeenFile {
  readonly path: string;
  /** The file's modification time when it was listed. */
  readonly timestampMs: number;
  readonly batchId: number;
}

/** Which files a source has read in which batch: `sources/<i>/<batch>` of a checkpoint, in Spark's format. */
export class SeenFileLog {
  private readonly log: CompactibleLog;
  private readonly folder: LogFolder;
  /** The newest batches, so that planning one just added does not read it back. */
  private readonly recent = new Map<number, readonly SeenFile[]>();
  private static readonly RECENT_MAX = 4;

  /** `keeps` says which files of earlier batches a compaction takes over; the others are never asked for again. */
  constructor(
    log: SourceLog,
    settings: CompactionSettings,
    clock: Clock,
    keeps: (file: SeenFile) => boolean = () => true,
  ) {
    this.folder = sourceFolder(log);
    this.log = new CompactibleLog(this.folder, settings, clock, (line) => keeps(parseSeenFile(line)));
  }

  /** The newest batch, or -1. */
  latest(): Promise<number> {
    return this.log.latest();
  }

  /** All files of all batches. */
  async all(): Promise<SeenFile[]> {
    return (await this.log.readAll()).map(parseSeenFile);
  }

  /** Records the files of a batch; false if another run recorded that batch before. */
  async add(
    batchId: number,
    files: readonly { readonly path: string; readonly timestampMs: number }[],
  ): Promise<boolean> {
    const seen = files.map(({ path, timestampMs }) => ({ path, timestampMs, batchId }));
    if (!(await this.log.add(batchId, seen.map(printSeenFile)))) return false;
    this.recent.set(batchId, seen);
    this.recent.delete(batchId - SeenFileLog.RECENT_MAX);
    return true;
  }

  /** The files of the batches after `start`, up to `end`, in order. */
  async range(start: number, end: number): Promise<SeenFile[]> {
    const files: SeenFile[] = [];
    for (let batch = start + 1; batch <= end; batch++) {
      const known = this.recent.get(batch);
      if (known !== undefined) files.push(...known);
      else files.push(...(await this.batch(batch)));
    }
    return files;
  }

  private async batch(batchId: number): Promise<SeenFile[]> {
    let lines = await this.log.read(batchId);
    // a batch whose own file was cleaned up stands in the compact files after it
    if (lines === null) lines = await this.log.readAll();
    const files = lines.map(parseSeenFile).filter((file) => file.batchId === batchId);
    if (files.length === 0) {
      const { description, remedy } = this.folder;
      throw malformedLog(`${description}/${batchId}`, "no file of that batch", remedy);
    }
    return files;
  }
}

function printSeenFile({ path, timestampMs, batchId }: SeenFile): string {
  return JSON.stringify({ path: pathToUri(path), timestamp: timestampMs, batchId });
}

function parseSeenFile(line: string): SeenFile {
  const { path, timestamp, batchId } = JSON.parse(line) as {
    path: string;
    timestamp: number;
    batchId: number;
  };
  return { path: pathFromUri(path), timestampMs: timestamp, batchId };
}

const NEW_CHECKPOINT =
  "start the query with a new checkpoint location, and it reads all files that its folder then holds";

function sourceFolder(log: SourceLog): LogFolder {
  return {
    description: log.folder ?? "sources/<n> of the checkpoint",
    remedy:
      'Restore it from a copy. If it is the newest entry and no entry in offsets/ names its number as "logOffset", delete it ' +
      `instead: its files are found again. Failing both, ${NEW_CHECKPOINT}.`,
    lastResort: NEW_CHECKPOINT,
    list: async () => (await log.list()).map((name) => ({ name, modifiedMs: undefined })),
    read: (name) => log.read(name),
    add: async (name, bytes) => {
      await log.add(name, bytes);
      return true;
    },
    delete: (name) => log.delete(name),
  };
}
