import { rmSync } from "node:fs";
import type { FamilySpec, StateCache, StateVersion } from "@ss/core";
import { bootId } from "./boot-id.js";
import type { CacheFolder } from "./cache-folder.js";
import { ChangeLog } from "./change-log.js";
import { Environment, type Table } from "./environment.js";
import { LmdbFamily } from "./lmdb-family.js";
import type { MemoryPlan } from "./memory-plan.js";

/** Counts up when the form of the tables changes. */
const FORM = 1;
const STAMP = Buffer.from("stamp");

/** What the tables hold; absent while they are filled. */
interface Stamp {
  readonly form: number;
  readonly boot: string;
  /** The specifications of the families, as JSON. */
  readonly families: string;
  /** The version that the tables hold without the changes of the log. */
  readonly base: StateVersion | null;
  /** The version that they hold with them, once that is durable. */
  readonly next: StateVersion | null;
  readonly epoch: number;
  /** Keys that were put for the first time, of all families. */
  readonly firsts: number;
}

/**
 * The tables of a store, and which version they hold. The stamp and the log of changes are written in the same transactions as the rows, so that after any
 * end of the process the tables can be brought back to the last version that was named, or to the one after it.
 */
export class LmdbCache implements StateCache {
  /** The number of the commit to come. */
  epoch = 1;
  readonly log: ChangeLog;
  readonly environment: Environment;
  readonly memory: MemoryPlan;
  private readonly folder: CacheFolder;
  private readonly meta: Table;
  private readonly families: LmdbFamily[] = [];
  private stamp: Stamp | undefined;
  /** Between `forget` and `keep`: what is put is not to be undone. */
  private filling = false;
  private firsts = 0;
  private closed = false;

  constructor(folder: CacheFolder, memory: MemoryPlan) {
    this.folder = folder;
    this.memory = memory;
    this.environment = new Environment(folder.path, memory.mappedBytes);
    this.meta = this.environment.table("meta");
    this.log = new ChangeLog(this.environment);
    this.stamp = this.readStamp();
  }

  family(spec: FamilySpec): LmdbFamily {
    const family = new LmdbFamily(this, this.families.length, spec);
    this.families.push(family);
    return family;
  }

  async versions(families: string): Promise<readonly StateVersion[]> {
    const { stamp } = this;
    if (stamp === undefined || stamp.families !== families) return [];
    return [stamp.next, stamp.base].filter((version) => version !== null);
  }

  async restore(version: StateVersion): Promise<void> {
    if (isSame(this.stamp!.next, version)) return this.settle();
    this.log.undo((change) => this.families[change.family]!.putBack(change));
    this.environment.transact(() => this.stampAs({ ...this.stamp!, next: null }));
  }

  async keep(version: StateVersion | null, families: string): Promise<void> {
    this.filling = false;
    this.environment.transact(() => {
      this.log.clear();
      this.stampAs({ families, base: version, next: null });
    });
  }

  async committed(version: StateVersion): Promise<void> {
    const stamp = this.stamp!;
    // a commit without changes is the version that it began with
    if (isSame(stamp.next, version) || (this.log.isEmpty && isSame(stamp.base, version))) return;
    this.environment.transact(() => this.stampAs({ ...stamp, next: version }));
  }

  named(): void {
    this.settle();
  }

  /** To be called before a change: from now on the last commit is what changes are undone to. */
  beforeChange(): void {
    if (this.stamp?.next !== null) this.settle();
  }

  /** The tables are about to be filled anew: they hold no version any more. */
  forget(): void {
    this.environment.transact(() => {
      this.log.clear();
      if (this.stamp !== undefined) this.meta.remove(STAMP);
    });
    this.stamp = undefined;
    this.filling = true;
  }

  /** Takes note of what a row was before it changes; gives the number of the change. */
  logged(family: number, id: Buffer, old: Buffer | undefined): number {
    return this.filling ? 0 : this.log.add(family, id, old);
  }

  /** Counts a key that is put for the first time: prefixes give rows in this order. */
  nextFirst(): number {
    return this.firsts++;
  }

  /** The share of each family in the memory that the store takes now. */
  get memoryBytes(): number {
    return Math.ceil(this.environment.memoryBytes / Math.max(1, this.families.length));
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.environment.close();
    this.folder.release();
  }

  private settle(): void {
    const { stamp } = this;
    if (stamp?.next == null) return;
    this.environment.transact(() => {
      this.log.clear();
      this.stampAs({ ...stamp, base: stamp.next, next: null });
    });
  }

  /** Writes a new stamp, with which a new epoch begins. */
  private stampAs({ families, base, next }: Pick<Stamp, "families" | "base" | "next">): void {
    this.epoch++;
    const { epoch, firsts } = this;
    const stamp: Stamp = { form: FORM, boot: bootId(), families, base, next, epoch, firsts };
    this.meta.put(STAMP, Buffer.from(JSON.stringify(stamp)));
    this.stamp = stamp;
  }

  /** The stamp of the tables as they were found; what does not fit this machine's present run is of no use. */
  private readStamp(): Stamp | undefined {
    const bytes = this.meta.get(STAMP);
    if (bytes === undefined) return undefined;
    const stamp = JSON.parse(bytes.toString()) as Stamp;
    if (stamp.form !== FORM || stamp.boot !== bootId()) return undefined;
    this.epoch = stamp.epoch;
    this.firsts = stamp.firsts;
    return stamp;
  }
}

function isSame(a: StateVersion | null, b: StateVersion): boolean {
  return a !== null && a.version === b.version && a.attempt === b.attempt;
}

/** Opens the cache in a folder; one that cannot be read begins anew. */
export function openCache(folder: CacheFolder, memory: MemoryPlan): LmdbCache {
  try {
    return new LmdbCache(folder, memory);
  } catch {
    rmSync(folder.path, { recursive: true, force: true });
    return new LmdbCache(folder, memory);
  }
}
