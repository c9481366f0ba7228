import { randomBytes } from "node:crypto";
import type { Dirent } from "node:fs";
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { StreamError } from "../errors/stream-error.js";
import type { FileEntry, FileReader, FileSystem, FileWriter } from "./file-system.js";

/** Settings of {@link localFileSystem}. */
export interface LocalFileSystemOptions {
  /** False: nothing is forced to disk, for what need not outlive the process (temporary checkpoints). Default true. */
  readonly durable?: boolean;
}

/** The disk of this machine: paths with no scheme, `file:/a` and `file:///a`. */
export function localFileSystem(options: LocalFileSystemOptions = {}): FileSystem {
  const durable = options.durable ?? true;
  return {
    schemes: ["file"],
    list: (folder, listOptions) =>
      listFolder(trimSlash(folder), localPath(folder), listOptions?.recursive ?? false),
    stat: (path) => statPath(path),
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
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return;
    throw error;
  }
  for (const entry of entries) {
    if (TEMPORARY.test(entry.name)) continue;
    const path = asked === "/" ? `/${entry.name}` : `${asked}/${entry.name}`;
    const found = await entryOf(path, join(folder, entry.name));
    // deleted since the folder was read
    if (found === null) continue;
    if (!recursive) yield found;
    else if (found.isFolder) yield* listFolder(path, join(folder, entry.name), true);
    else yield found;
  }
}

async function entryOf(path: string, local: string): Promise<FileEntry | null> {
  try {
    const facts = await stat(local);
    return {
      path,
      isFolder: facts.isDirectory(),
      size: facts.isDirectory() ? 0 : facts.size,
      modifiedMs: Math.floor(facts.mtimeMs),
    };
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}

function statPath(path: string): Promise<FileEntry | null> {
  return entryOf(trimSlash(path), localPath(path));
}

async function readAll(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(localPath(path));
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

async function openTemporary(path: string, durable: boolean): Promise<FileHandle> {
  try {
    return await open(path, "wx");
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
  await makeFolder(dirname(path), durable);
  return open(path, "wx");
}

/** Makes a folder and those above it, durable: each new name is forced into the folder that holds it. */
async function makeFolder(folder: string, durable: boolean): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined || !durable) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; its file systems keep names in their journal
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function createFile(path: string, durable: boolean): Promise<FileWriter> {
  const temporary = temporaryName(path);
  const handle = await openTemporary(temporary, durable);
  let size = 0;
  return {
    get size() {
      return size;
    },
    write: async (bytes) => {
      await handle.writeFile(bytes);
      size += bytes.length;
    },
    close: async () => {
      try {
        if (durable) await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(temporary, path);
      if (durable) await syncFolder(dirname(path));
    },
    abort: async () => {
      await handle.close().catch(() => {});
      await unlink(temporary).catch(() => {});
    },
  };
}

/**
 * `link` refuses a name that exists, so of several racing callers one wins, and the name never stands for a part of the
 * bytes. The temporary name goes before the folder is forced to disk: one sync covers both.
 */
async function createExclusive(path: string, bytes: Uint8Array, durable: boolean): Promise<boolean> {
  const temporary = temporaryName(path);
  const handle = await openTemporary(temporary, durable);
  let made = false;
  try {
    try {
      await handle.writeFile(bytes);
      if (durable) await handle.datasync();
    } finally {
      await handle.close();
    }
    await link(temporary, path);
    made = true;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await unlink(temporary).catch(() => {});
  }
  if (made && durable) await syncFolder(dirname(path));
  return made;
}

async function deletePath(path: string): Promise<boolean> {
  try {
    const facts = await lstat(path);
    if (facts.isDirectory()) await rm(path, { recursive: true, force: true });
    else await unlink(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

async function movePath(asked: string, from: string, to: string, durable: boolean): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    if ((await entryOf(from, from)) === null) throw notFound(asked, error);
    await makeFolder(dirname(to), durable);
    await rename(from, to);
  }
  if (!durable) return;
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}
