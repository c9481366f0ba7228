import type { Batch, FileWriter, FormatFile, StructType } from "@ss/core";
import { ColumnChunkWriter, type EncodedChunk } from "./column-chunk.js";
import type { ColumnForm } from "./column-form.js";
import type { Compressor } from "./compressor.js";
import { footerBytes, type WrittenChunk, type WrittenRowGroup } from "./footer-writer.js";
import { StagedWriter } from "./staged-writer.js";

/** So many rows are taken before the size of the row group is looked at. */
const LEAST_ROWS = 128;
const MOST_ROWS = 8192;
const MARK: Uint8Array = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

/** How a file is encoded. */
export interface DirectSettings {
  readonly schema: StructType;
  readonly forms: readonly ColumnForm[];
  readonly compressor: Compressor;
  readonly rowGroupBytes: number;
  readonly keyValues: ReadonlyMap<string, string>;
  readonly createdBy: string;
}

/** A Parquet file whose columns are encoded here. It holds one row group, and writes it when it is full. */
export class DirectParquetFile implements FormatFile {
  private readonly settings: DirectSettings;
  private readonly file: FileWriter;
  private readonly output: StagedWriter;
  private readonly chunks: readonly ColumnChunkWriter[];
  private readonly rowGroups: WrittenRowGroup[] = [];
  private rows = 0;

  constructor(settings: DirectSettings, file: FileWriter) {
    const { schema, forms, compressor } = settings;
    this.settings = settings;
    this.file = file;
    this.output = new StagedWriter(file);
    this.chunks = forms.map((form, k) => new ColumnChunkWriter(schema.fields[k]!, form, compressor));
  }

  async write(batch: Batch): Promise<void> {
    for (let from = 0; from < batch.rowCount; ) {
      const to = Math.min(batch.rowCount, from + this.nextRows());
      for (let k = 0; k < this.chunks.length; k++) this.chunks[k]!.append(batch.columns[k]!, from, to);
      this.rows += to - from;
      from = to;
      if (this.byteSize() >= this.settings.rowGroupBytes) await this.closeRowGroup();
    }
  }

  private byteSize(): number {
    let size = 0;
    for (const chunk of this.chunks) size += chunk.byteSize;
    return size;
  }

  /** As many rows as are likely to fit into the row group. */
  private nextRows(): number {
    const size = this.byteSize();
    if (this.rows === 0 || size === 0) return LEAST_ROWS;
    const room = (this.settings.rowGroupBytes - size) / (size / this.rows);
    return Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(room)));
  }

  private async closeRowGroup(): Promise<void> {
    await this.begin();
    const written: WrittenChunk[] = [];
    for (const chunk of this.chunks) written.push(await this.writeChunk(chunk.finish()));
    this.rowGroups.push({ rows: this.rows, chunks: written });
    this.rows = 0;
  }

  private async writeChunk({ parts, ...chunk }: EncodedChunk): Promise<WrittenChunk> {
    const offset = this.output.position;
    for (const part of parts) await this.output.write(part);
    return { ...chunk, offset };
  }

  private async begin(): Promise<void> {
    if (this.output.position === 0) await this.output.write(MARK);
  }

  async close(): Promise<void> {
    await this.begin();
    if (this.rows > 0) await this.closeRowGroup();
    const { schema, forms, compressor, keyValues, createdBy } = this.settings;
    const { rowGroups } = this;
    const footer = footerBytes({ schema, forms, codec: compressor.number, rowGroups, keyValues, createdBy });
    await this.output.write(footer);
    const trailer = new Uint8Array(8);
    new DataView(trailer.buffer).setUint32(0, footer.length, true);
    trailer.set(MARK, 4);
    await this.output.write(trailer);
    await this.output.flush();
    await this.file.close();
  }

  async abort(): Promise<void> {
    await this.file.abort();
  }
}
