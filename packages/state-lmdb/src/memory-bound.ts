import { readFileSync } from "node:fs";

const PAGE_BYTES = 4096;
/** So much a read may bring into memory: its page and those around it, which the system maps along with it. */
export const READ_BYTES: number = 16 * PAGE_BYTES;

/**
 * Tells how much of a mapped file is in the memory of this process. Linux says it; elsewhere every read since the file was mapped counts for as
 * much as it may have brought in.
 */
export class MappedMemory {
  private readonly before: number | undefined;
  private reads = 0;

  constructor() {
    this.before = sharedBytes();
  }

  countReads(count: number): void {
    this.reads += count;
  }

  /** Bytes, at most: what else of the process came to be mapped since then counts, too. */
  get bytes(): number {
    if (this.before === undefined) return this.reads * READ_BYTES;
    return Math.max(0, sharedBytes()! - this.before);
  }
}

function sharedBytes(): number | undefined {
  try {
    return Number(readFileSync("/proc/self/statm", "latin1").split(" ")[2]) * PAGE_BYTES;
  } catch {
    return undefined;
  }
}
