import * as fs from "node:fs";
import { type FileHandle, open, readdir, readFile, rm, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { StreamError } from "../errors/stream-error.js";
import { workerModule } from "../worker/worker-form.js";
import type { FileEntry, FileReader, FileSystem, ListOptions } from "./file-system.js";
import { watchFolder } from "./local-watch.js";
import { hasCode, LocalWrites } from "./local-writes.js";
import { isTemporaryName, SpareFiles } from "./spare-files.js";

// What only touches names (open, link, rename, stat) is called synchronously: microseconds on a disk of this machine, where
// each trip to the thread pool costs fifty and a small batch would make dozens. What moves data, frees blocks or waits for
// the disk (reads, large writes, deletions, syncs) goes through the pool.

/** Settings of {@link localFileSystem}. */
export interface LocalFileSystemOptions {
  /** False: nothing is forced to disk, for what need not outlive the process (temporary checkpoints). Default true. */
  readonly durable?: boolean;
}

/** Entries of a listing that are looked at before others have their turn. */
const LISTING_STEP = 256;
/** Names that are passed over before others have their turn. */
const SKIPPING_STEP = 1 << 14;

/** The disk of this machine: paths with no scheme, `file:/a` and `file:///a`. */
export function localFileSystem(options: LocalFileSystemOptions = {}): FileSystem {
  const durable = options.durable ?? true;
  const spares = new SpareFiles(durable);
  const writes = new LocalWrites(durable, spares);
  return {
    schemes: ["file"],
    get worker() {
      const module = workerModule(import.meta.url, "@ss/core", "index.js");
      return module === undefined ? undefined : { module, export: "localFileSystem", options: { durable } };
    },
    folderTimes: true,
    watch: (folder, changed) => watchFolder(trimSlash(folder), localPath(folder), changed),
    list: (folder, listOptions) => listFolder(trimSlash(folder), localPath(folder), listOptions ?? {}),
    stat: async (path) => entryOf(trimSlash(path), localPath(path)),
    readAll: (path) => readAll(path),
    open: (path) => openReader(path),
    create: (path) => writes.create(localPath(path)),
    createExclusive: (path, bytes) => writes.createExclusive(localPath(path), bytes),
    delete: (path, deleteOptions) => deletePath(localPath(path), deleteOptions?.reuse ? spares : null),
    move: (from, to) => movePath(from, localPath(from), localPath(to), writes),
  };
}

/** The path of the operating system for a path of this file system, in any of its forms. */
export function localPath(path: string): string {
  const match = /^file:(?:\/\/[^/]*)?(\/.*)$/.exec(path);
  return resolve(match ? match[1]! : path);
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.replace(/\/+$/, "") : path;
}

function notFound(path: string, cause: unknown): unknown {
  if (!hasCode(cause, "ENOENT", "ENOTDIR")) return cause;
  return new StreamError({
    condition: "PATH_NOT_FOUND",
    sqlState: "42K03",
    parameters: { path },
    message: `Path does not exist: ${path}.`,
    cause,
  });
}

async function* listFolder(asked: string, folder: string, options: ListOptions): AsyncGenerator<FileEntry> {
  const { recursive = false, skip } = options;
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return;
    throw error;
  }
  const prefix = asked === "/" ? "/" : `${asked}/`;
  let looks = 0;
  for (let k = 0; k < names.length; k++) {
    if (k % SKIPPING_STEP === SKIPPING_STEP - 1) await nextTurn();
    const name = names[k]!;
    const path = prefix + name;
    if (skip?.(path) || isTemporaryName(name)) continue;
    if (++looks % LISTING_STEP === 0) await nextTurn();
    const found = entryOf(path, join(folder, name));
    // deleted since the folder was read
    if (found === null) continue;
    if (recursive && found.isFolder) yield* listFolder(path, join(folder, name), options);
    else yield found;
  }
}

function entryOf(path: string, local: string): FileEntry | null {
  try {
    const facts = fs.statSync(local, { throwIfNoEntry: false });
    if (facts === undefined) return null;
    const isFolder = facts.isDirectory();
    return { path, isFolder, size: isFolder ? 0 : facts.size, modifiedMs: Math.floor(facts.mtimeMs) };
  } catch (error) {
    if (hasCode(error, "ENOTDIR")) return null;
    throw error;
  }
}

async function readAll(path: string): Promise<Uint8Array | null> {
  try {
    const { buffer, byteOffset, byteLength } = await readFile(localPath(path));
    // no Buffer: its `slice` shares memory where callers expect a copy
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}

async function openReader(path: string): Promise<FileReader> {
  let handle: FileHandle;
  try {
    handle = await open(localPath(path), "r");
  } catch (error) {
    throw notFound(path, error);
  }
  try {
    const { size } = await handle.stat();
    return {
      size,
      read: async (target, targetStart, length, position) =>
        (await handle.read(target, targetStart, length, position)).bytesRead,
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function deletePath(path: string, spares: SpareFiles | null): Promise<boolean> {
  try {
    if (spares?.keep(path)) return true;
    const facts = fs.lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined) return false;
    if (facts.isDirectory()) await rm(path, { recursive: true, force: true });
    else await unlink(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

async function movePath(asked: string, from: string, to: string, writes: LocalWrites): Promise<void> {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    if (entryOf(from, from) === null) throw notFound(asked, error);
    await writes.makeFolder(dirname(to));
    fs.renameSync(from, to);
  }
  await writes.syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await writes.syncFolder(dirname(from));
}
