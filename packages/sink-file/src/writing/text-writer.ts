import type { Batch, FormatFile } from "@ss/core";
import type { TextFile } from "./text-file.js";

/** How long rows are written before the event loop gets its turn. */
const WORK_MS = 8;
const ROWS_BETWEEN_LOOKS = 256;

/** Writes the rows of one batch, given out in order. */
export interface RowWriter {
  /** Fetches the columns of a batch. */
  bind(batch: Batch): void;
  /** Appends row `i`. */
  row(i: number): void;
  /** Appends what ends the file. */
  finish(): void;
}

/** A text file that takes batches. */
export class TextFormatFile implements FormatFile {
  private readonly file: TextFile;
  private readonly rows: RowWriter;

  constructor(file: TextFile, rows: RowWriter) {
    this.file = file;
    this.rows = rows;
  }

  async write(batch: Batch): Promise<void> {
    const { rows, file } = this;
    rows.bind(batch);
    let since = performance.now();
    for (let i = 0; i < batch.rowCount; i++) {
      rows.row(i);
      if (file.isFull) await file.flush();
      if (i % ROWS_BETWEEN_LOOKS !== ROWS_BETWEEN_LOOKS - 1 || performance.now() - since < WORK_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    }
  }

  async close(): Promise<void> {
    this.rows.finish();
    await this.file.close();
  }

  abort(): Promise<void> {
    return this.file.abort();
  }
}
