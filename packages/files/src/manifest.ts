import type { Clock, FileEntry, FileSystem } from "@ss/core";
import { CompactibleLog, type CompactionSettings, type LogFolder } from "./compactible-log.js";
import { baseName, childPath, pathFromUri, pathToUri } from "./path.js";

/** The folder of an output that holds its manifest. */
export const MANIFEST_FOLDER = "_spark_metadata";

/** A file that a streaming sink has written. */
export interface ManifestFile {
  readonly path: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** How a manifest is kept. */
export interface ManifestSettings extends CompactionSettings {
  /** How long a file stays listed after its last change; for ever if undefined. */
  readonly retentionMs?: number | undefined;
}

// What Spark's local file system reports; readers of the manifest do not depend on it.
const BLOCK_SIZE = 33554432;

/**
 * The list of files that make up a streaming output: `_spark_metadata/<batch>`, in Spark's format. A file counts exactly
 * if it is listed, so one write of one manifest file makes a batch visible, once.
 */
export class FileManifest {
  private readonly log: CompactibleLog;
  /** The newest batch, once it is known. */
  private newest: number | undefined;

  constructor(fileSystem: FileSystem, output: string, settings: ManifestSettings, clock: Clock) {
    const { retentionMs } = settings;
    const keeps =
      retentionMs === undefined
        ? undefined
        : (line: string) => modifiedMsOf(line) > clock.now() - retentionMs;
    this.log = new CompactibleLog(manifestFolder(fileSystem, output), settings, clock, keeps);
  }

  /** The newest batch, or -1. */
  async latest(): Promise<number> {
    this.newest ??= await this.log.latest();
    return this.newest;
  }

  /** Makes the files of a batch visible; false if that batch is there already. */
  async add(batchId: number, files: readonly ManifestFile[]): Promise<boolean> {
    if (!(await this.log.add(batchId, files.map(printFile)))) return false;
    this.newest = Math.max(batchId, this.newest ?? -1);
    return true;
  }

  /** Whether a batch is there with exactly these files: a write whose answer was lost. */
  async holds(batchId: number, files: readonly ManifestFile[]): Promise<boolean> {
    const lines = await this.log.read(batchId);
    const listed = new Set(lines?.map((line) => (JSON.parse(line) as ManifestLine).path));
    return lines !== null && files.every(({ path }) => listed.has(pathToUri(path)));
  }

  /** All files that are listed and within their retention. */
  async files(): Promise<FileEntry[]> {
    const found = new Map<string, FileEntry>();
    for (const line of await this.log.readAll()) {
      const { action, isDir, ...file } = JSON.parse(line) as ManifestLine;
      const path = pathFromUri(file.path);
      if (action === "delete") found.delete(path);
      else if (!isDir)
        found.set(path, { path, isFolder: false, size: file.size, modifiedMs: file.modificationTime });
    }
    return [...found.values()];
  }
}

/** The folder of an output that holds its manifest. */
export function manifestPath(output: string): string {
  return childPath(output, MANIFEST_FOLDER);
}

/** Whether a folder is the output of a streaming sink. */
export async function hasManifest(fileSystem: FileSystem, folder: string): Promise<boolean> {
  const entry = await fileSystem.stat(manifestPath(folder));
  return entry?.isFolder === true;
}

interface ManifestLine {
  readonly path: string;
  readonly size: number;
  readonly isDir: boolean;
  readonly modificationTime: number;
  readonly action: string;
}

function printFile({ path, size, modifiedMs }: ManifestFile): string {
  return JSON.stringify({
    path: pathToUri(path),
    size,
    isDir: false,
    modificationTime: modifiedMs,
    blockReplication: 1,
    blockSize: BLOCK_SIZE,
    action: "add",
  });
}

function modifiedMsOf(line: string): number {
  return (JSON.parse(line) as ManifestLine).modificationTime;
}

const NEW_OUTPUT = "let the query write to a new folder, with a new checkpoint location";

function manifestFolder(fileSystem: FileSystem, output: string): LogFolder {
  const folder = childPath(output, MANIFEST_FOLDER);
  return {
    description: folder,
    remedy:
      "Restore it from a copy. If it is the newest entry and commits/ in the query's checkpoint lacks its number, delete it " +
      `instead: the batch is written again. Failing both, ${NEW_OUTPUT}.`,
    lastResort: NEW_OUTPUT,
    list: async () => {
      const entries: { name: string; modifiedMs: number }[] = [];
      for await (const entry of fileSystem.list(folder)) {
        if (!entry.isFolder) entries.push({ name: baseName(entry.path), modifiedMs: entry.modifiedMs });
      }
      return entries;
    },
    read: (name) => fileSystem.readAll(childPath(folder, name)),
    add: (name, bytes) => fileSystem.createExclusive(childPath(folder, name), bytes),
    delete: async (name) => void (await fileSystem.delete(childPath(folder, name), { reuse: true })),
  };
}
