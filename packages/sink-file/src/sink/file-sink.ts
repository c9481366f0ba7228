import { randomUUID } from "node:crypto";
import type {
  BatchWrite,
  CommitMessage,
  OutputMode,
  PartitionWriter,
  Sink,
  SinkBatch,
  SinkResult,
} from "@ss/core";
import { type FileManifest, qualifiedPath } from "@ss/files";
import { concurrentUpdate } from "../errors.js";
import { type PartFileSettings, PartFiles, type WrittenFile } from "./part-files.js";

/** Spark's file sink does not count rows either. */
export const UNKNOWN_ROWS = -1;

/** What the writers of a batch need, but for the id of the attempt. */
export type BatchSettings = Omit<PartFileSettings, "jobId">;

/**
 * Files of a stream, each batch exactly once: part files count only when the manifest lists them, and the manifest takes a
 * batch once, in one atomic step.
 */
export class FileSink implements Sink {
  readonly description: string;
  readonly delivery = "exactlyOnce";
  readonly outputModes: readonly OutputMode[] = ["append"];
  private readonly settings: BatchSettings;
  private readonly manifest: FileManifest;

  constructor(settings: BatchSettings, manifest: FileManifest) {
    this.description = `FileSink[${qualifiedPath(settings.output)}]`;
    this.settings = settings;
    this.manifest = manifest;
  }

  async begin({ batchId }: SinkBatch): Promise<BatchWrite> {
    const alreadyCommitted = batchId <= (await this.manifest.latest());
    return new FileBatch(batchId, alreadyCommitted, { ...this.settings, jobId: randomUUID() }, this.manifest);
  }

  async close(): Promise<void> {}
}

class FileBatch implements BatchWrite {
  readonly alreadyCommitted: boolean;
  private readonly batchId: number;
  private readonly settings: PartFileSettings;
  private readonly manifest: FileManifest;
  private readonly writers: PartFiles[] = [];

  constructor(
    batchId: number,
    alreadyCommitted: boolean,
    settings: PartFileSettings,
    manifest: FileManifest,
  ) {
    this.batchId = batchId;
    this.alreadyCommitted = alreadyCommitted;
    this.settings = settings;
    this.manifest = manifest;
  }

  async writer(partitionId: number): Promise<PartitionWriter> {
    const writer = new PartFiles(this.settings, partitionId);
    this.writers.push(writer);
    return writer;
  }

  async commit(messages: readonly CommitMessage[]): Promise<SinkResult> {
    const files = messages.flatMap((message) => message as unknown as readonly WrittenFile[]);
    if (
      !(await this.manifest.add(this.batchId, files)) &&
      !(await this.manifest.holds(this.batchId, files))
    ) {
      throw concurrentUpdate(this.batchId, this.settings.output);
    }
    return { numOutputRows: UNKNOWN_ROWS };
  }

  async abort(): Promise<void> {
    for (const writer of this.writers) await writer.abort();
  }
}
