import * as fs from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { FileWriter } from "./file-system.js";
import { type SpareFiles, temporaryName } from "./spare-files.js";

const syncData = promisify(fs.fdatasync);
const syncAll = promisify(fs.fsync);
const write = promisify(fs.write);
/** Up to this size a write is done at once. */
const SMALL_BYTES = 1 << 16;
/**
 * So much of a large file is forced to disk on the way: left until its end, all of it would have to go first when a log entry of the
 * next batch is synced.
 */
const SYNC_BYTES = 1 << 22;

/** A file under a name that nobody sees. */
interface Draft {
  readonly path: string;
  readonly descriptor: number;
  /** How many bytes of another file it may hold, which what is written has to cover. */
  readonly oldSize: number;
}

/** How files come to be on the disk of this machine, whole and, if it is `durable`, to stay. */
export class LocalWrites {
  private readonly durable: boolean;
  private readonly spares: SpareFiles;

  constructor(durable: boolean, spares: SpareFiles) {
    this.durable = durable;
    this.spares = spares;
  }

  async create(path: string): Promise<FileWriter> {
    const draft = await this.draft(path);
    const { durable } = this;
    let size = 0;
    let unsynced = 0;
    let syncing: Promise<void> = Promise.resolve();
    let isOpen = true;
    /** Once only: the number of a closed descriptor may soon be another file's. */
    const closeDescriptor = (): void => {
      if (!isOpen) return;
      isOpen = false;
      fs.closeSync(draft.descriptor);
    };
    return {
      get size() {
        return size;
      },
      write: async (bytes) => {
        await writeAll(draft.descriptor, bytes);
        size += bytes.length;
        unsynced += bytes.length;
        if (!durable || unsynced < SYNC_BYTES) return;
        unsynced = 0;
        await syncing;
        syncing = syncData(draft.descriptor);
        // the next write, or close, has its error
        syncing.catch(() => {});
      },
      close: async () => {
        try {
          await syncing;
          await this.settle(draft, size);
          closeDescriptor();
          fs.renameSync(draft.path, path);
        } catch (error) {
          quietly(closeDescriptor);
          quietly(() => fs.unlinkSync(draft.path));
          throw error;
        }
        await this.syncFolder(dirname(path));
      },
      abort: async () => {
        await syncing.catch(() => {});
        if (!isOpen) return;
        quietly(closeDescriptor);
        quietly(() => fs.unlinkSync(draft.path));
      },
    };
  }

  /**
   * `link` refuses a name that exists, so of several racing callers one wins, and the name never stands for a part of the
   * bytes. The temporary name goes before the folder is forced to disk: one sync covers both.
   */
  async createExclusive(path: string, bytes: Uint8Array): Promise<boolean> {
    const draft = await this.draft(path);
    try {
      try {
        await writeAll(draft.descriptor, bytes);
        await this.settle(draft, bytes.length);
      } finally {
        fs.closeSync(draft.descriptor);
      }
      fs.linkSync(draft.path, path);
    } catch (error) {
      if (hasCode(error, "EEXIST")) return false;
      throw error;
    } finally {
      quietly(() => fs.unlinkSync(draft.path));
    }
    await this.syncFolder(dirname(path));
    return true;
  }

  /** Makes a folder and those above it, durable: each new name is forced into the folder that holds it. */
  async makeFolder(folder: string): Promise<void> {
    const first = fs.mkdirSync(folder, { recursive: true });
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = dirname(made)) {
      await this.syncFolder(dirname(made));
    }
  }

  /** Forces a folder's names to disk. */
  async syncFolder(folder: string): Promise<void> {
    // Windows cannot open a folder; its file systems keep names in their journal
    if (!this.durable || process.platform === "win32") return;
    const synced = this.spares.syncing(folder);
    const descriptor = fs.openSync(folder, "r");
    try {
      await syncAll(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    synced();
  }

  private async draft(target: string): Promise<Draft> {
    const path = temporaryName(target);
    const reused = this.spares.take(path);
    if (reused !== null) return { path, descriptor: reused.descriptor, oldSize: reused.size };
    try {
      return { path, descriptor: fs.openSync(path, "wx"), oldSize: 0 };
    } catch (error) {
      if (!hasCode(error, "ENOENT")) throw error;
    }
    await this.makeFolder(dirname(path));
    return { path, descriptor: fs.openSync(path, "wx"), oldSize: 0 };
  }

  /** Cuts off what is left of another file and forces the bytes to disk. */
  private async settle({ descriptor, oldSize }: Draft, size: number): Promise<void> {
    if (oldSize > size) fs.ftruncateSync(descriptor, size);
    if (this.durable) await syncData(descriptor);
  }
}

/** Whether an error of the operating system is one of these. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException | null)?.code ?? "");
}

/** Writes all bytes at the descriptor's position; few of them at once, many through the thread pool. */
async function writeAll(descriptor: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const rest = bytes.length - done;
    if (rest <= SMALL_BYTES) done += fs.writeSync(descriptor, bytes, done, rest);
    else done += (await write(descriptor, bytes, done, rest)).bytesWritten;
  }
}

/** For clean-up after something else has failed. */
function quietly(call: () => void): void {
  try {
    call();
  } catch {
    // what cannot be cleaned up is garbage with a name that no listing shows
  }
}
