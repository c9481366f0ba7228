import { randomUUID } from "node:crypto";
import type { BatchWrite, CommitMessage, OutputMode, PartitionWriter, Sink, SinkResult } from "@ss/core";
import { childPath, parentPath } from "@ss/files";
import { type BatchSettings, UNKNOWN_ROWS } from "./file-sink.js";
import { type PartFileSettings, PartFiles, type WrittenFile } from "./part-files.js";

/** What becomes of the files that are there already. */
export type Replaces = "nothing" | "everything" | "partitions";

/** Files of one `save`: readers see them as each is finished, and the marker `_SUCCESS` when all are. */
export class TableFiles implements Sink {
  readonly description: string;
  readonly delivery = "atLeastOnce";
  readonly outputModes: readonly OutputMode[] = ["append", "complete"];
  private readonly settings: BatchSettings;
  private readonly replaces: Replaces;

  constructor(settings: BatchSettings, replaces: Replaces) {
    this.description = `FileTable[${settings.output}]`;
    this.settings = settings;
    this.replaces = replaces;
  }

  async begin(): Promise<BatchWrite> {
    return new TableBatch({ ...this.settings, jobId: randomUUID() }, this.replaces);
  }

  async close(): Promise<void> {}
}

class TableBatch implements BatchWrite {
  readonly alreadyCommitted = false;
  private readonly settings: PartFileSettings;
  private readonly replaces: Replaces;
  private readonly writers: PartFiles[] = [];

  constructor(settings: PartFileSettings, replaces: Replaces) {
    this.settings = settings;
    this.replaces = replaces;
  }

  async writer(partitionId: number): Promise<PartitionWriter> {
    const writer = new PartFiles(this.settings, partitionId);
    this.writers.push(writer);
    return writer;
  }

  async commit(messages: readonly CommitMessage[]): Promise<SinkResult> {
    const { fileSystem, output } = this.settings;
    const files = messages.flatMap((message) => message as unknown as readonly WrittenFile[]);
    const paths = new Set(files.map(({ path }) => path));
    // the old files go only when the new ones are complete
    if (this.replaces === "everything") await this.deleteOthers(output, paths);
    if (this.replaces === "partitions") {
      for (const folder of new Set(files.map(({ path }) => parentPath(path))))
        await this.deleteOthers(folder, paths);
    }
    const marker = await fileSystem.create(childPath(output, "_SUCCESS"));
    await marker.close();
    return { numOutputRows: UNKNOWN_ROWS };
  }

  private async deleteOthers(folder: string, kept: ReadonlySet<string>): Promise<void> {
    const { fileSystem } = this.settings;
    const others: string[] = [];
    for await (const { path, isFolder } of fileSystem.list(folder, { recursive: true })) {
      if (!isFolder && !kept.has(path)) others.push(path);
    }
    for (const path of others) await fileSystem.delete(path);
    await this.deleteEmptyFolders(folder, kept);
  }

  private async deleteEmptyFolders(folder: string, kept: ReadonlySet<string>): Promise<void> {
    const { fileSystem } = this.settings;
    const folders: string[] = [];
    for await (const { path, isFolder } of fileSystem.list(folder)) if (isFolder) folders.push(path);
    for (const path of folders) {
      if (![...kept].some((file) => file.startsWith(`${path}/`))) await fileSystem.delete(path);
    }
  }

  async abort(): Promise<void> {
    for (const writer of this.writers) await writer.abort();
  }
}
