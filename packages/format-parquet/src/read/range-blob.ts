import type { FileReader } from "@ss/core";

/** A file of any file system in the form in which parquet-wasm asks for ranges of bytes. */
export class RangeBlob extends Blob {
  private readonly reader: FileReader;
  private readonly from: number;
  private readonly to: number;

  constructor(reader: FileReader, from = 0, to: number = reader.size) {
    super([]);
    this.reader = reader;
    this.from = from;
    this.to = to;
    // the size of a Blob is an accessor of its prototype, which knows only the bytes that it holds itself
    Object.defineProperty(this, "size", { value: to - from });
  }

  override slice(start = 0, end: number = this.size): Blob {
    return new RangeBlob(this.reader, this.from + start, Math.min(this.to, this.from + end));
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(this.size);
    let filled = 0;
    while (filled < bytes.length) {
      const count = await this.reader.read(bytes, filled, bytes.length - filled, this.from + filled);
      if (count === 0)
        throw new RangeError(`the file ends at byte ${this.from + filled}, before byte ${this.to}`);
      filled += count;
    }
    return bytes.buffer;
  }
}
