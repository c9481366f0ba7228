import type { FileReader } from "@ss/core";
import { ParquetFault } from "./parquet-fault.js";

interface Block {
  readonly start: number;
  readonly bytes: Uint8Array;
}

const NOTHING: Block = { start: 0, bytes: new Uint8Array(0) };

/** A file of which some parts are kept once they are read: its end, which small files are read by, and one more. */
export class RangedFile {
  readonly size: number;
  private readonly reader: FileReader;
  private tail: Block = NOTHING;
  private held: Block = NOTHING;

  constructor(reader: FileReader) {
    this.reader = reader;
    this.size = reader.size;
  }

  /** The last bytes of the file, at least `length` of them or all, as a view. */
  async end(length: number): Promise<Uint8Array> {
    const wanted = Math.min(length, this.size);
    const known = this.tail.bytes;
    if (wanted > known.length) {
      const bytes = new Uint8Array(wanted);
      bytes.set(known, wanted - known.length);
      await this.fetch(this.size - wanted, bytes, 0, wanted - known.length);
      this.tail = { start: this.size - wanted, bytes };
    }
    return this.tail.bytes;
  }

  /** Reads a range in one go and keeps it, until another is held, for the reads that follow. */
  async hold(start: number, length: number): Promise<void> {
    if (start >= this.tail.start && this.tail !== NOTHING) return;
    const bytes = new Uint8Array(length);
    await this.fetch(start, bytes, 0, length);
    this.held = { start, bytes };
  }

  /** Reads exactly `length` bytes from `position` to `target[at ..]`. */
  async read(position: number, target: Uint8Array, at: number, length: number): Promise<void> {
    for (const { start, bytes } of [this.tail, this.held]) {
      const from = position - start;
      if (from < 0 || from + length > bytes.length) continue;
      target.set(bytes.subarray(from, from + length), at);
      return;
    }
    await this.fetch(position, target, at, length);
  }

  private async fetch(position: number, target: Uint8Array, at: number, length: number): Promise<void> {
    for (let done = 0; done < length; ) {
      const count = await this.reader.read(target, at + done, length - done, position + done);
      if (count === 0)
        throw new ParquetFault(`the file ends at byte ${position + done}, before byte ${position + length}`);
      done += count;
    }
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}
