import type { WorkerForm } from "../worker/worker-form.js";

/** A file or folder as a listing shows it. */
export interface FileEntry {
  /** In the form in which the file system was asked: absolute, `/`-separated, no trailing slash. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly size: number;
  /** Milliseconds since 1970, whole. */
  readonly modifiedMs: number;
}

/** A file being written. Nobody sees it, under any name, before `close` returns. */
export interface FileWriter {
  /** Takes a copy, or has written the bytes when it resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the file visible and durable. */
  close(): Promise<void>;
  /** Leaves nothing behind; never throws. */
  abort(): Promise<void>;
  /** Bytes so far. */
  readonly size: number;
}

/** A file open for ranged reads. */
export interface FileReader {
  readonly size: number;
  /** Reads up to `length` bytes from `position` into `target` at `targetStart`; returns how many, 0 at the end. */
  read(target: Uint8Array, targetStart: number, length: number, position: number): Promise<number>;
  close(): Promise<void>;
}

/** How a folder is listed. */
export interface ListOptions {
  /** All files below the folder instead of its entries. */
  readonly recursive?: boolean;
  /**
   * Entries, by their path, that the caller knows and wants no more of: a file system for which it is dear to look at an entry
   * leaves them out, and does not enter such a folder.
   */
  readonly skip?: (path: string) => boolean;
}

/** How a file is deleted. */
export interface DeleteOptions {
  /**
   * Files of its kind go on being made in its folder, as in a log whose end is cut off: a storage for which it is dear to free
   * and find room may keep the file's for the next one.
   */
  readonly reuse?: boolean;
}

/**
 * Storage for data and checkpoints. Paths are absolute; a scheme (`s3://`) selects the file system and is part of the path.
 * A missing file is answered by `null` or `false` where a method says so, otherwise by PATH_NOT_FOUND.
 */
export interface FileSystem {
  /** Schemes that this file system serves, without `://`; the local one serves `file` and paths with no scheme. */
  readonly schemes: readonly string[];
  /** How a worker thread makes a file system of the same files; absent: they are read on the driver. */
  readonly worker?: WorkerForm | undefined;
  /** True: `modifiedMs` of a folder changes with every name that comes to it or goes, so that it need not be listed again until then. */
  readonly folderTimes?: boolean;
  /**
   * Calls `changed` with the path of each entry that comes to a folder, goes from it or is changed, until the returned function is called;
   * with null when it cannot tell which, or has lost the folder and will say no more. Undefined where it does not hear of all changes of this
   * folder: another machine's disk, a folder that is not there. It may call late, more than once, and, when very many changes come at once,
   * not for all of them.
   */
  watch?(folder: string, changed: (path: string | null) => void): (() => void) | undefined;
  /** The entries of a folder, in no order; with `recursive` all files below it. An absent folder has none. */
  list(folder: string, options?: ListOptions): AsyncIterable<FileEntry>;
  stat(path: string): Promise<FileEntry | null>;
  /** The whole file, or null if there is none. */
  readAll(path: string): Promise<Uint8Array | null>;
  open(path: string): Promise<FileReader>;
  /** Starts a file; folders on the way are made. An existing file is replaced at `close`. */
  create(path: string): Promise<FileWriter>;
  /**
   * Makes a file of these bytes unless one of that name exists: all or nothing, durable when it resolves. True if this call
   * made it. Of several racing callers exactly one gets true. After a lost answer (an error, a crash) the caller reads the
   * file and looks for its own token in it.
   */
  createExclusive(path: string, bytes: Uint8Array): Promise<boolean>;
  /** Deletes a file, or a folder with all that is in it. False if there was none. */
  delete(path: string, options?: DeleteOptions): Promise<boolean>;
  /** Moves a file, replacing one of that name; folders on the way are made. */
  move(from: string, to: string): Promise<void>;
}
