import { type Clock, StreamError } from "@ss/core";
import { checkedLines, checksummedText } from "./log-text.js";

/** Where a compactible log lies: a folder of the checkpoint, or the manifest folder of an output. */
export interface LogFolder {
  /** For messages. */
  readonly description: string;
  /** Names of the entries, with the time of their last change where that is known. */
  list(): Promise<readonly { readonly name: string; readonly modifiedMs: number | undefined }[]>;
  read(name: string): Promise<Uint8Array | null>;
  /** Adds an entry, all or nothing; false if there is one of that name. */
  add(name: string, bytes: Uint8Array): Promise<boolean>;
  delete(name: string): Promise<void>;
}

/** How a log is kept short; Spark's configuration keys give the values. */
export interface CompactionSettings {
  /** Every so many batches one entry takes in all before it. */
  readonly compactInterval: number;
  /** How long an entry outlives its compaction. */
  readonly cleanupDelayMs: number;
  /** Whether compacted entries are deleted at all. */
  readonly deletion: boolean;
  /** Batches whose entries are kept in any case. */
  readonly minBatchesToRetain: number;
}

const COMPACT = ".compact";

/**
 * A log of batches in Spark's text format: one file per batch, named by its number, with the line `v1` and one line of
 * JSON per record; every tenth or so is `<n>.compact` and holds the records of all batches up to n that still count.
 *
 * Batches are added in order, each once. Reading begins at the newest compact file, whatever the interval was when it was
 * written, so a changed interval does no harm.
 */
export class CompactibleLog {
  private readonly folder: LogFolder;
  private readonly settings: CompactionSettings;
  private readonly clock: Clock;
  /** Which records a compaction keeps. */
  private readonly keeps: (line: string) => boolean;
  private interval: number;
  private names: Map<number, string> | undefined;
  private readonly firstSeenMs = new Map<number, number>();

  constructor(
    folder: LogFolder,
    settings: CompactionSettings,
    clock: Clock,
    keeps: (line: string) => boolean = () => true,
  ) {
    this.folder = folder;
    this.settings = settings;
    this.clock = clock;
    this.keeps = keeps;
    this.interval = settings.compactInterval;
  }

  /** The newest batch, or -1. */
  async latest(): Promise<number> {
    let latest = -1;
    for (const batch of (await this.entries()).keys()) if (batch > latest) latest = batch;
    return latest;
  }

  /** The records of one batch as written, or null where its file is gone; a compact file also holds those before it. */
  async read(batch: number): Promise<readonly string[] | null> {
    const name = (await this.entries()).get(batch);
    if (name === undefined) return null;
    const bytes = await this.folder.read(name);
    return bytes === null ? null : checkedLines(bytes, `${this.folder.description}/${name}`);
  }

  /** The records that count, of all batches up to `until`, oldest first. */
  async readAll(until: number = Number.MAX_SAFE_INTEGER): Promise<string[]> {
    const entries = await this.entries();
    const batches = [...entries.keys()].filter((batch) => batch <= until).sort((a, b) => a - b);
    const from = batches.findLastIndex((batch) => entries.get(batch)!.endsWith(COMPACT));
    const lines: string[] = [];
    // nothing is deleted that no compact file holds
    let expected = from < 0 ? 0 : batches[from]!;
    for (const batch of batches.slice(Math.max(from, 0))) {
      const found = batch === expected ? await this.read(batch) : null;
      if (found === null) throw missingBatch(this.folder.description, expected);
      for (const line of found) if (this.keeps(line)) lines.push(line);
      expected = batch + 1;
    }
    return lines;
  }

  /** Adds a batch; false if one of that number is there. */
  async add(batch: number, records: readonly string[]): Promise<boolean> {
    const entries = await this.entries();
    if (entries.has(batch)) return false;
    const compacts = (batch + 1) % this.interval === 0;
    const lines = compacts ? [...(await this.readAll(batch - 1)), ...records] : records;
    const name = compacts ? `${batch}${COMPACT}` : String(batch);
    if (!(await this.folder.add(name, checksummedText(lines)))) {
      this.names = undefined;
      return false;
    }
    entries.set(batch, name);
    if (compacts && this.settings.deletion) await this.deleteExpired(batch);
    return true;
  }

  private async entries(): Promise<Map<number, string>> {
    if (this.names !== undefined) return this.names;
    const names = new Map<number, string>();
    let latestCompact = -1;
    for (const { name } of await this.folder.list()) {
      const match = /^(\d+)(\.compact)?$/.exec(name);
      if (match === null) continue;
      const batch = Number(match[1]);
      if (match[2] !== undefined) latestCompact = Math.max(latestCompact, batch);
      if (match[2] !== undefined || !names.has(batch)) names.set(batch, name);
    }
    this.interval = intervalFor(this.settings.compactInterval, latestCompact);
    this.names = names;
    return names;
  }

  private async deleteExpired(current: number): Promise<void> {
    const { minBatchesToRetain, cleanupDelayMs } = this.settings;
    if (this.interval > current + 1 - minBatchesToRetain) return;
    const minBatch = current + 1 - minBatchesToRetain;
    const firstKept = minBatch - (minBatch % this.interval) - 1;
    const now = this.clock.now();
    for (const { name, modifiedMs } of await this.folder.list()) {
      const batch = Number(/^(\d+)(?:\.compact)?$/.exec(name)?.[1] ?? "NaN");
      if (!(batch < firstKept)) continue;
      const since = modifiedMs ?? this.firstSeenMs.get(batch) ?? now;
      if (modifiedMs === undefined) this.firstSeenMs.set(batch, since);
      if (since > now - cleanupDelayMs) continue;
      await this.folder.delete(name);
      this.names?.delete(batch);
      this.firstSeenMs.delete(batch);
    }
  }
}

/**
 * The interval in use: that of the configuration, unless a compact file of another rhythm exists; then the smallest divisor
 * of that file's position which is not below it, so that both rhythms meet.
 */
function intervalFor(configured: number, latestCompact: number): number {
  const position = latestCompact + 1;
  if (latestCompact < 0 || position % configured === 0) return configured;
  if (position <= configured) return position;
  for (let divisor = configured; divisor <= position / 2; divisor++)
    if (position % divisor === 0) return divisor;
  return position;
}

function missingBatch(folder: string, batch: number): StreamError {
  return new StreamError({
    condition: "SS_LOG_BATCH_MISSING",
    parameters: { log: folder, batchId: String(batch) },
    message: `Batch ${batch} is missing in the log ${folder}, so that what it recorded is lost. Restore the file, or begin with an empty folder.`,
  });
}
