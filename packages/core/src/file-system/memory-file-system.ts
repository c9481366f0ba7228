import { type Clock, systemClock } from "../clock/clock.js";
import { StreamError } from "../errors/stream-error.js";
import type { FileEntry, FileReader, FileSystem, FileWriter, ListOptions } from "./file-system.js";

interface StoredFile {
  readonly bytes: Uint8Array;
  readonly modifiedMs: number;
}

/**
 * Files in memory: the reference implementation of the contract, for tests and for checkpoints that need not outlive the
 * process. Any path will do; folders exist as long as a file lies below them.
 */
export class MemoryFileSystem implements FileSystem {
  readonly schemes: readonly string[] = ["memory"];
  private readonly files: Map<string, StoredFile> = new Map();
  private readonly watchers = new Map<string, Set<(path: string | null) => void>>();
  private readonly clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
  }

  async *list(folder: string, options?: ListOptions): AsyncGenerator<FileEntry> {
    const prefix = folder === "/" ? "/" : `${trimSlash(folder)}/`;
    const folders = new Map<string, number>();
    for (const [path, file] of [...this.files]) {
      if (!path.startsWith(prefix)) continue;
      const slash = path.indexOf("/", prefix.length);
      if (slash < 0 || options?.recursive) {
        if (!isSkipped(path, prefix, options?.skip)) yield fileEntry(path, file);
        continue;
      }
      const below = path.slice(0, slash);
      folders.set(below, Math.max(folders.get(below) ?? 0, file.modifiedMs));
    }
    for (const [path, modifiedMs] of folders)
      if (!options?.skip?.(path)) yield { path, isFolder: true, size: 0, modifiedMs };
  }

  watch(folder: string, changed: (path: string | null) => void): () => void {
    const name = trimSlash(folder);
    const watchers = this.watchers.get(name) ?? new Set();
    this.watchers.set(name, watchers);
    // of two watchers with one function each is one
    const watcher = (path: string | null): void => changed(path);
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  }

  async stat(path: string): Promise<FileEntry | null> {
    const name = trimSlash(path);
    const file = this.files.get(name);
    if (file) return fileEntry(name, file);
    let modifiedMs = -1;
    for (const [other, { modifiedMs: time }] of this.files) {
      if (other.startsWith(`${name}/`)) modifiedMs = Math.max(modifiedMs, time);
    }
    return modifiedMs < 0 ? null : { path: name, isFolder: true, size: 0, modifiedMs };
  }

  async readAll(path: string): Promise<Uint8Array | null> {
    return this.files.get(path)?.bytes.slice() ?? null;
  }

  async open(path: string): Promise<FileReader> {
    const { bytes } = this.existing(path);
    return {
      size: bytes.length,
      read: async (target, targetStart, length, position) => {
        const part = bytes.subarray(position, position + length);
        target.set(part, targetStart);
        return part.length;
      },
      close: async () => {},
    };
  }

  async create(path: string): Promise<FileWriter> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    return {
      get size() {
        return size;
      },
      write: async (bytes) => {
        chunks.push(copyOf(bytes));
        size += bytes.length;
      },
      close: async () => this.put(path, copyOf(Buffer.concat(chunks))),
      abort: async () => {
        chunks.length = 0;
      },
    };
  }

  async createExclusive(path: string, bytes: Uint8Array): Promise<boolean> {
    if (this.files.has(path)) return false;
    this.put(path, copyOf(bytes));
    return true;
  }

  async delete(path: string): Promise<boolean> {
    const name = trimSlash(path);
    if (this.take(name)) return true;
    const below = [...this.files.keys()].filter((other) => other.startsWith(`${name}/`));
    for (const other of below) this.take(other);
    return below.length > 0;
  }

  async move(from: string, to: string): Promise<void> {
    const file = this.existing(from);
    this.take(from);
    this.files.set(to, file);
    this.signal(to);
  }

  private put(path: string, bytes: Uint8Array): void {
    this.files.set(path, { bytes, modifiedMs: this.clock.now() });
    this.signal(path);
  }

  private take(path: string): boolean {
    if (!this.files.delete(path)) return false;
    this.signal(path);
    return true;
  }

  /** Tells those who watch the file's folder, or one above it, which of its entries has changed. */
  private signal(path: string): void {
    if (this.watchers.size === 0) return;
    for (
      let slash = path.lastIndexOf("/"), entry = path;
      slash >= 0;
      slash = path.lastIndexOf("/", slash - 1)
    ) {
      for (const watcher of this.watchers.get(slash === 0 ? "/" : path.slice(0, slash)) ?? []) watcher(entry);
      if (slash === 0) return;
      entry = path.slice(0, slash);
    }
  }

  private existing(path: string): StoredFile {
    const file = this.files.get(path);
    if (file) return file;
    throw new StreamError({
      condition: "PATH_NOT_FOUND",
      sqlState: "42K03",
      parameters: { path },
      message: `Path does not exist: ${path}.`,
    });
  }
}

/** Whether a file, or a folder on the way to it from the one that is listed, is to be left out. */
function isSkipped(path: string, prefix: string, skip: ListOptions["skip"]): boolean {
  if (skip === undefined) return false;
  for (let slash = path.indexOf("/", prefix.length); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    if (skip(path.slice(0, slash))) return true;
  }
  return skip(path);
}

function fileEntry(path: string, file: StoredFile): FileEntry {
  return { path, isFolder: false, size: file.bytes.length, modifiedMs: file.modifiedMs };
}

function trimSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}

/** A copy, also of a Buffer, whose own `slice` makes none. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
