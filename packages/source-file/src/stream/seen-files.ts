import { baseName } from "@ss/files";

/**
 * Which files were read before. A file older than the newest one by more than the age limit counts as seen without being
 * remembered, so that the map holds only what is young enough to come again.
 */
export class SeenFiles {
  private readonly timestamps = new Map<string, number>();
  private readonly maxAgeMs: number;
  private readonly nameOnly: boolean;
  private latestMs = 0;
  private purgedBeforeMs = 0;

  constructor(maxAgeMs: number, nameOnly: boolean) {
    this.maxAgeMs = maxAgeMs;
    this.nameOnly = nameOnly;
  }

  add(path: string, timestampMs: number): void {
    this.timestamps.set(this.key(path), timestampMs);
    if (timestampMs > this.latestMs) this.latestMs = timestampMs;
  }

  isNew(path: string, timestampMs: number): boolean {
    return this.isYoung(timestampMs) && !this.timestamps.has(this.key(path));
  }

  /** Whether a file of this age can still come again. */
  isYoung(timestampMs: number): boolean {
    return timestampMs >= this.purgedBeforeMs;
  }

  /** Forgets the files beyond the age limit. */
  purge(): void {
    this.purgedBeforeMs = this.latestMs - this.maxAgeMs;
    for (const [path, timestampMs] of this.timestamps) {
      if (timestampMs < this.purgedBeforeMs) this.timestamps.delete(path);
    }
  }

  get size(): number {
    return this.timestamps.size;
  }

  private key(path: string): string {
    return this.nameOnly ? baseName(path) : path;
  }
}
