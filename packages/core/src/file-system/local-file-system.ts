import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { type FileHandle, open, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { StreamError } from "../errors/stream-error.js";
import type { FileEntry, FileReader, FileSystem, FileWriter } from "./file-system.js";

// What only touches names (open, link, rename, stat) is called synchronously: microseconds on a disk of this machine, where
// each trip to the thread pool costs fifty and a small batch would make dozens. What moves data or waits for the disk
// (reads, large writes, syncs) goes through the pool.

/** Settings of {@link localFileSystem}. */
export interface LocalFileSystemOptions {
  /** False: nothing is forced to disk, for what need not outlive the process (temporary checkpoints). Default true. */
  readonly durable?: boolean;
}

const syncData = promisify(fs.fdatasync);
const syncAll = promisify(fs.fsync);
/** Entries of a listing that are looked at before others have their turn. */
const LISTING_STEP = 256;

/** The disk of this machine: paths with no scheme, `file:/a` and `file:///a`. */
export function localFileSystem(options: LocalFileSystemOptions = {}): FileSystem {
  const durable = options.durable ?? true;
  return {
    schemes: ["file"],
    list: (folder, listOptions) =>
      listFolder(trimSlash(folder), localPath(folder), listOptions?.recursive ?? false),
    stat: async (path) => entryOf(trimSlash(path), localPath(path)),
    readAll: (path) => readAll(path),
    open: (path) => openReader(path),
    create: (path) => createFile(localPath(path), durable),
    createExclusive: (path, bytes) => createExclusive(localPath(path), bytes, durable),
    delete: (path) => deletePath(localPath(path)),
    move: (from, to) => movePath(from, localPath(from), localPath(to), durable),
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

function hasCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException | null)?.code ?? "");
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

async function* listFolder(asked: string, folder: string, recursive: boolean): AsyncGenerator<FileEntry> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return;
    throw error;
  }
  for (const [k, name] of names.entries()) {
    if (k % LISTING_STEP === LISTING_STEP - 1) await nextTurn();
    if (TEMPORARY.test(name)) continue;
    const path = asked === "/" ? `/${name}` : `${asked}/${name}`;
    const found = entryOf(path, join(folder, name));
    // deleted since the folder was read
    if (found === null) continue;
    if (recursive && found.isFolder) yield* listFolder(path, join(folder, name), true);
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
    // no Buffer: its \`slice\` shares memory where callers expect a copy
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

/** Names of files that are not finished: no listing shows them, here or (because of the dot) in other readers of the folder. */
const TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/;

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
}

async function openTemporary(path: string, durable: boolean): Promise<number> {
  try {
    return fs.openSync(path, "wx");
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
  await makeFolder(dirname(path), durable);
  return fs.openSync(path, "wx");
}

/** Makes a folder and those above it, durable: each new name is forced into the folder that holds it. */
async function makeFolder(folder: string, durable: boolean): Promise<void> {
  const first = fs.mkdirSync(folder, { recursive: true });
  if (first === undefined || !durable) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; its file systems keep names in their journal
  if (process.platform === "win32") return;
  const descriptor = fs.openSync(folder, "r");
  try {
    await syncAll(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

async function createFile(path: string, durable: boolean): Promise<FileWriter> {
  const temporary = temporaryName(path);
  const descriptor = await openTemporary(temporary, durable);
  let size = 0;
  return {
    get size() {
      return size;
    },
    write: async (bytes) => {
      await writeAll(descriptor, bytes);
      size += bytes.length;
    },
    close: async () => {
      try {
        if (durable) await syncData(descriptor);
      } finally {
        fs.closeSync(descriptor);
      }
      fs.renameSync(temporary, path);
      if (durable) await syncFolder(dirname(path));
    },
    abort: async () => {
      quietly(() => fs.closeSync(descriptor));
      quietly(() => fs.unlinkSync(temporary));
    },
  };
}

/**
 * `link` refuses a name that exists, so of several racing callers one wins, and the name never stands for a part of the
 * bytes. The temporary name goes before the folder is forced to disk: one sync covers both.
 */
async function createExclusive(path: string, bytes: Uint8Array, durable: boolean): Promise<boolean> {
  const temporary = temporaryName(path);
  const descriptor = await openTemporary(temporary, durable);
  try {
    try {
      await writeAll(descriptor, bytes);
      if (durable) await syncData(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.linkSync(temporary, path);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    quietly(() => fs.unlinkSync(temporary));
  }
  if (durable) await syncFolder(dirname(path));
  return true;
}

const write = promisify(fs.write);

/** Writes all bytes at the descriptor's position; few of them at once, many through the thread pool. */
async function writeAll(descriptor: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const rest = bytes.length - done;
    if (rest <= 1 << 16) done += fs.writeSync(descriptor, bytes, done, rest);
    else done += (await write(descriptor, bytes, done, rest)).bytesWritten;
  }
}

async function deletePath(path: string): Promise<boolean> {
  try {
    const facts = fs.lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined) return false;
    if (facts.isDirectory()) await rm(path, { recursive: true, force: true });
    else fs.unlinkSync(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

async function movePath(asked: string, from: string, to: string, durable: boolean): Promise<void> {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    if (entryOf(from, from) === null) throw notFound(asked, error);
    await makeFolder(dirname(to), durable);
    fs.renameSync(from, to);
  }
  if (!durable) return;
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}

/** For clean-up after something else has failed. */
function quietly(call: () => void): void {
  try {
    call();
  } catch {
    // what cannot be cleaned up is garbage with a name that no listing shows
  }
}
