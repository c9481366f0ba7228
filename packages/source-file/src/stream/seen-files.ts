import { baseName } from "@ss/files";

/**
 * Which files were read before. A file older than the newest one by more than the age limit counts as seen without being
 * remembered, so that only what is young enough to come again is held: twice as much at most, as the older ones are forgotten
 * only now and then.
 */
export class SeenFiles {
  private readonly timestamps = new Map<string, number>();
  /** Paths, where files are told by their base names. */
  private readonly paths: Set<string> | undefined;
  private readonly maxAgeMs: number;
  private latestMs = 0;
  private purgedBeforeMs = 0;
  private sweepAt = 0;

  constructor(maxAgeMs: number, nameOnly: boolean) {
    this.maxAgeMs = maxAgeMs;
    this.paths = nameOnly ? new Set() : undefined;
  }

  add(path: string, timestampMs: number): void {
    this.timestamps.set(this.key(path), timestampMs);
    this.paths?.add(path);
    if (timestampMs > this.latestMs) this.latestMs = timestampMs;
  }

  isNew(path: string, timestampMs: number): boolean {
    return this.isYoung(timestampMs) && !this.remembers(path);
  }

  /** Whether a file of this path need not be looked at: whatever its time of change is now, it is not new. */
  knows(path: string): boolean {
    return (this.paths === undefined || this.paths.has(path)) && this.remembers(path);
  }

  /** Whether a file of this age can still come again. */
  isYoung(timestampMs: number): boolean {
    return timestampMs >= this.purgedBeforeMs;
  }

  /** Takes files beyond the age limit for seen from now on. */
  purge(): void {
    this.purgedBeforeMs = this.latestMs - this.maxAgeMs;
    if (this.timestamps.size < this.sweepAt) return;
    for (const [key, timestampMs] of this.timestamps) {
      if (timestampMs < this.purgedBeforeMs) this.timestamps.delete(key);
    }
    if (this.paths !== undefined) {
      for (const path of this.paths) if (!this.timestamps.has(baseName(path))) this.paths.delete(path);
    }
    this.sweepAt = 2 * this.timestamps.size;
  }

  get size(): number {
    return this.timestamps.size;
  }

  private remembers(path: string): boolean {
    const timestampMs = this.timestamps.get(this.key(path));
    return timestampMs !== undefined && this.isYoung(timestampMs);
  }

  private key(path: string): string {
    return this.paths === undefined ? path : baseName(path);
  }
}
