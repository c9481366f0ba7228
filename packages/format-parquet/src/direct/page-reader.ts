import { ChunkWindow, SLACK } from "./chunk-window.js";
import type { Codec } from "./codecs.js";
import { PAGE, type PageHeader, readPageHeader } from "./page-header.js";
import { ParquetFault } from "./parquet-fault.js";
import type { RangedFile } from "./ranged-file.js";

/** A page, decompressed. Its bytes are valid until the next one is read, those of a dictionary for ever. */
export interface Page {
  readonly header: PageHeader;
  /** The data are `bytes[start .. end)`, with some readable bytes behind; levels of version 2 stand in front. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Headers are small, but may hold bounds of long values. */
const HEADER_BYTES = 4096;

/** Reads the pages of one column chunk after the other. */
export class PageReader {
  private readonly window: ChunkWindow;
  private codec: Codec | null = null;
  private buffer: Uint8Array = new Uint8Array(SLACK);

  constructor(windowBytes: number) {
    this.window = new ChunkWindow(windowBytes);
  }

  /** Begins with a chunk. */
  start(file: RangedFile, start: number, size: number, codec: Codec | null): void {
    this.window.start(file, start, size);
    this.codec = codec;
  }

  /** The next page that holds values or a dictionary. */
  async next(): Promise<Page> {
    for (;;) {
      const header = await this.header();
      await this.window.require(header.size);
      const { bytes, position } = this.window;
      this.window.position += header.size;
      if (header.type === PAGE.index) continue;
      return this.decompressed(header, bytes, position);
    }
  }

  private async header(): Promise<PageHeader> {
    const { window } = this;
    if (window.remaining === 0) throw new ParquetFault("its pages hold fewer rows than the row group");
    for (let wanted = HEADER_BYTES; ; wanted *= 8) {
      await window.require(Math.min(wanted, window.remaining));
      try {
        const header = readPageHeader(window.bytes, window.position, window.position + window.available);
        window.position += header.headerSize;
        return header;
      } catch (error) {
        // what looks like a damaged header may go on behind the window
        if (!(error instanceof ParquetFault) || window.available === window.remaining) throw error;
      }
    }
  }

  private decompressed(header: PageHeader, bytes: Uint8Array, position: number): Page {
    const levels = header.type === PAGE.dataV2 ? header.definitionBytes + header.repetitionBytes : 0;
    const { codec } = this;
    const isDictionary = header.type === PAGE.dictionary;
    const isPlain = codec === null || (header.type === PAGE.dataV2 && !header.isCompressed);
    if (isPlain) {
      const end = position + header.size;
      if (!isDictionary) return { header, bytes, start: position, end };
      const kept = new Uint8Array(header.size + SLACK);
      kept.set(bytes.subarray(position, end));
      return { header, bytes: kept, start: 0, end: header.size };
    }
    const { uncompressedSize, size } = header;
    if (uncompressedSize - levels > (size - levels) * codec.maxRatio + codec.allowance)
      throw new ParquetFault(`a page of ${size} bytes cannot hold ${uncompressedSize} after decompression`);
    const target = isDictionary ? new Uint8Array(uncompressedSize + SLACK) : this.reserve(uncompressedSize);
    target.set(bytes.subarray(position, position + levels));
    if (uncompressedSize > levels)
      codec.decompress(bytes, position + levels, position + size, target, levels, uncompressedSize - levels);
    return { header, bytes: target, start: 0, end: uncompressedSize };
  }

  private reserve(size: number): Uint8Array {
    if (this.buffer.length < size + SLACK)
      this.buffer = new Uint8Array(Math.max(size, Math.min(this.buffer.length * 2, 1 << 20)) + SLACK);
    return this.buffer;
  }
}
