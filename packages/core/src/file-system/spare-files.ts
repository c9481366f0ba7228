import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";

/** Names of files that are not finished, or no longer: no listing shows them, here or (because of the dot) in other readers of the folder. */
const TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/;
const SPARE = /^\.spare\.[0-9a-f]{12}\.tmp$/;
/** What a folder keeps at most: files, and bytes in each. */
const FILES_MAX = 16;
const BYTES_MAX = 1 << 16;

/** Whether a name stands for a file that nobody is to see. */
export function isTemporaryName(name: string): boolean {
  return TEMPORARY.test(name);
}

/** A name beside `path` for a file that nobody is to see. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${chance()}.tmp`);
}

const DIGITS = 12;
let digits = "";
let digitsUsed = 0;

/** Hexadecimal digits that no other process comes upon; the system is asked for many at a time. */
function chance(): string {
  if (digitsUsed === digits.length) {
    digits = randomBytes((DIGITS / 2) * 256).toString("hex");
    digitsUsed = 0;
  }
  digitsUsed += DIGITS;
  return digits.slice(digitsUsed - DIGITS, digitsUsed);
}

interface Spare {
  readonly path: string;
  readonly size: number;
}

/** A file that was taken from the spares, open for writing. */
interface ReusedFile {
  readonly descriptor: number;
  /** Bytes of before that are in it. */
  readonly size: number;
}

interface Pool {
  /** Spares whose renaming is durable: after a loss of power no other name leads to their bytes. */
  ready: Spare[];
  /** Spares that wait for the next sync of their folder. */
  renamed: Spare[];
}

/**
 * Deleted files that wait to be written over. To free a file's blocks and to find others for the next is what costs most where a
 * log adds a small file and drops another with every batch: on a disk that is told of free blocks (`discard`) a millisecond a
 * file. So a file that is deleted for reuse gets a hidden name, and the next file of its folder takes its place.
 *
 * A spare is written over only when its new name is durable; else a loss of power could show the new bytes under the old name.
 * Whoever takes one renames it first: of two processes one succeeds. Spares that an earlier process left are taken up.
 */
export class SpareFiles {
  private readonly durable: boolean;
  private readonly pools: Map<string, Pool> = new Map();

  constructor(durable: boolean) {
    this.durable = durable;
  }

  /** Takes a file from its name; false if it has to be deleted in the ordinary way. Throws ENOENT if there is none. */
  keep(path: string): boolean {
    const facts = fs.lstatSync(path);
    // another hard link would show the bytes that are to come
    if (!facts.isFile() || facts.nlink !== 1 || facts.size > BYTES_MAX) return false;
    const folder = dirname(path);
    const pool = this.poolOf(folder);
    if (pool.ready.length + pool.renamed.length >= FILES_MAX) return false;
    const spare = { path: join(folder, `.spare.${chance()}.tmp`), size: facts.size };
    fs.renameSync(path, spare.path);
    if (this.durable) pool.renamed.push(spare);
    else pool.ready.push(spare);
    return true;
  }

  /** Opens a spare of the folder under the name `temporary`, its old bytes still in it; null if there is none. */
  take(temporary: string): ReusedFile | null {
    const pool = this.pools.get(dirname(temporary));
    for (;;) {
      const spare = pool?.ready.pop();
      if (spare === undefined) return null;
      try {
        fs.renameSync(spare.path, temporary);
      } catch {
        // another process was quicker
        continue;
      }
      return { descriptor: fs.openSync(temporary, "r+"), size: spare.size };
    }
  }

  /** Tells of a sync of a folder that is about to begin; call the answer when it is done. */
  syncing(folder: string): () => void {
    const pool = this.pools.get(folder);
    if (pool === undefined || pool.renamed.length === 0) return () => {};
    const { renamed } = pool;
    pool.renamed = [];
    return () => pool.ready.push(...renamed);
  }

  private poolOf(folder: string): Pool {
    const known = this.pools.get(folder);
    if (known !== undefined) return known;
    const left = fs.readdirSync(folder).filter((name) => SPARE.test(name));
    const spares = left.slice(0, FILES_MAX).map((name) => ({ path: join(folder, name), size: BYTES_MAX }));
    const pool: Pool = this.durable ? { ready: [], renamed: spares } : { ready: spares, renamed: [] };
    this.pools.set(folder, pool);
    return pool;
  }
}
