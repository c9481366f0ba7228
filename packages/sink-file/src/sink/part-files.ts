import {
  Batch,
  type CommitMessage,
  type FileSystem,
  type FormatFile,
  type FormatWriter,
  gatherColumn,
  type PartitionWriter,
} from "@ss/core";
import { childPath } from "@ss/files";
import type { PartitionSplit } from "./partition-split.js";

/** A file that a writer has finished, as plain data. */
export interface WrittenFile {
  readonly [key: string]: string | number;
  readonly path: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** What writers of one batch share. */
export interface PartFileSettings {
  readonly fileSystem: FileSystem;
  readonly output: string;
  /** Distinguishes the files of this attempt from those of all others. */
  readonly jobId: string;
  readonly extension: string;
  readonly openFile: ReturnType<FormatWriter["open"]>;
  readonly split: () => PartitionSplit;
  /** 0 for no limit. */
  readonly maxRecordsPerFile: number;
  /** Whether partition 0 leaves a file even without rows, which then tells the schema. */
  readonly writesEmptyFile: boolean;
}

/** Files open at a time; beyond it the one that was written to longest ago is finished. */
const OPEN_FILES_MAX = 64;

interface OpenFile {
  readonly path: string;
  readonly file: FormatFile;
  rows: number;
}

/** The rows of one partition as part files: straight under their final names, where nobody sees them before the commit. */
export class PartFiles implements PartitionWriter {
  private readonly settings: PartFileSettings;
  private readonly partitionId: number;
  private readonly split: PartitionSplit;
  private readonly open = new Map<string, OpenFile>();
  private readonly written: string[] = [];
  private fileCount = 0;

  constructor(settings: PartFileSettings, partitionId: number) {
    this.settings = settings;
    this.partitionId = partitionId;
    this.split = settings.split();
  }

  async write(batch: Batch): Promise<void> {
    if (batch.rowCount === 0) return;
    for (const { folder, batch: rows } of this.split.split(batch)) await this.append(folder, rows);
  }

  private async append(folder: string, batch: Batch): Promise<void> {
    const { maxRecordsPerFile } = this.settings;
    let from = 0;
    while (from < batch.rowCount) {
      const target = await this.fileOf(folder);
      const room = maxRecordsPerFile > 0 ? maxRecordsPerFile - target.rows : batch.rowCount;
      const to = Math.min(batch.rowCount, from + room);
      await target.file.write(slice(batch, from, to));
      target.rows += to - from;
      from = to;
      if (maxRecordsPerFile > 0 && target.rows >= maxRecordsPerFile) await this.close(folder, target);
    }
  }

  private async fileOf(folder: string): Promise<OpenFile> {
    const found = this.open.get(folder);
    if (found !== undefined) {
      // the map's order is that of use
      this.open.delete(folder);
      this.open.set(folder, found);
      return found;
    }
    if (this.open.size >= OPEN_FILES_MAX) {
      const [oldest, file] = this.open.entries().next().value!;
      await this.close(oldest, file);
    }
    return this.start(folder);
  }

  private async start(folder: string): Promise<OpenFile> {
    const { fileSystem, output, jobId, extension, openFile } = this.settings;
    const part = String(this.partitionId).padStart(5, "0");
    const count = String(this.fileCount++).padStart(3, "0");
    const path = childPath(
      folder === "" ? output : childPath(output, folder),
      `part-${part}-${jobId}-c${count}${extension}`,
    );
    const writer = await fileSystem.create(path);
    try {
      const started = { path, file: await openFile(writer), rows: 0 };
      this.open.set(folder, started);
      return started;
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }

  private async close(folder: string, { path, file }: OpenFile): Promise<void> {
    this.written.push(path);
    await file.close();
    // one that could not be closed is left to `abort`
    this.open.delete(folder);
  }

  async finish(): Promise<CommitMessage> {
    const { writesEmptyFile, fileSystem } = this.settings;
    if (writesEmptyFile && this.partitionId === 0 && this.fileCount === 0) await this.start("");
    for (const [folder, file] of [...this.open]) await this.close(folder, file);
    const files: WrittenFile[] = [];
    for (const path of this.written) {
      const entry = await fileSystem.stat(path);
      files.push({ path, size: entry?.size ?? 0, modifiedMs: entry?.modifiedMs ?? 0 });
    }
    return files;
  }

  async abort(): Promise<void> {
    for (const { file } of this.open.values()) await file.abort().catch(() => {});
    this.open.clear();
    for (const path of this.written) await this.settings.fileSystem.delete(path).catch(() => false);
  }
}

function slice(batch: Batch, from: number, to: number): Batch {
  if (from === 0 && to === batch.rowCount) return batch;
  const rows = Int32Array.from({ length: to - from }, (_, i) => from + i);
  return new Batch(
    batch.schema,
    batch.columns.map((column) => gatherColumn(column, rows)),
    rows.length,
  );
}
