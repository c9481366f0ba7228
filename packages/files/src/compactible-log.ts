import { type Clock, StreamError } from "@ss/core";
import { bodyLines, checkedBody, checkedLines, checksummedBody, recordsBody } from "./log-text.js";

/** Where a compactible log lies: a folder of the checkpoint, or the manifest folder of an output. */
export interface LogFolder {
  /** For messages. */
  readonly description: string;
  /** What to do about a damaged entry, in whole sentences. */
  readonly remedy: string;
  /** What to do about entries that are lost, as the end of a sentence. */
  readonly lastResort: string;
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
/** Expired entries that a compaction deletes at most, as a multiple of what it makes superfluous. */
const DELETIONS_PER_ENTRY = 4;

interface LogFile {
  readonly name: string;
  readonly batch: number;
  /** When it was written, as far as that is known. */
  readonly sinceMs: number;
}

/**
 * A log of batches in Spark's text format: one file per batch, named by its number, with the line `v1` and one line of
 * JSON per record; every tenth or so is `<n>.compact` and holds the records of all batches up to n that still count.
 *
 * Batches are added in order, each once. Reading begins at the newest compact file, whatever the interval was when it was
 * written, so a changed interval does no harm.
 *
 * The folder is listed once. A compaction takes over the bytes of the one before it without looking at their records: those that
 * do not count any more are sorted out when the file has doubled since that was done.
 */
export class CompactibleLog {
  private readonly folder: LogFolder;
  private readonly settings: CompactionSettings;
  private readonly clock: Clock;
  /** Which records count; absent: all. */
  private readonly keeps: ((line: string) => boolean) | undefined;
  private interval: number;
  private names: Map<number, string> | undefined;
  /** All files of the folder by batch, to be deleted from the front. */
  private files: LogFile[] = [];
  /** The newest batches as they were written, since the last compaction. */
  private readonly bodies: Map<number, Uint8Array> = new Map();
  /** Bytes that the last sorting out left. */
  private sortedOutBytes = 0;

  constructor(
    folder: LogFolder,
    settings: CompactionSettings,
    clock: Clock,
    keeps?: (line: string) => boolean,
  ) {
    this.folder = folder;
    this.settings = settings;
    this.clock = clock;
    this.keeps = keeps;
    this.interval = settings.compactInterval;
  }

  /** The newest batch, or -1. */
  async latest(): Promise<number> {
    await this.entries();
    return this.files.at(-1)?.batch ?? -1;
  }

  /** The records of one batch as written, or null where its file is gone; a compact file also holds those before it. */
  async read(batch: number): Promise<readonly string[] | null> {
    const name = (await this.entries()).get(batch);
    if (name === undefined) return null;
    const bytes = await this.folder.read(name);
    return bytes === null
      ? null
      : checkedLines(bytes, `${this.folder.description}/${name}`, this.folder.remedy);
  }

  /** The records that count, of all batches, oldest first. */
  async readAll(): Promise<string[]> {
    const { keeps } = this;
    const lines: string[] = [];
    for (const batch of await this.batchesUpTo(Number.MAX_SAFE_INTEGER)) {
      const found = await this.read(batch);
      if (found === null) throw missingBatch(this.folder, batch);
      for (const line of found) if (keeps === undefined || keeps(line)) lines.push(line);
    }
    return lines;
  }

  /** Adds a batch; false if one of that number is there. */
  async add(batch: number, records: readonly string[]): Promise<boolean> {
    const entries = await this.entries();
    if (entries.has(batch)) return false;
    const body = recordsBody(records);
    const compacts = (batch + 1) % this.interval === 0;
    const bodies = compacts ? [...(await this.compactedBefore(batch)), body] : [body];
    const name = compacts ? `${batch}${COMPACT}` : String(batch);
    if (!(await this.folder.add(name, checksummedBody(bodies)))) {
      this.names = undefined;
      return false;
    }
    entries.set(batch, name);
    this.files.push({ name, batch, sinceMs: this.clock.now() });
    if (compacts) this.bodies.clear();
    else this.bodies.set(batch, body);
    if (compacts && this.settings.deletion) await this.deleteExpired(batch);
    return true;
  }

  /** The records of all batches before `batch` that count. */
  private async compactedBefore(batch: number): Promise<Uint8Array[]> {
    const { keeps } = this;
    const bodies: Uint8Array[] = [];
    for (const earlier of await this.batchesUpTo(batch - 1)) {
      bodies.push(this.bodies.get(earlier) ?? (await this.readBody(earlier)));
    }
    if (keeps === undefined || bytesOf(bodies) < 2 * this.sortedOutBytes) return bodies;
    const left = bodies.map((body) => recordsBody(bodyLines(body).filter(keeps)));
    this.sortedOutBytes = bytesOf(left);
    return left;
  }

  private async readBody(batch: number): Promise<Uint8Array> {
    const { description, remedy } = this.folder;
    const name = (await this.entries()).get(batch);
    const bytes = name === undefined ? null : await this.folder.read(name);
    if (bytes === null) throw missingBatch(this.folder, batch);
    return checkedBody(bytes, `${description}/${name}`, remedy);
  }

  /** The entries that hold all records up to a batch: the newest compact one and those after it. */
  private async batchesUpTo(until: number): Promise<number[]> {
    const entries = await this.entries();
    const batches: number[] = [];
    for (let batch = Math.min(until, await this.latest()); batch >= 0; batch--) {
      const name = entries.get(batch);
      // nothing is deleted that no compact entry holds
      if (name === undefined) throw missingBatch(this.folder, this.firstMissing(batch));
      batches.push(batch);
      if (name.endsWith(COMPACT)) break;
    }
    return batches.reverse();
  }

  /** The oldest of the missing entries that end with `batch`. */
  private firstMissing(batch: number): number {
    let first = batch;
    while (first > 0 && !this.names!.has(first - 1)) first--;
    return first;
  }

  private async entries(): Promise<Map<number, string>> {
    if (this.names !== undefined) return this.names;
    const names = new Map<number, string>();
    const files: LogFile[] = [];
    const nowMs = this.clock.now();
    let latestCompact = -1;
    for (const { name, modifiedMs } of await this.folder.list()) {
      const match = /^(\d+)(\.compact)?$/.exec(name);
      if (match === null) continue;
      const batch = Number(match[1]);
      files.push({ name, batch, sinceMs: modifiedMs ?? nowMs });
      if (match[2] !== undefined) latestCompact = Math.max(latestCompact, batch);
      if (match[2] !== undefined || !names.has(batch)) names.set(batch, name);
    }
    this.interval = intervalFor(this.settings.compactInterval, latestCompact);
    this.files = files.sort((a, b) => a.batch - b.batch);
    this.names = names;
    return names;
  }

  /** Deletes entries that are superfluous and old enough, oldest first; a few at a time, as a batch waits for it. */
  private async deleteExpired(current: number): Promise<void> {
    const { minBatchesToRetain, cleanupDelayMs } = this.settings;
    if (this.interval > current + 1 - minBatchesToRetain) return;
    const minBatch = current + 1 - minBatchesToRetain;
    const firstKept = minBatch - (minBatch % this.interval) - 1;
    const before = this.clock.now() - cleanupDelayMs;
    for (let k = 0; k < DELETIONS_PER_ENTRY * this.interval; k++) {
      const oldest = this.files[0];
      if (oldest === undefined || oldest.batch >= firstKept || oldest.sinceMs > before) return;
      await this.folder.delete(oldest.name);
      this.files.shift();
      this.names?.delete(oldest.batch);
    }
  }
}

function bytesOf(bodies: readonly Uint8Array[]): number {
  return bodies.reduce((sum, body) => sum + body.length, 0);
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

function missingBatch({ description, lastResort }: LogFolder, batch: number): StreamError {
  return new StreamError({
    condition: "SS_LOG_BATCH_MISSING",
    parameters: { log: description, batchId: String(batch) },
    message: `Batch ${batch} is missing in the log ${description}, so that what it recorded is lost. Restore the file ${description}/${batch}, or ${lastResort}.`,
  });
}
