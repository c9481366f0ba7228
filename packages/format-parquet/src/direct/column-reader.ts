import type { Column } from "@ss/core";
import type { Codec } from "./codecs.js";
import type { ColumnChunk } from "./file-metadata.js";
import { LevelReader } from "./level-reader.js";
import { PAGE } from "./page-header.js";
import { type Page, PageReader } from "./page-reader.js";
import { ParquetFault } from "./parquet-fault.js";
import type { RangedFile } from "./ranged-file.js";
import { type Values, valuesTooShort } from "./values.js";

/** Reads one column that is not nested, row group after row group, in batches of rows. */
export class ColumnReader {
  private readonly values: Values;
  private readonly isOptional: boolean;
  private readonly pages: PageReader;
  private readonly levels = new LevelReader();
  private readonly validity: Uint8Array;
  private pageRows = 0;
  private chunkRows = 0;

  /** Batches have at most `rows` rows; the file is read in steps of `windowBytes`. */
  constructor(values: Values, isOptional: boolean, rows: number, windowBytes: number) {
    this.values = values;
    this.isOptional = isOptional;
    this.pages = new PageReader(windowBytes);
    // bits are written by whole bytes
    this.validity = new Uint8Array(((rows + 7) >> 3) + 2);
  }

  /** Begins with the column's values in a row group. */
  start(file: RangedFile, chunk: ColumnChunk, codec: Codec | null): void {
    this.pages.start(file, chunk.start, chunk.size, codec);
    this.values.startChunk();
    this.pageRows = 0;
    this.chunkRows = chunk.valueCount;
  }

  /** The next rows; the column is valid until the next call. */
  async read(rows: number): Promise<Column> {
    const { values, levels, validity } = this;
    let done = 0;
    let present = 0;
    values.begin();
    while (done < rows) {
      if (this.pageRows === 0) {
        values.leavePage();
        await this.nextPage();
      }
      const n = Math.min(rows - done, this.pageRows);
      const ones = levels.read(n, validity, done);
      values.take(done, n, ones, validity);
      this.pageRows -= n;
      done += n;
      present += ones;
    }
    return values.column(rows, present === rows ? null : validity);
  }

  private async nextPage(): Promise<void> {
    while (this.pageRows === 0) {
      const page = await this.pages.next();
      if (page.header.type === PAGE.dictionary) this.values.setDictionary(page);
      else if (page.header.valueCount === 0) continue;
      else if (page.header.type === PAGE.data) this.startData(page);
      else if (page.header.type === PAGE.dataV2) this.startDataV2(page);
    }
    this.chunkRows -= this.pageRows;
    if (this.chunkRows < 0) throw new ParquetFault("its pages hold more rows than the row group");
  }

  private startData({ header, bytes, start, end }: Page): void {
    const levelEnd = this.isOptional ? this.startLevels(header, bytes, start, end) : start;
    if (!this.isOptional) this.levels.startFull();
    this.values.startPage(header.encoding, bytes, levelEnd, end);
    this.pageRows = header.valueCount;
  }

  private startLevels(header: Page["header"], bytes: Uint8Array, start: number, end: number): number {
    if (header.levelEncoding === BIT_PACKED) {
      const size = (header.valueCount + 7) >> 3;
      if (size > end - start) throw valuesTooShort();
      this.levels.startOld(bytes, start, header.valueCount);
      return start + size;
    }
    if (header.levelEncoding !== RLE)
      throw new ParquetFault(`a page has levels of the unknown encoding ${header.levelEncoding}`);
    if (end - start < 4) throw valuesTooShort();
    const size = new DataView(bytes.buffer, bytes.byteOffset + start, 4).getUint32(0, true);
    if (size > end - start - 4) throw new ParquetFault("its levels reach beyond the end of their page");
    this.levels.start(bytes, start + 4, start + 4 + size);
    return start + 4 + size;
  }

  private startDataV2({ header, bytes, start, end }: Page): void {
    const levelStart = start + header.repetitionBytes;
    const levelEnd = levelStart + header.definitionBytes;
    if (levelEnd > end) throw new ParquetFault("its levels reach beyond the end of their page");
    if (this.isOptional) this.levels.start(bytes, levelStart, levelEnd);
    else this.levels.startFull();
    this.values.startPage(header.encoding, bytes, levelEnd, end);
    this.pageRows = header.valueCount;
  }
}

const RLE = 3;
const BIT_PACKED = 4;
