import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { threadId } from "node:worker_threads";

/** Process numbers mean something on one machine, or in one container. */
const host: string = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/** The file that says whose state it is a cache of. */
const PLACE = "checkpoint";
/** A place that is not on a local disk. */
const WITH_SCHEME: RegExp = /^[a-z][a-z0-9+.-]+:\/\//i;

/** Folders that stores of this thread have open. */
const open: Set<string> = new Set();

/**
 * A folder for the cache of one store, below one for its checkpoint. Its name says who has it: `<host>_<process>_<thread>_<token>`, or `free_<token>`.
 * Taking one means renaming it, so that of several takers one succeeds; a folder whose process has ended is free, too. What is left over by others is
 * removed.
 */
export class CacheFolder {
  readonly path: string;
  private readonly parent: string;

  private constructor(parent: string, path: string) {
    this.parent = parent;
    this.path = path;
    open.add(path);
  }

  /** Takes the newest free folder of a checkpoint's state, or makes one. `root` is where caches are kept. */
  static take(root: string = join(tmpdir(), "ss-state-lmdb"), stateFolder: string): CacheFolder {
    const place = WITH_SCHEME.test(stateFolder) ? stateFolder : resolve(stateFolder);
    const name = createHash("sha256").update(place).digest("hex").slice(0, 24);
    const parent = join(root, name);
    mkdirSync(parent, { recursive: true });
    const path = join(parent, `${host}_${process.pid}_${threadId}_${randomUUID()}`);
    const free = readdirSync(parent)
      .filter((entry) => entry !== PLACE)
      .map((entry) => join(parent, entry))
      .filter(isFree)
      .sort((a, b) => timeOf(b) - timeOf(a));
    const taken = free.find((candidate) => renamed(candidate, path));
    if (taken === undefined) mkdirSync(path);
    for (const other of free) if (other !== taken) rmSync(other, { recursive: true, force: true });
    // behind the folder, which says that this cache is in use
    writeFileSync(join(parent, PLACE), place);
    sweep(root, name);
    return new CacheFolder(parent, path);
  }

  /** Gives the folder back, for the next run of the query. */
  release(): void {
    open.delete(this.path);
    renamed(this.path, join(this.parent, `free_${randomUUID()}`));
  }
}

/** Removes caches of checkpoints that are no more, as those of queries without a location end up. */
function sweep(root: string, ours: string): void {
  for (const name of readdirSync(root)) {
    const parent = join(root, name);
    if (name === ours || !existsSync(join(parent, PLACE))) continue;
    const place = readFileSync(join(parent, PLACE), "utf8");
    if (WITH_SCHEME.test(place) || existsSync(place)) continue;
    const caches = readdirSync(parent).filter((entry) => entry !== PLACE);
    if (caches.every((entry) => isFree(join(parent, entry))))
      rmSync(parent, { recursive: true, force: true });
  }
}

function isFree(path: string): boolean {
  const [machine, number, thread] = basename(path).split("_");
  if (machine === "free") return true;
  const pid = Number(number);
  if (machine !== host || !Number.isInteger(pid)) return false;
  if (pid !== process.pid) return !isAlive(pid);
  return Number(thread) === threadId && !open.has(path);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // it is there, and another user's
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function timeOf(path: string): number {
  try {
    return statSync(existsSync(join(path, "data.mdb")) ? join(path, "data.mdb") : path).mtimeMs;
  } catch {
    return 0;
  }
}

function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
