import { ParquetFault } from "./parquet-fault.js";
import type { RangedFile } from "./ranged-file.js";

/** Bytes behind the end of every buffer that decoders may read (and not use). */
export const SLACK = 16;

/** A window that moves over the bytes of one column chunk. */
export class ChunkWindow {
  bytes: Uint8Array = new Uint8Array(SLACK);
  /** Where the next byte lies in `bytes`. */
  position = 0;
  private end = 0;
  private file: RangedFile | undefined;
  private fileStart = 0;
  /** Bytes of the chunk that are not in the window yet. */
  private unread = 0;
  private readonly step: number;

  /** Reads `step` bytes at a time. */
  constructor(step: number) {
    this.step = step;
  }

  /** Begins with bytes `start .. start + size)` of a file. */
  start(file: RangedFile, start: number, size: number): void {
    this.file = file;
    this.fileStart = start;
    this.unread = size;
    this.position = 0;
    this.end = 0;
  }

  /** Bytes of the chunk from the position on. */
  get remaining(): number {
    return this.end - this.position + this.unread;
  }

  /** Bytes that are in the window from the position on. */
  get available(): number {
    return this.end - this.position;
  }

  /** Brings the next `count` bytes into the window; views of earlier bytes are void afterwards. */
  async require(count: number): Promise<void> {
    if (count <= this.available) return;
    if (count > this.remaining) throw new ParquetFault("a page reaches beyond the end of its column");
    const kept = this.available;
    const length = Math.min(this.remaining, Math.max(count, this.step));
    if (length + SLACK > this.bytes.length) {
      const bytes = new Uint8Array(length + SLACK);
      bytes.set(this.bytes.subarray(this.position, this.end));
      this.bytes = bytes;
    } else this.bytes.copyWithin(0, this.position, this.end);
    this.position = 0;
    this.end = kept;
    await this.file!.read(this.fileStart, this.bytes, kept, length - kept);
    this.fileStart += length - kept;
    this.unread -= length - kept;
    this.end = length;
  }
}
